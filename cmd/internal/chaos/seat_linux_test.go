package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"udpchat/cmd/internal/play"
)

// port is the server's.
const port = 9999

// seat is a program that is started again whenever it ends, as its user would, until it is told to leave. The server is one, and so
// is each client.
type seat struct {
	name string
	host *host
	args []string
	home string
	line func(run int, line string) // takes what it prints
	runs func() int                 // counts a start

	mu      sync.Mutex
	process *play.Process
	in      io.WriteCloser
	pid     int
	away    time.Duration // how long it stays away when it ends next
	leaving bool
	ends    []int       // exit codes of those runs that nobody killed
	undone  atomic.Bool // the present run did not do something that was typed
	errs    lines
	task    sync.WaitGroup
	stop    context.CancelFunc
}

// restart is how long a user takes to start a program again that ended by itself.
const restart = 200 * time.Millisecond

// sits starts the program and keeps it running.
func (s *seat) sits(t testing.TB) {
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	s.task.Go(func() { s.keep(ctx) })
	t.Cleanup(func() { // context and processes end here if the test has not come to its own end
		s.mu.Lock()
		s.leaving = true
		s.mu.Unlock()
		s.stop()
		s.kill(0)
		s.task.Wait()
	})
}

func (s *seat) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, line := s.runs(), s.line
	cmd := exec.Command(built, s.args...)
	cmd.Env = play.Environ(s.home)
	s.undone.Store(false)
	take := func(text string) {
		if strings.HasPrefix(text, "[Unknown peer: ") {
			s.undone.Store(true)
		}
		line(run, text)
	}
	cmd.Stdout, cmd.Stderr = &lines{take: take}, &s.errs
	mortal(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	return s.host.do(func() (err error) {
		if s.process, err = play.Launch(cmd, nil); err == nil {
			s.in, s.pid = in, cmd.Process.Pid
		}
		return err
	})
}

func (s *seat) keep(ctx context.Context) {
	for {
		s.mu.Lock()
		process := s.process
		s.mu.Unlock()
		code, err := process.Exit(context.Background())
		s.mu.Lock()
		if err != nil {
			code = -2
		}
		away := max(s.away, restart)
		s.in = nil
		s.away = 0
		if code != -1 && !s.leaving {
			s.ends = append(s.ends, code)
		}
		leaving := s.leaving
		s.mu.Unlock()
		if leaving || !pause(ctx, away) {
			return
		}
		if err := s.start(); err != nil {
			fmt.Fprintln(&s.errs, "start:", err)
			return
		}
	}
}

// kill ends it as a power failure would, if it runs. It comes back after away.
func (s *seat) kill(away time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in == nil {
		return false
	}
	s.away = away
	_ = s.process.Signal(syscall.SIGKILL)
	return true
}

// freeze stops it, if it runs, and wakes it after a while; one that was killed meanwhile is not there any more.
func (s *seat) freeze(ctx context.Context, d time.Duration) bool {
	s.mu.Lock()
	process, in := s.process, s.in
	s.mu.Unlock()
	if in == nil {
		return false
	}
	_ = process.Signal(syscall.SIGSTOP)
	pause(ctx, d)
	_ = process.Signal(syscall.SIGCONT)
	return true
}

// still calls f while the program stands still: SIGSTOP has returned long before the last thread has stopped, and what is copied
// between two commits of another thread is torn as no crash tears it.
func (s *seat) still(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	defer func() { _ = s.process.Signal(syscall.SIGCONT) }()
	if err := stopped(s.pid); err != nil {
		return err
	}
	return f()
}

// stopped returns when all threads of a child have stopped, or when it has ended.
func stopped(pid int) error {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECHILD): // it has ended, and was waited for
			return nil
		default:
			return err
		}
	}
}

// types writes a line, once the program runs. It may be the last thing that a dying one is given.
func (s *seat) types(ctx context.Context, line string) {
	for {
		s.mu.Lock()
		in := s.in
		s.mu.Unlock()
		if in != nil {
			_, _ = io.WriteString(in, line+"\n")
			return
		}
		if !pause(ctx, 20*time.Millisecond) {
			return
		}
	}
}

// leaves ends the input of a client, or asks a server to stop, and gives the exit code. The one that is right is 0, or 1 when
// something was not done.
func (s *seat) leaves(ctx context.Context) (int, error) {
	s.mu.Lock()
	s.leaving = true
	process, in := s.process, s.in
	s.mu.Unlock()
	if s.args[0] == "server" {
		_ = process.Signal(syscall.SIGTERM)
	} else {
		_ = in.Close()
	}
	code, err := process.Exit(ctx)
	if err == nil {
		s.task.Wait()
	}
	return code, err
}

// profile is a client's file.
func (s *seat) profile() string {
	return filepath.Join(s.home, "udpchat", "clients", s.name, "profile.db")
}

// server makes the seat of a server.
func server(h *host, home string, more ...string) *seat {
	args := append([]string{"server", "-p", strconv.Itoa(port), "-db", filepath.Join(home, "server.db")}, more...)
	return &seat{name: "server", host: h, home: home, args: args, line: func(int, string) {}, runs: func() int { return 0 }}
}

// client makes the seat of somebody who talks to the server at an address; what it prints goes to the ledger.
func client(name string, h *host, home, server string, l *ledger) *seat {
	return &seat{name: name, host: h, home: home,
		args: []string{"client", "-n", name, "-i", server, "-p", strconv.Itoa(port)},
		runs: func() int { return l.starts(name) },
		line: func(run int, line string) { l.line(name, run, line) }}
}

// lines takes output as it comes, and passes on whole lines, or keeps them. A process that is killed may leave half a line.
type lines struct {
	take func(line string)

	mu      sync.Mutex
	partial []byte
	kept    []string
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		line, rest, found := bytes.Cut(l.partial, []byte("\n"))
		if !found {
			return len(b), nil
		}
		if l.take != nil {
			l.take(string(line))
		} else {
			l.kept = append(l.kept, string(line))
		}
		l.partial = rest
	}
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.kept, "\n")
}

// pause waits; false when ctx ended it.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

var errImpatient = errors.New("it has not come to be in time")

// until waits until ok.
func until(ctx context.Context, d time.Duration, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for !ok() {
		if !pause(ctx, 20*time.Millisecond) {
			return errImpatient
		}
	}
	return nil
}
