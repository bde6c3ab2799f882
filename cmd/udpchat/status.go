package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/wire"
)

// statusOf is udpchat status: where a client stands.
type statusOf struct {
	script
	json bool
}

func (env *environment) statusCommand() *command {
	f := config.New("udpchat status")
	s := &statusOf{script: script{env: env, flags: f, mode: wire.Sender, looks: true}}
	f.Example = "udpchat status -n alice\nudpchat status -n alice -json"
	f.About = "Says where the client of the profile stands: its server and the round trip to it, the way to each peer, what waits and why. When none runs, what one would find that starts now. It makes no profile."
	f.Exits = exitsOf("the server answers", config.Exit{Code: "5", When: "the server does not answer"},
		config.Exit{Code: "7", When: "a key is not the one that was known: the server's, or your own name's"})
	f.Bool(&s.json, "", "json", false, "write a JSON object")
	f.Duration(&s.timeout, "", "timeout", 10*time.Second, 100*time.Millisecond, 24*time.Hour, "how long to wait for the server")
	s.connection()
	c := &command{name: "status", short: "say where the client of a profile stands", flags: f}
	c.exec = func(ctx context.Context, _ []string) error { return s.run(ctx, s.do) }
	return c
}

func (s *statusOf) do(conn *control.Conn) error {
	if conn.Do(control.Command{Op: "status"}) != nil {
		return errOver
	}
	err := s.follow(conn, func(e control.Event) (enough bool, err error) {
		if e.Event == "status" {
			return true, s.say(e)
		}
		return false, failed(e)
	})
	if errors.Is(err, errLate) {
		return &exitError{exitSilent, fmt.Errorf("no answer in %v", s.timeout)}
	}
	return err
}

// say writes the status. A server that did not answer is an exit code, too.
func (s *statusOf) say(e control.Event) error {
	out := control.Line(e.Status)
	if !s.json {
		out = []byte(strings.Join(e.Lines, "\n") + "\n")
	}
	if _, err := s.env.stdout.Write(out); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	if !e.Status.Answered {
		return errSilent
	}
	return nil
}
