package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/lab"
)

// labSettings are the flags of udpchat lab.
type labSettings struct {
	config           lab.Config
	seed             int
	svg, hex, script string
	show             string
}

func (env *environment) labCommand() *command {
	var s labSettings
	f := config.New("udpchat lab")
	f.Example = "udpchat lab\nudpchat lab -clients 3 -drop 20% -dup 5% -delay 50ms -seed 42 -svg ladder.svg"
	f.About = "Plays a server and a few clients in one process and in virtual time, with the program's own code, and draws each datagram as an arrow with kind, seq and try; timers, and what became of each message.\n\nA script has a line for each thing that is done: a time, a name, and send NAME TEXT, send_all TEXT, dereg, reg, unplug or plug."
	f.Exits = []config.Exit{{Code: "0", When: "played"},
		{Code: "1", When: "the network was too bad for everybody to register, or a file could not be written"}, exitsOfUsage}
	f.Count(&s.config.Clients, "", "clients", 3, lab.MinClients, lab.MaxClients, "how many clients there are: the first `N` of "+strings.Join(lab.Names(lab.MaxClients), ", "))
	f.Percent(&s.config.Drop, "", "drop", 0, lab.MaxLoss, "how many datagrams the network loses")
	f.Percent(&s.config.Dup, "", "dup", 0, 1, "how many it doubles")
	f.Milliseconds(&s.config.Delay, "", "delay", 10*time.Millisecond, 0, 10*time.Second, "how long a datagram takes, one way")
	f.Milliseconds(&s.config.Jitter, "", "jitter", 0, 0, 10*time.Second, "up to so much longer: datagrams overtake each other")
	f.Count(&s.seed, "", "seed", 1, 0, 1<<30, "what chance draws from: the same `N` tells the same story")
	f.String(&s.script, "", "script", "", "play this `FILE`, with a line like 1.5s ann send bob hello for each thing that is done; - is standard input")
	f.Choice(&s.show, "", "show", "chat", "what to draw; all: the background too, registrations, tables, keepalives", "chat", "all")
	f.String(&s.svg, "", "svg", "", "draw it into this `FILE` too, as a picture")
	f.String(&s.hex, "", "hex", "", "write the bytes of each datagram into this `FILE`, as it travelled and as it was opened, for udpchat decode")
	c := &command{name: "lab", short: "play a conversation on a bad network, and draw it", flags: f}
	c.exec = func(context.Context, []string) error { return env.lab(s, f) }
	return c
}

// lab plays a conversation and draws it.
func (env *environment) lab(s labSettings, f *config.Flags) error {
	if s.svg != "" && s.svg == s.hex {
		return f.Wrong("hex", "%q is the file of -svg too: name another one", s.hex)
	}
	s.config.Seed, s.config.All = uint64(s.seed), s.show == "all"
	if s.script != "" {
		script, err := env.labScript(s.script, s.config.Clients, f)
		if err != nil {
			return err
		}
		s.config.Script = script
	}
	story, err := lab.Run(s.config)
	if err != nil {
		return err
	}
	for file, text := range map[string]func() string{s.svg: story.SVG, s.hex: story.Hex} {
		if file == "" {
			continue
		}
		if err := os.WriteFile(file, []byte(text()), 0o644); err != nil {
			return fmt.Errorf("write file: %w", err)
		}
	}
	if err := env.write(story.Ladder()); err != nil {
		return err
	}
	if here, _, err := term.GetSize(int(env.stdout.Fd())); err == nil && here < story.Width() {
		fmt.Fprintf(env.stderr, "udpchat lab: the ladder has %d columns, and this terminal %d: widen it, or add | less -S\n", story.Width(), here)
	}
	return nil
}

// labScript reads what is to be played.
func (env *environment) labScript(name string, clients int, f *config.Flags) ([]lab.Line, error) {
	file := env.stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			if path, ok := errors.AsType[*os.PathError](err); ok {
				err = path.Err
			}
			return nil, f.Wrong("script", "cannot read %q: %v", name, err)
		}
		defer func() { _ = file.Close() }() // it was only read
	}
	script, err := lab.Parse(file, lab.Names(clients))
	if err != nil {
		return nil, f.Wrong("script", "%s: %v", name, err)
	}
	return script, nil
}
