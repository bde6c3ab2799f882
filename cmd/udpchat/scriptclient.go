package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
)

// halt has the job end between two events, and waits until it knows that what it did for the last one is known: for a moment, since
// nobody may read what it writes. It tells whether the job is over.
func (s *script) halt(done <-chan struct{}) bool {
	close(s.stop)
	var late <-chan time.Time
	if !s.whole {
		late = time.After(leaving)
	}
	select {
	case <-done:
		return true
	case <-time.After(unreadFor):
	}
	if s.writing.Load() {
		return false
	}
	select {
	case <-done:
		return true
	case <-late:
		return false
	}
}

// beside does the job with a client that runs.
func (s *script) beside(conn *control.Conn, do job, signals <-chan os.Signal) error {
	var err error
	done := make(chan struct{})
	go func() { // after a signal it may stay behind in a write, which the program ends
		defer close(done)
		err = do(conn)
	}()
	select {
	case <-done:
		return errors.Join(err, conn.Close())
	case got := <-signals:
		s.halt(done)
		_ = conn.Close()
		return &exitError{code: signalCode(got)}
	}
}

// alone does the job with a client of its own, which nobody sees.
func (s *script) alone(ctx context.Context, do job, signals <-chan os.Signal) error {
	settings := s.settings // check takes an invite apart: the next try needs it whole
	server, rule, err := settings.check(ctx, s.env, s.flags)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	near, far := net.Pipe()
	face := &faceless{to: s.env.stderr, left: make(chan struct{}), began: make(chan struct{})}
	c := &chat{settings: settings, server: server, rule: rule, screen: face, log: settings.log.logger(s.env.stderr), mode: s.mode, inside: far}
	w := work{said: make(chan struct{}), done: make(chan struct{})}
	go w.run(do, near, face, cancel)
	caught := s.heed(ctx, signals, face, near, w.done, cancel)
	ended := c.run(ctx)
	first := true // the client ended before its command
	select {
	case <-w.said:
		first = false
	default:
	}
	_, _ = near.Close(), far.Close()
	select {
	case <-w.done:
	case got := <-caught:
		caught <- got
	}
	select { // a signal is the reason for the rest
	case got := <-caught:
		return &exitError{code: signalCode(got)}
	default:
	}
	if first || ownVerdict(w.err) && !errors.Is(ended, context.Canceled) {
		return ended
	}
	return w.err
}

// work is a job with a client that is there for it alone.
type work struct {
	err  error         // what it came to
	said chan struct{} // closed when err is known, and before the client leaves for that
	done chan struct{} // closed when nothing more is done
}

// run does the job, and then has its client leave. After a signal it may stay behind in a write, which the program ends.
func (w *work) run(do job, near net.Conn, face *faceless, cancel context.CancelFunc) {
	defer close(w.done)
	conn := control.NewConn(near)
	w.err = do(conn)
	close(w.said)
	_ = conn.Close()
	switch {
	case errors.Is(w.err, errStopped):
	case ownVerdict(w.err):
		time.AfterFunc(verdict, cancel)
	default:
		close(face.left)
		time.AfterFunc(leaving, cancel)
	}
}

// heed ends job and client at a signal, and gives that.
func (s *script) heed(ctx context.Context, signals <-chan os.Signal, face *faceless, near net.Conn, done <-chan struct{}, cancel context.CancelFunc) chan os.Signal {
	caught := make(chan os.Signal, 1)
	go func() {
		select {
		case got := <-signals:
			caught <- got
			select {
			case <-face.began:
				if !s.halt(done) {
					_ = near.Close() // the client need not wait for the job to read
				}
			default: // nothing was done yet
			}
			cancel()
		case <-ctx.Done():
		}
	}()
	return caught
}

// ownVerdict tells whether the client itself says better why it ended.
func ownVerdict(err error) bool { return errors.Is(err, errSilent) || errors.Is(err, errOver) }

// faceless is the screen of a client that only a command speaks with.
type faceless struct {
	to    io.Writer
	left  chan struct{} // the command is done
	began chan struct{} // there is a client
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

func (f *faceless) begin(*session) { close(f.began) }

func (f *faceless) tell(peer.Notice, []string) error { return nil }

func (f *faceless) println(line string) error {
	_, err := io.WriteString(f.to, plain.Name(line)+"\n")
	return err
}

func (f *faceless) logWriter(stderr *os.File) io.Writer { return stderr }

func (f *faceless) interactive() bool { return false }

func (f *faceless) close() {}
