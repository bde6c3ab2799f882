// Command udpchat is chat without internet and without a cloud: a long-lived server and its clients in one binary.
//
// This package reads the settings, wires server or client together and is their face: what a user types becomes a command of
// package peer, what comes of it becomes a line. It knows nothing of the protocol.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/peterbourgon/ff/v3/ffcli"

	"udpchat/cmd/internal/config"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitServerKey   = 7   // the server at the address is another one
	exitInterrupted = 130 // 128 + SIGINT
	exitHungUp      = 129 // 128 + SIGHUP
	exitTerminated  = 143 // 128 + SIGTERM
)

func main() {
	env := environment{environ: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(env.run(os.Args[1:]))
}

// environment is the world that a command runs in.
type environment struct {
	environ               []string
	stdin, stdout, stderr *os.File
}

// command is a subcommand: its flags and what it does once they are read.
type command struct {
	name, short string
	flags       *config.Flags
	exec        func(ctx context.Context) error
}

// exitError ends the program with a code; its text, if any, was not printed yet.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run is the program: it gives the exit code.
func (env *environment) run(args []string) int {
	commands := []*command{env.serverCommand(), env.clientCommand(), env.versionCommand(), env.helpCommand()}
	name, rest := "", []string(nil)
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	switch name {
	case "-h", "-help", "--help":
		name, rest = "help", nil
	}
	for _, c := range commands {
		if c.name == name {
			return env.runCommand(c, rest, commands)
		}
	}
	if name == "" {
		fmt.Fprintln(env.stderr, "udpchat: a command is needed: server or client (udpchat help lists all)")
		return exitUsage
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	hint := "udpchat help lists all"
	if near := config.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	fmt.Fprintf(env.stderr, "udpchat: %q is not a command: %s\n", name, hint)
	return exitUsage
}

// runCommand reads a command's settings and hands it to ffcli.
func (env *environment) runCommand(c *command, args []string, all []*command) int {
	var flags []*config.Flags
	root := &ffcli.Command{Name: "udpchat", FlagSet: flag.NewFlagSet("udpchat", flag.ContinueOnError)}
	for _, each := range all {
		flags = append(flags, each.flags)
		root.Subcommands = append(root.Subcommands, &ffcli.Command{Name: each.name, ShortHelp: each.short, FlagSet: each.flags.FlagSet(),
			Exec: func(ctx context.Context, _ []string) error { return each.exec(ctx) }})
	}
	rest, err := c.flags.Parse(args, env.environ, config.Merge(flags...))
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(env.stdout, c.flags.Usage())
		return exitOK
	}
	if err == nil {
		err = root.ParseAndRun(context.Background(), append([]string{c.name, "--"}, rest...))
	}
	return env.report(c, err)
}

// report prints why a command failed, in one line, and gives its exit code.
func (env *environment) report(c *command, err error) int {
	if err == nil {
		return exitOK
	}
	code := exitFailed
	var exit *exitError
	var usage *config.UsageError
	switch {
	case errors.As(err, &exit):
		if code = exit.code; exit.err == nil {
			return code
		}
	case errors.As(err, &usage):
		code = exitUsage
	}
	fmt.Fprintf(env.stderr, "udpchat %s: %s\n", c.name, strings.ReplaceAll(err.Error(), "\n", "; "))
	return code
}

func (env *environment) versionCommand() *command {
	c := &command{name: "version", short: "print the version", flags: config.New("udpchat version")}
	c.exec = func(context.Context) error {
		_, err := fmt.Fprintln(env.stdout, versionLine())
		return err
	}
	return c
}

func (env *environment) helpCommand() *command {
	c := &command{name: "help", short: "print this", flags: config.New("udpchat help")}
	c.exec = func(context.Context) error {
		_, err := io.WriteString(env.stdout, helpText)
		return err
	}
	return c
}

const helpText = `udpchat server -p 9999                                   run the server
udpchat client -n NAME -i 127.0.0.1 -p 9999 -c 3001      chat as NAME

Commands:
  server    keep the directory, the mailbox and the channel
  client    register with a server and chat
  version   print the version
  help      print this

udpchat server -h and udpchat client -h explain every flag, its variable and its default.
Every flag also comes from the environment (UDPCHAT_PORT) and from a TOML file (-config FILE);
a flag beats the environment, which beats the file.
`
