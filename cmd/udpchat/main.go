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

// command is a subcommand: its flags and what it does once they are read, with the arguments behind them (config.Flags.Takes).
type command struct {
	name, short string
	flags       *config.Flags
	bare        bool // the environment changes nothing: a wrong variable must not keep the help away
	exec        func(ctx context.Context, args []string) error
}

// commands are all of them, as help lists them: manual pages and completions are made from them too.
func (env *environment) commands() []*command {
	return []*command{env.serverCommand(), env.clientCommand(), env.sendCommand(), env.tailCommand(), env.askCommand(), env.statusCommand(),
		env.doctorCommand(), env.decodeCommand(), env.labCommand(), env.manCommand(), env.completionCommand(), env.versionCommand(), env.helpCommand()}
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
	commands := env.commands()
	name, rest := "", []string(nil)
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	switch name {
	case "-h", "-help", "--help":
		name, rest = "help", nil
	case "-version", "--version":
		name, rest = "version", nil
	}
	if name == "" {
		fmt.Fprintln(env.stderr, "udpchat: a command is needed: server or client (udpchat help lists all)")
		return exitUsage
	}
	c, err := find(name, commands)
	if err != nil {
		fmt.Fprintf(env.stderr, "udpchat: %v\n", err)
		return exitUsage
	}
	return env.runCommand(c, rest, commands)
}

// runCommand reads a command's settings and hands it to ffcli.
func (env *environment) runCommand(c *command, args []string, all []*command) int {
	var flags []*config.Flags
	root := &ffcli.Command{Name: "udpchat", FlagSet: flag.NewFlagSet("udpchat", flag.ContinueOnError)}
	for _, each := range all {
		flags = append(flags, each.flags)
		root.Subcommands = append(root.Subcommands, &ffcli.Command{Name: each.name, ShortHelp: each.short, FlagSet: each.flags.FlagSet(),
			Exec: each.exec})
	}
	environ := env.environ
	if c.bare {
		environ = nil
	}
	rest, err := c.flags.Parse(args, environ, config.Merge(flags...))
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
	f := config.New("udpchat version")
	f.Example = "udpchat version"
	c := &command{name: "version", bare: true, short: "print the version", flags: f}
	c.exec = func(context.Context, []string) error {
		_, err := fmt.Fprintln(env.stdout, versionLine())
		return err
	}
	return c
}
