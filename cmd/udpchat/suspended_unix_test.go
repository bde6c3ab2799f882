//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// newJobs opens a shell with jobs in which "eval $CHAT" starts alice's client, and gives where that writes its process id.
func newJobs(t *testing.T, flags ...string) (r *fullRoom, pid string) {
	t.Helper()
	r, ctx := newEmptyRoom(t, "bob")
	cmd := r.Client("alice")
	cmd.Args = append(cmd.Args, flags...)
	pid = filepath.Join(t.TempDir(), "pid")
	chat := `sh -c 'echo $$ >` + pid + `; exec "$0" "$@"' ` + quoted(cmd)
	r.tmux = openTmux(ctx, t, append(cmd.Env, "CHAT="+chat, "ENV="), "PS1='sh> ' sh -i")
	r.shows("sh>")
	r.types(`eval "$CHAT"`)
	r.press("Enter")
	return r, pid
}

// runs runs a command in the shell.
func (r *fullRoom) runs(command string) {
	r.t.Helper()
	r.types(command)
	r.press("Enter")
}

// returns waits until the program has the terminal again, from which the shell has wiped its own words.
func (r *fullRoom) returns(texts ...string) {
	r.t.Helper()
	r.sees(fmt.Sprintf("%q, and no word of the shell's", texts), func(rows []string) bool {
		all := strings.Join(rows, "\n")
		lacks := func(text string) bool { return !strings.Contains(all, text) }
		return lacks("Stopped") && !slices.ContainsFunc(texts, lacks)
	})
}

func signalTo(t *testing.T, file string, s syscall.Signal) {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	pid, err := strconv.Atoi(string(bytes.TrimSpace(b)))
	must(t, err)
	must(t, syscall.Kill(pid, s))
}

// Ctrl-Z gives the terminal back to the shell, as it was; fg draws what was there, at the size of today, and what came meanwhile comes, once. So it is
// when somebody else stops and continues the program, and one that is stopped can be ended.
func TestSuspended(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, flag, ready, came string }{
		{"prompt", "-tui=false", ">>>", " while stopped"},
		{"full screen", "-tui", "connected to", "1 unread"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, pid := newJobs(t, c.flag)
			r.shows(c.ready, "bob")
			r.types("half a li")
			r.shows("half a li")
			r.press("C-z")
			r.shows("Stopped", "sh>")
			r.runs(`echo "raw" modes: $(stty -a | grep -c -e -icanon)`)
			r.shows("raw modes: 0")
			r.sends("bob", "send alice while stopped")
			r.prints(r.ctx, t, "bob", "[Message received by SERVER.]")
			r.resize(70, 20)
			r.runs("clear; fg")
			r.returns("half a li", c.came)
			r.types("ne")
			rows := r.shows("half a line", c.came)
			if n := strings.Count(strings.Join(rows, "\n"), c.came); n != 1 {
				t.Errorf("it came %d times: %q", n, rows)
			}

			signalTo(t, pid, syscall.SIGSTOP)
			r.shows("Stopped")
			r.types("clear; fg")
			r.press("C-j") // a simple shell leaves the modes as they are
			r.returns("half a line")
			signalTo(t, pid, syscall.SIGCONT)
			r.types("s")
			r.shows("half a lines")

			r.press("C-z")
			r.shows("Stopped", "sh>")
			r.runs("clear; bg")
			r.sends("bob", "send alice while in the background")
			r.prints(r.ctx, t, "bob", "[Message received by alice.]")
			r.runs("clear; fg")
			r.returns("half a lines")

			r.press("C-z")
			r.shows("Stopped", "sh>")
			r.runs(`kill %1; wait; clear; echo "raw" modes: $(stty -a | grep -c -e -icanon)`)
			r.shows("raw modes: 0")
		})
	}
}

// A program that nobody could continue goes on.
func TestCtrlZWithoutAShell(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"-tui=false", "-tui"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			r, ctx := newEmptyRoom(t)
			cmd := r.Client("alice")
			cmd.Args = append(cmd.Args, flag)
			r.tmux = openTmux(ctx, t, cmd.Env, quoted(cmd))
			r.shows("alice")
			r.types("before")
			r.shows("before")
			r.press("C-z")
			r.types(" and after")
			r.shows("before and after")
		})
	}
}
