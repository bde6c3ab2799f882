package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
)

// sending is udpchat send: one text, and an exit code that says what became of it.
type sending struct {
	script
	wait     string
	to, text string

	id                uint64 // once it is on disk
	postponed         string // why the client is not registered yet
	stored, delivered bool
}

func (env *environment) sendCommand() *command {
	f := config.New("udpchat send")
	s := &sending{script: script{env: env, flags: f, mode: wire.Sender}}
	f.Example = "udpchat send -n ops alice backup finished\ndf -h | udpchat send -n ops -wait delivered -timeout 30s alice\nudpchat send -n ops all maintenance at noon"
	f.About = "Sends one text to NAME, or with \"all\" to the channel, and waits until it is safe. Without TEXT, or with -, the text is standard input.\n\n" +
		"While a client of the same profile runs, the text goes through it. Else nobody sees this one come and go, and it receives nothing."
	f.Exits = exitsOf("as asked: stored, or with -wait delivered on the recipient's own disk",
		config.Exit{Code: "3", When: "the server holds it, and -wait delivered ran out"},
		config.Exit{Code: "4", When: "nobody has that name: nothing was sent"},
		config.Exit{Code: "5", When: "the server does not answer; once the text is on this disk, the next start of the profile sends it"},
		config.Exit{Code: "6", When: "refused: a quota, a limit, too large, no room; what is kept here is tried again while the profile is in use"},
		config.Exit{Code: "7", When: "a key is not the one that was known: the server's, NAME's, or your own name's"})
	f.Takes("NAME [TEXT|-]", 1, -1)
	f.Choice(&s.wait, "", "wait", "stored", "what to wait for; stored: the text is safe on the server's disk, or further; delivered: it is on the recipient's", "stored", "delivered")
	f.Duration(&s.timeout, "", "timeout", 10*time.Second, 100*time.Millisecond, 24*time.Hour, "how long to wait for it")
	s.connection()
	c := &command{name: "send", short: "send one text, and say by the exit code what became of it", flags: f}
	c.exec = func(ctx context.Context, args []string) (err error) {
		if s.to = args[0]; len(args) == 1 || len(args) == 2 && args[1] == "-" {
			if s.text, err = env.readText(); err != nil {
				return err
			}
		} else {
			s.text = strings.Join(args[1:], " ")
		}
		if s.text == "" {
			return config.Errorf("the text is empty")
		}
		if !utf8.ValidString(s.text) {
			return config.Errorf("the text is not UTF-8: convert it first (iconv -f LATIN1 -t UTF-8, or what it is)")
		}
		return s.unanswered(s.run(ctx, s.do))
	}
	return c
}

// readText reads a text from standard input, to its end. One line end at the end is not part of it.
func (env *environment) readText() (string, error) {
	if term.IsTerminal(int(env.stdin.Fd())) {
		return "", config.Errorf("a text is needed: behind the name, or on standard input")
	}
	b, err := io.ReadAll(io.LimitReader(env.stdin, wire.MaxText+2))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if len(text) > wire.MaxText {
		return "", &exitError{exitRefused, fmt.Errorf("the text is too long: the limit is %d bytes", wire.MaxText)}
	}
	return text, nil
}

// do sends the text and waits for what was asked.
func (s *sending) do(conn *control.Conn) error {
	if err := conn.Do(control.Command{Op: "send", To: s.to, Text: s.text}); err != nil {
		return errOver
	}
	return s.ends(s.follow(conn, s.became))
}

// ends says how it ends with an error of follow: once the text is accepted it is not sent again, whatever happens to the client.
func (s *sending) ends(err error) error {
	switch {
	case errors.Is(err, errLate):
		return s.late()
	case errors.Is(err, errCut) && s.guest && s.id == 0:
		return fmt.Errorf("%v, and did not say whether it has the text to %s: look for it (udpchat status) before you send it again", errOver, s.whom())
	case errors.Is(err, errOver):
		return s.over()
	}
	return err
}

// unanswered says what became of the text when the server is silent: not how much else waits, which could be taken for it.
func (s *sending) unanswered(err error) error {
	var of silence
	if !errors.As(err, &of) {
		return err
	}
	of.left = peer.ServerSilent{}
	switch {
	case s.stored:
		return &exitError{exitSilent, fmt.Errorf("%w; it holds the text for %s", of, s.whom())}
	case s.id != 0:
		return &exitError{exitSilent, fmt.Errorf("%w: the text to %s is kept here, and sent while a client of this profile runs", of, s.whom())}
	}
	return &exitError{exitSilent, fmt.Errorf("%w: nothing was sent", of)}
}

// became follows what is told of the text; done when it is what was asked.
func (s *sending) became(e control.Event) (done bool, err error) {
	switch e.Event {
	case "accepted":
		s.id = e.ID
	case "stored":
		s.stored = true
		return s.wait == "stored" || s.to == control.All, nil
	case "delivered":
		s.delivered = true
		return true, nil
	case "kept":
		return false, &exitError{exitRefused, fmt.Errorf("%s: the text to %s is kept here, and tried again while a client of this profile runs", e.Why, s.whom())}
	case "postponed":
		s.postponed = e.Why
	case "failed":
		return false, &exitError{exitRefused, fmt.Errorf("%s: the text to %s is given up", e.Why, s.whom())}
	default:
		return false, failed(e)
	}
	return false, nil
}

// failed is how a script's command ends with an event; nil when it does not.
func failed(e control.Event) error {
	switch {
	case e.Event == "silent":
		return errSilent
	case e.Event == "refused" || e.Event == "left" || e.Event == "ended":
		return errOver // the client says why
	case e.Event != "error":
		return nil
	}
	code := exitFailed
	switch e.Error {
	case control.UnknownName:
		return &exitError{exitUnknown, fmt.Errorf("nobody is called %s", plain.Name(e.Name))}
	case control.OtherKey:
		return &exitError{exitIdentity, fmt.Errorf("%s: %s", plain.Name(e.Name), e.Why)}
	case control.NotRegistered:
		return errOver
	case control.TooLong:
		code = exitRefused
	case control.BadText:
		code = exitUsage
	}
	return &exitError{code, fmt.Errorf("%s", plain.Name(e.Why))}
}

// late: the time ran out.
func (s *sending) late() error {
	switch {
	case s.stored:
		return &exitError{exitStored, fmt.Errorf("the server holds the text for %s, who did not take it in %v", s.whom(), s.timeout)}
	case s.id != 0:
		return &exitError{exitSilent, fmt.Errorf("no answer in %v: the text to %s is kept here, and sent while a client of this profile runs", s.timeout, s.whom())}
	}
	outcome := "nothing was sent"
	if s.guest { // what was asked of a client that runs can't be taken back
		outcome = fmt.Sprintf("the client of this profile that runs has the text to %s, and sends it once the server takes it", s.whom())
	}
	if s.postponed != "" {
		return &exitError{exitRefused, fmt.Errorf("%s: %s", s.postponed, outcome)}
	}
	return &exitError{exitSilent, fmt.Errorf("no answer in %v: %s", s.timeout, outcome)}
}

// over: the client ended.
func (s *sending) over() error {
	switch {
	case s.id == 0:
		return errOver
	case s.stored:
		return fmt.Errorf("%v: the server holds the text for %s", errOver, s.whom())
	}
	return fmt.Errorf("%v: the text to %s is in its outbox, and sent when one runs again", errOver, s.whom())
}

func (s *sending) whom() string {
	if s.to == control.All {
		return "the channel"
	}
	return plain.Name(s.to)
}
