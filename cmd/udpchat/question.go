package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/wire"
	"udpchat/wire/name"
)

// asking is udpchat ask: a question, and the first message that its recipient writes after it.
type asking struct{ sending }

func (env *environment) askCommand() *command {
	f := config.New("udpchat ask")
	s := &asking{sending{script: script{env: env, flags: f, mode: wire.Hidden}, wait: "delivered"}}
	f.Example = "udpchat ask alice \"restart the database? y/n\" -timeout 5m -n ops\nanswer=$(udpchat ask -n ops alice 'which host?') && ssh -- \"$answer\" uptime"
	f.About = "Sends QUESTION to NAME and writes the answer: the first message of NAME that was written after the question came. Other messages wait for the next tail or client."
	f.Exits = exitsOf("the answer is on standard output",
		config.Exit{Code: "4", When: "nobody has that name: nothing was sent"},
		config.Exit{Code: "5", When: "the server does not answer"},
		config.Exit{Code: "6", When: "refused: a quota, a limit, too large, no room"},
		config.Exit{Code: "7", When: "a key is not the one that was known: the server's, NAME's, or your own name's"},
		config.Exit{Code: "8", When: "no answer arrived in time; the question stays asked"})
	f.Takes("NAME QUESTION", 2, 2)
	f.Anywhere = true
	f.Duration(&s.timeout, "", "timeout", 5*time.Minute, 100*time.Millisecond, 365*24*time.Hour, "how long to wait for the answer")
	s.connection()
	c := &command{name: "ask", short: "send a question, and write the answer", flags: f}
	c.exec = func(ctx context.Context, args []string) error {
		if s.to, s.text = args[0], args[1]; s.text == "" {
			return config.Errorf("the question is empty")
		}
		if !utf8.ValidString(s.text) {
			return config.Errorf("the question is not UTF-8")
		}
		if s.to == control.All {
			return config.Errorf("a question is for one person: the channel has no answer that is the right one")
		}
		return s.unanswered(s.run(ctx, s.do))
	}
	return c
}

// do asks and waits for the answer.
func (s *asking) do(conn *control.Conn) error {
	for _, m := range []control.Command{{Op: "listen"}, {Op: "send", To: s.to, Text: s.text}} {
		if conn.Do(m) != nil {
			return errOver
		}
	}
	err := s.follow(conn, func(e control.Event) (enough bool, err error) {
		if s.answers(e) {
			return true, s.answer(conn, e)
		}
		switch e.Event {
		case "inbox-full", "disk-full", "posts-gone", "distrust":
			s.warn(e)
		}
		_, err = s.became(e)
		return false, err
	})
	if errors.Is(err, errLate) && (s.stored || s.delivered) {
		return &exitError{exitNothing, fmt.Errorf("no answer of %s in %v", plain.Name(s.to), s.timeout)}
	}
	return s.ends(err)
}

// answers tells whether a message is the answer: written to this client, by the one who was asked, after the question was on its way.
func (s *asking) answers(e control.Event) bool {
	return e.Event == "message" && s.id != 0 && name.Same(e.From) == name.Same(s.to) && !e.Channel && !e.Again && !e.Old && !e.OtherKey && !e.Unsealed
}

// answer writes it; then it is taken.
func (s *asking) answer(conn *control.Conn, e control.Event) error {
	text := e.Text
	if term.IsTerminal(int(s.env.stdout.Fd())) {
		text = plain.Text(text)
	}
	if _, err := io.WriteString(s.env.stdout, text+"\n"); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	if conn.Do(control.Command{Op: "taken", ID: e.ID}) == nil {
		s.settle(conn, 1)
	}
	return nil
}
