package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"udpchat/cmd/internal/config"
)

func (env *environment) helpCommand() *command {
	f := config.New("udpchat help")
	f.Example = "udpchat help\nudpchat help client"
	f.Takes("[COMMAND]", 0, 1)
	c := &command{name: "help", bare: true, short: "print this, or explain COMMAND", flags: f}
	c.exec = func(_ context.Context, args []string) error {
		text := overview(env.commands())
		if len(args) > 0 {
			asked, err := find(args[0], env.commands())
			if err != nil {
				return err
			}
			text = asked.flags.Usage()
		}
		_, err := io.WriteString(env.stdout, text)
		return err
	}
	return c
}

// find gives the command of a name.
func find(name string, all []*command) (*command, error) {
	for _, c := range all {
		if c.name == name {
			return c, nil
		}
	}
	return nil, config.Errorf("%s", unknownCommand(name, all))
}

// unknownCommand says what is wrong with the name of a command, and what may have been meant.
func unknownCommand(name string, all []*command) string {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	hint := "udpchat help lists all"
	if near := config.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return fmt.Sprintf("%q is not a command: %s", name, hint)
}

// overview is the help without a command.
func overview(all []*command) string {
	width := 0
	for _, c := range all {
		width = max(width, len(c.name))
	}
	var b strings.Builder
	b.WriteString(overviewHead)
	for _, c := range all {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, c.name, c.short)
	}
	b.WriteString(overviewFoot)
	return b.String()
}

const overviewHead = `udpchat server -p 9999                                   run the server
udpchat client -n NAME -i 127.0.0.1 -p 9999 -c 3001      chat as NAME

Commands:
`

const overviewFoot = `
udpchat help COMMAND, or udpchat COMMAND -h, begins with an example and explains every flag, its variable and its default.
Every flag also comes from the environment (UDPCHAT_PORT) and from a TOML file (-config FILE);
a flag beats the environment, which beats the file.
`
