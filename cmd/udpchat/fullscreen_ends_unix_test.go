//go:build unix

package main

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// However it ends, the terminal is given back, with the exit code of the line mode, and with the reason.
func TestFullScreenEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what string
		end  func(r *fullRoom)
		code int
		last string
	}{
		{"Ctrl-C twice", func(r *fullRoom) { r.press("C-c"); r.shows("Ctrl-C again"); r.press("C-c") }, exitInterrupted, "[Exiting]"},
		{"/quit", func(r *fullRoom) { r.types("/quit"); r.press("Enter") }, exitOK, "[You are Offline. Bye.]"},
		{"a silent server", func(r *fullRoom) { r.KillServer(); r.types("/dereg alice"); r.press("Enter") }, exitFailed, "[Server not responding.]"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			r := newFullRoom(t)
			r.shows("connected to")
			tt.end(r)
			rows := r.shows(fmt.Sprintf("ended with %d", tt.code))
			if rows[0] != "before" || !strings.Contains(strings.Join(rows, "\n"), tt.last) || strings.Contains(strings.Join(rows, "\n"), "│") {
				t.Errorf("the terminal is left so: %q", rows)
			}
		})
	}
}

// What was written for a server that does not answer is on no disk: it is left on the terminal when the screen goes.
func TestFullScreenUnsent(t *testing.T) {
	t.Parallel()
	r, ctx := newEmptyRoom(t)
	r.KillServer()
	r.tmux = r.opens(ctx, t, "UDPCHAT_RETRIES=100")
	r.shows("waiting for the server")
	r.types("a long letter")
	r.press("Enter")
	r.shows("a long letter", "…  waiting")
	r.press("C-c")
	r.shows("Ctrl-C again")
	r.press("C-c")
	rows := strings.Join(r.shows(fmt.Sprintf("ended with %d", exitInterrupted)), "\n")
	if !strings.Contains(rows, "[1 message not sent, and not kept.]\nto the channel: a long letter\n") {
		t.Errorf("the terminal is left so: %q", rows)
	}
}

// What was being written when the screen goes by itself is left on the terminal, of every talk.
func TestFullScreenDrafts(t *testing.T) {
	t.Parallel()
	r := newFullRoom(t, "bob", "carol")
	r.shows("● bob", "● carol")
	r.types("to all of you")
	r.press("Tab")
	r.types("half a")
	r.press("C-j")
	r.types("letter")
	r.press("Tab")
	r.KillServer()
	r.types("/dereg")
	r.press("Enter")
	rows := strings.Join(r.shows(fmt.Sprintf("ended with %d", exitFailed)), "\n")
	for _, want := range []string{"[Not sent, as you were writing it to the channel:]\nto all of you\n", "[Not sent, as you were writing it to bob:]\nhalf a\n", "letter\n"} {
		if !strings.Contains(rows, want) {
			t.Errorf("%q is not left on the terminal: %q", want, rows)
		}
	}
}

// A signal ends it as it ends the line mode.
func TestFullScreenSignal(t *testing.T) {
	t.Parallel()
	r := newFullRoom(t)
	r.shows("connected to")
	var pid int
	if _, err := fmt.Sscan(strings.Join(r.does("list-panes -F '#{pane_pid}'"), ""), &pid); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pgrep", "-P", fmt.Sprint(pid)).Output()
	if err != nil {
		t.Skip("pgrep is not installed")
	}
	var client int
	if _, err := fmt.Sscan(string(out), &client); err != nil {
		t.Fatal(err)
	}
	must(t, syscall.Kill(client, syscall.SIGTERM))
	if rows := r.shows(fmt.Sprintf("ended with %d", exitTerminated), "[Exiting]"); rows[0] != "before" {
		t.Errorf("the terminal is left so: %q", rows)
	}
}
