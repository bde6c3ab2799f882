package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/store"
	"udpchat/wire"
)

// job is what a command does with a client, over a connection with it. It ends with the connection, too.
type job func(conn *control.Conn) error

var (
	// errSilent: the server does not answer the client.
	errSilent = &exitError{exitSilent, silence{}}
	// errOver: the client ended before it had taken what it was asked for.
	errOver = errors.New("the client of this profile has ended")
	// errCut: it said nothing of that, so it was killed.
	errCut = fmt.Errorf("%w", errOver)
	// errLate: the time of the command is over.
	errLate = errors.New("the time is over")
	// errStopped: a signal came.
	errStopped = errors.New("stopped by a signal")
)

const (
	// leaving is how long a command's own client may take to leave once the command is done: the server forgets it anyway.
	leaving = time.Second
	// unreadFor is how long a write may take after a signal: one that takes longer waits for somebody who does not read.
	unreadFor = 100 * time.Millisecond
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
	until    time.Time     // when timeout is over; zero: never
	stop     chan struct{} // closed at a signal: the job ends between two events
	looks    bool          // a profile that is not there is not made
	whole    bool          // what the job does for an event is never cut off
	writing  atomic.Bool   // the job waits for who reads its output
	guest    bool          // it is done by a client that runs, and goes on when this is over
}

// connection registers the flags that it needs to speak as a client.
func (s *script) connection() {
	s.settings.connection(s.flags)
	s.settings.history = "on"
}

// run does the job with the client of the profile that runs, or with one of its own.
func (s *script) run(ctx context.Context, do job) error {
	folder, err := s.settings.folder(s.env, s.flags)
	if err != nil {
		return err
	}
	signals := firstSignal()
	s.stop = make(chan struct{})
	began := time.Now()
	if s.timeout > 0 {
		s.until = began.Add(s.timeout)
	}
	for {
		conn, err := control.Dial(folder)
		if s.guest = err == nil; s.guest {
			err = s.beside(conn, do, signals)
		} else if err = s.missing(folder); err == nil {
			err = s.alone(ctx, do, signals)
		}
		inUse := errors.Is(err, store.ErrInUse)
		switch {
		case inUse && time.Since(began) > busy:
			return fmt.Errorf("%w (a client that can't be spoken with says why in its log)", err)
		case !inUse && !errors.Is(err, errOver) || !s.until.IsZero() && time.Now().After(s.until):
			return err
		}
		select { // another command had the profile, and is about to end, or has just ended
		case <-time.After(again):
		case got := <-signals:
			return &exitError{code: signalCode(got)}
		}
	}
}

// missing says that there is no profile, for a command that makes none. One that was lost is there: opening it says what is wrong.
func (s *script) missing(folder string) error {
	path := filepath.Join(folder, profileBase)
	if !s.looks || exists(path) || exists(path+".id") {
		return nil
	}
	return s.flags.Wrong("name", "%s has no profile in %s: the first start of udpchat client -n %[1]s makes it", s.settings.name, filepath.Dir(folder))
}

// follow gives f each event until it says that it is enough. The error is f's, errCut at the end of the connection, errLate, or
// errStopped.
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
				return errCut
			}
			if s.stopped() {
				return errStopped
			}
			if enough, err := f(e); enough || err != nil {
				return err
			}
		case <-late:
			return errLate
		case <-s.stop:
			return errStopped
		}
	}
}

// stopped tells whether a signal came.
func (s *script) stopped() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// warn writes a line for what a command has to say before it ends.
func (s *script) warn(e control.Event) {
	command, _ := s.flags.Line()
	fmt.Fprintf(s.env.stderr, "%s: %s\n", command, e.Why)
}

// folder is where the profile is, by the name alone.
func (s *clientSettings) folder(env *environment, f *config.Flags) (string, error) {
	if s.name == "" {
		return "", config.Errorf("a name is needed: give one with -n NAME or UDPCHAT_NAME")
	}
	state, err := env.stateFile(s.state, "clients")
	if err != nil {
		return "", err
	}
	name, err := ownName(state, s.name)
	if err != nil {
		return "", f.Wrong("name", "%v", err)
	}
	return filepath.Dir(profileFile(state, name)), nil
}
