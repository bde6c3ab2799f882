package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
)

// job is what a command does with a client, over a connection with it. It ends with the connection, too.
type job func(conn *control.Conn) error

var (
	// errSilent: the server does not answer the client.
	errSilent = &exitError{exitSilent, errors.New("the server does not answer")}
	// errOver: the client ended before it had taken what it was asked for.
	errOver = errors.New("the client of this profile has ended")
	// errLate: the time of the command is over.
	errLate = errors.New("the time is over")
)

const (
	// leaving is how long a command's own client may take to leave once the command is done: the server forgets it anyway.
	leaving = time.Second
	// again is how long a command waits to try once more for a profile that another one has just then.
	again = 50 * time.Millisecond
	// busy is how long it tries.
	busy = 10 * time.Second
	// verdict is how long a client that ended may take to find out why: it asks the server who it is now.
	verdict = 5 * time.Second
)

// script is a command that a script is made of.
type script struct {
	env      *environment
	settings clientSettings
	flags    *config.Flags
	mode     wire.Mode // how its client is there when none runs yet
	timeout  time.Duration
	until    time.Time // when timeout is over; zero: never
}

// connection registers the flags that it needs to speak as a client.
func (s *script) connection() {
	s.settings.connection(s.flags)
	s.settings.history = "on"
}

// run does the job with the client of the profile that runs, or with one of its own.
func (s *script) run(ctx context.Context, do job) error {
	folder, err := s.settings.folder(s.env)
	if err != nil {
		return err
	}
	began := time.Now()
	if s.timeout > 0 {
		s.until = began.Add(s.timeout)
	}
	for {
		conn, err := control.Dial(folder)
		if err == nil {
			err = s.beside(conn, do)
		} else {
			err = s.alone(ctx, do)
		}
		inUse := errors.Is(err, store.ErrInUse)
		switch {
		case inUse && time.Since(began) > busy:
			return fmt.Errorf("%w (a client that can't be spoken with says why in its log)", err)
		case !inUse && !errors.Is(err, errOver) || !s.until.IsZero() && time.Now().After(s.until):
			return err
		}
		time.Sleep(again) // another command had the profile, and is about to end, or has just ended
	}
}

// beside does the job with a client that runs.
func (s *script) beside(conn *control.Conn, do job) error {
	signals := firstSignal()
	result := make(chan error, 1)
	go func() {
		result <- do(conn)
		close(result)
	}()
	select {
	case err := <-result:
		return errors.Join(err, conn.Close())
	case got := <-signals:
		_ = conn.Close()
		for range result { // until it has ended
		}
		return &exitError{code: signalCode(got)}
	}
}

// alone does the job with a client of its own, which nobody sees.
func (s *script) alone(ctx context.Context, do job) error {
	settings := s.settings // check takes an invite apart: the next try needs it whole
	server, rule, err := settings.check(ctx, s.env, s.flags)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	near, far := net.Pipe()
	face := &faceless{to: s.env.stderr, left: make(chan struct{})}
	c := &chat{settings: settings, server: server, rule: rule, screen: face, log: settings.log.logger(s.env.stderr), mode: s.mode, inside: far}
	result := make(chan error, 1)
	go func() {
		conn := control.NewConn(near)
		err := do(conn)
		_ = conn.Close()
		result <- err
		close(result)
		if ownVerdict(err) {
			time.AfterFunc(verdict, cancel)
			return
		}
		close(face.left)
		time.AfterFunc(leaving, cancel)
	}()
	ended := c.run(ctx)
	select {
	case err := <-result:
		if bySignal(ended) || ownVerdict(err) && !errors.Is(ended, context.Canceled) {
			return ended
		}
		return err
	default:
	}
	_, _ = near.Close(), far.Close()
	for range result { // until the job has ended
	}
	return ended
}

// follow gives f each event until it says that it is enough. The error is f's, errOver at the end of the client, or errLate.
func (s *script) follow(conn *control.Conn, f func(control.Event) (enough bool, err error)) error {
	var late <-chan time.Time
	if !s.until.IsZero() {
		timer := time.NewTimer(time.Until(s.until))
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case e, ok := <-conn.Events():
			if !ok {
				return errOver
			}
			if enough, err := f(e); enough || err != nil {
				return err
			}
		case <-late:
			return errLate
		}
	}
}

// warn writes a line for what a command has to say before it ends.
func (s *script) warn(e control.Event) {
	command, _ := s.flags.Line()
	fmt.Fprintf(s.env.stderr, "%s: %s\n", command, e.Why)
}

// bySignal tells whether a signal ended the client: what it did to the job is no news.
func bySignal(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && exit.code > 128
}

// ownVerdict tells whether the client itself says better why it ended.
func ownVerdict(err error) bool { return errors.Is(err, errSilent) || errors.Is(err, errOver) }

// folder is where the profile is, by the name alone.
func (s *clientSettings) folder(env *environment) (string, error) {
	if s.name == "" {
		return "", config.Errorf("a name is needed: give one with -n NAME or UDPCHAT_NAME")
	}
	state, err := env.stateFile(s.state, "clients")
	if err != nil {
		return "", err
	}
	name, err := ownName(state, s.name)
	if err != nil {
		return "", config.Errorf("flag -name: %v", err)
	}
	return filepath.Dir(profileFile(state, name)), nil
}

// faceless is the screen of a client that only a command speaks with.
type faceless struct {
	to   io.Writer
	left chan struct{} // the command is done
}

func (f *faceless) read(ctx context.Context) typed {
	select {
	case <-f.left:
		f.left = nil // once
		return typed{line: "quit"}
	case <-ctx.Done():
		return typed{err: ctx.Err()}
	}
}

func (f *faceless) where([]string) error { return nil }

func (f *faceless) begin(*session) {}

func (f *faceless) tell(peer.Notice, []string) error { return nil }

func (f *faceless) println(line string) error {
	_, err := io.WriteString(f.to, plain.Name(line)+"\n")
	return err
}

func (f *faceless) logWriter(stderr *os.File) io.Writer { return stderr }

func (f *faceless) interactive() bool { return false }

func (f *faceless) close() {}
