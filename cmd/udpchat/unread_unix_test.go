//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"udpchat/cmd/internal/play"
)

// fullPipe gives the writing end of a pipe that nobody reads and that takes nothing more.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	var fds [2]int
	must(t, syscall.Pipe(fds[:]))
	r, w := os.NewFile(uintptr(fds[0]), "unread"), os.NewFile(uintptr(fds[1]), "full")
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	must(t, syscall.SetNonblock(fds[1], true))
	for err := error(nil); !errors.Is(err, syscall.EAGAIN); {
		_, err = syscall.Write(fds[1], make([]byte, 512))
		if err != nil && !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
	}
	must(t, syscall.SetNonblock(fds[1], false))
	return w
}

// A signal ends tail at once, also when nobody reads what it writes. What it could not write comes again.
func TestTailThatNobodyReadsEndsAtASignal(t *testing.T) {
	t.Parallel()
	r, ctx := newEmptyRoom(t, "bob")
	tail := func(out *os.File, flags ...string) *exec.Cmd {
		cmd := r.Client("alice")
		args := slices.Clone(cmd.Args)
		if at := slices.Index(args, "-c"); at > 0 {
			args = slices.Delete(args, at, at+2)
		}
		args[slices.Index(args, "client")] = "tail"
		cmd = exec.CommandContext(ctx, cmd.Path, append(args[1:], flags...)...)
		cmd.Env, cmd.Stdout, cmd.Stderr = r.Client("alice").Env, out, os.Stderr
		return cmd
	}
	must(t, r.StartClient("alice"))
	r.prints(ctx, t, "bob", "alice @")
	must(t, r.Desk("alice").(*play.Pipes).Send("quit"))
	r.prints(ctx, t, "alice", "[You are Offline. Bye.]")
	ends := func(cmd *exec.Cmd, code int) {
		t.Helper()
		_ = cmd.Wait() // its code says it
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("%q ended with %d", cmd.Args, got)
		}
	}
	const each = 5
	for i, s := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGTERM, 143}, {syscall.SIGINT, 130}} {
		cmd := tail(fullPipe(t))
		must(t, cmd.Start())
		must(t, r.Desk("bob").(*play.Pipes).Send(strings.Repeat("send alice hi\n", each-1)+"send alice hi"))
		if !r.Desk("bob").Screen().Until(ctx, func(lines []string) bool {
			return strings.Count(strings.Join(lines, "\n"), "[Message received by alice.]") == each*(i+1)
		}) {
			t.Fatalf("it did not arrive: %q", r.Desk("bob").Screen().Lines())
		}
		begun := time.Now()
		must(t, cmd.Process.Signal(s.signal))
		ends(cmd, s.code)
		if took := time.Since(begun); took > 2*time.Second { // a tenth of that here; 3 s as long as it waited for the reader
			t.Errorf("it took %v", took)
		}
	}
}
