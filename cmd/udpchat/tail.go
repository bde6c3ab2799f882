package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/wire"
)

// following is udpchat tail: the messages that come, each taken when it was written or its command has succeeded.
type following struct {
	script
	json    bool
	count   int
	from    string
	command string

	seen int
	open int // taken, and the client has not said yet that it knows
}

func (env *environment) tailCommand() *command {
	f := config.New("udpchat tail")
	s := &following{script: script{env: env, flags: f, mode: wire.Hidden}}
	f.Example = "udpchat tail -n ops\nudpchat tail -n ops -json -count 1 -timeout 30s\nudpchat tail -n deploybot -from alice -exec ./deploy.sh"
	f.About = "Writes the messages that come, one a line; lines within a text are indented. A message counts as taken, and never comes again, once its line was written or its command has ended with 0: " +
		"what came while nobody was there, or was not finished, comes at the next start.\n\n" +
		"-exec runs CMD in a shell for each message, one after the other: the text is its standard input, and CHAT_FROM, CHAT_TIME, CHAT_ID and CHAT_CHANNEL (1 for the channel) say the rest. " +
		"When it fails, tail ends with 1 and the message comes again.\n\n" +
		"While a client of the same profile runs, messages come through it, and are shown there too. Else nobody sees this one come and go."
	f.Exits = exitsOf("as asked: -count messages were taken, or -timeout is over and at least one was",
		config.Exit{Code: "5", When: "the server does not answer"},
		config.Exit{Code: "7", When: "a key is not the one that was known: the server's, or your own name's"},
		config.Exit{Code: "8", When: "fewer messages than asked for arrived in time"})
	f.Bool(&s.json, "", "json", false, "write each message as a JSON object")
	f.Count(&s.count, "", "count", 0, 0, 1<<30, "end after so many messages; 0: never")
	f.Duration(&s.timeout, "", "timeout", 0, 0, 365*24*time.Hour, "end after so long; 0: never")
	f.String(&s.from, "", "from", "", "only what `NAME` writes to you, or with all what is in the channel; other messages wait for the next one who asks", config.NotEmpty)
	f.String(&s.command, "", "exec", "", "run `CMD` for each message instead of writing it", config.NotEmpty)
	s.connection()
	c := &command{name: "tail", short: "write the messages that come, or run a command for each", flags: f}
	c.exec = func(ctx context.Context, _ []string) error {
		if s.whole = s.command != ""; s.whole && f.Source("json") == config.CommandLine {
			return config.Errorf("flag -json: with -exec nothing is written, and CMD is told by variables: leave it out")
		}
		return s.run(ctx, s.do)
	}
	return c
}

// do takes messages until it is enough.
func (s *following) do(conn *control.Conn) error {
	if err := conn.Do(control.Command{Op: "tail", From: s.from}); err != nil {
		return errOver
	}
	err := s.follow(conn, func(e control.Event) (enough bool, err error) {
		err = s.take(conn, e)
		return s.count > 0 && s.seen >= s.count, err
	})
	if errors.Is(err, errOver) {
		return err
	}
	if errors.Is(err, errLate) {
		err = s.late()
	}
	s.settle(conn, s.open)
	return err
}

func (s *following) take(conn *control.Conn, e control.Event) error {
	switch e.Event {
	case "taken":
		s.open--
		return nil
	case "following":
		s.settings.log.logger(s.env.stderr).Info("ready: what comes from now on is not missed")
		return nil
	case "inbox-full", "disk-full", "postponed", "posts-gone", "distrust":
		s.warn(e)
		return nil
	case "message":
	default:
		return failed(e)
	}
	if err := s.show(e); err != nil {
		return err
	}
	s.seen++
	s.open++
	if conn.Do(control.Command{Op: "taken", ID: e.ID}) != nil {
		return errOver
	}
	return nil
}

// settle waits until the client knows of so many messages that were taken, and says what it tells meanwhile and would tell nobody else.
func (s *script) settle(conn *control.Conn, open int) {
	patience := time.NewTimer(leaving)
	defer patience.Stop()
	for open > 0 {
		select {
		case e, ok := <-conn.Events():
			switch {
			case !ok:
				return
			case e.Event == "taken":
				open--
			case e.Event == "posts-gone" || e.Event == "distrust":
				s.warn(e)
			}
		case <-patience.C:
			return
		}
	}
}

func (s *following) late() error {
	switch {
	case s.seen == 0:
		return &exitError{exitNothing, fmt.Errorf("nothing arrived in %v", s.timeout)}
	case s.seen < s.count:
		return &exitError{exitNothing, fmt.Errorf("%d of %s arrived in %v", s.seen, count(s.count, "message"), s.timeout)}
	}
	return nil
}

// show writes a message, or runs the command for it.
func (s *following) show(e control.Event) error {
	if s.command != "" {
		return s.runFor(e)
	}
	line := control.Line(e)
	if !s.json {
		line = []byte(arrivedLine(e.Arrived()) + "\n")
	}
	s.writing.Store(true)
	_, err := s.env.stdout.Write(line)
	s.writing.Store(false)
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

func (s *following) runFor(e control.Event) error {
	shell := []string{"/bin/sh", "-c", s.command}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/c", s.command}
	}
	channel := ""
	if e.Channel {
		channel = "1"
	}
	run := exec.Command(shell[0], shell[1:]...) // it ends by itself: what it does must not be cut off
	run.Stdin, run.Stdout, run.Stderr = strings.NewReader(e.Text+"\n"), s.env.stdout, s.env.stderr
	run.Env = append(os.Environ(), "CHAT_FROM="+e.From, "CHAT_TIME="+e.Time, "CHAT_ID="+strconv.FormatUint(e.ID, 10), "CHAT_CHANNEL="+channel)
	if err := run.Run(); err != nil {
		return fmt.Errorf("the command for the message of %s failed: %w; the message comes again", plain.Name(e.From), err)
	}
	return nil
}
