//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
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
			r.runs(`stty -a | grep -c -e -icanon; echo the "modes" are those`)
			if rows := r.shows("the modes are those"); !contains(rows, "0") {
				t.Errorf("the shell has a raw terminal: %q", rows)
			}
			r.sends("bob", "send alice while stopped")
			r.prints(r.ctx, t, "bob", "[Message received by SERVER.]")
			r.resize(70, 20)
			r.runs("clear; fg")
			r.shows("half a li", c.came)
			r.types("ne")
			rows := r.shows("half a line", c.came)
			if n := strings.Count(strings.Join(rows, "\n"), c.came); n != 1 {
				t.Errorf("it came %d times: %q", n, rows)
			}

			signalTo(t, pid, syscall.SIGSTOP)
			r.shows("Stopped")
			r.types("clear; fg")
			r.press("C-j") // a simple shell leaves the modes as they are
			r.shows("half a line")
			signalTo(t, pid, syscall.SIGCONT)
			r.types("s")
			r.shows("half a lines")

			r.press("C-z")
			r.shows("Stopped", "sh>")
			r.runs("bg; clear")
			r.sends("bob", "send alice while in the background")
			r.prints(r.ctx, t, "bob", "[Message received by alice.]")
			r.runs("clear; fg")
			r.shows("half a lines")

			r.press("C-z")
			r.shows("Stopped", "sh>")
			r.runs("kill %1; wait; stty -a | grep -c -e -icanon; echo all is o\\ver")
			if rows := r.shows("all is over"); !contains(rows, "0") {
				t.Errorf("the shell has a raw terminal: %q", rows)
			}
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

func contains(rows []string, row string) bool {
	for _, r := range rows {
		if r == row {
			return true
		}
	}
	return false
}
