//go:build unix

package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
)

// room is a server, a client x in a terminal, and others with pipes.
type room struct {
	*play.Stage
	t   *testing.T
	ctx context.Context
	x   *desk
}

func newRoom(t *testing.T, others ...string) *room {
	t.Helper()
	return newRoomOf(t, openDesk, others...)
}

func newRoomOf(t *testing.T, open func(*exec.Cmd) (play.Desk, error), others ...string) *room {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	r := &room{Stage: newStage(t, unhurried(open)), t: t, ctx: ctx}
	r.must(r.StartServer(ctx))
	r.must(r.StartClient("x"))
	r.x = r.Desk("x").(*desk)
	r.Open = unhurried(openPipes)
	for _, name := range others {
		r.come(name)
	}
	r.must(r.x.sees(play.Prompt, ""))
	return r
}

// unhurried gives direct messages so much time that none takes the server's mailbox, and bears a time, since the machine is busy.
func unhurried(open func(*exec.Cmd) (play.Desk, error)) func(*exec.Cmd) (play.Desk, error) {
	return paced(open, "20s")
}

// paced opens clients with an ack timeout, which is also the time between their tries at the server.
func paced(open func(*exec.Cmd) (play.Desk, error), timeout string) func(*exec.Cmd) (play.Desk, error) {
	return func(cmd *exec.Cmd) (play.Desk, error) {
		cmd.Env = append(cmd.Env, "UDPCHAT_ACK_TIMEOUT="+timeout)
		return open(cmd)
	}
}

func openPipes(cmd *exec.Cmd) (play.Desk, error) { return play.OpenPipes(cmd) }

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// come starts a client, and waits until it and x have each other in their tables.
func (r *room) come(name string) {
	r.t.Helper()
	r.must(r.StartClient(name))
	r.finds("x", func(line string) bool { return strings.HasPrefix(line, name+" @ ") })
	r.finds(name, func(line string) bool { return strings.HasPrefix(line, "x @ ") })
}

// finds waits for a line on a client's screen.
func (r *room) finds(who string, is func(line string) bool) {
	r.t.Helper()
	if !r.Desk(who).Screen().Until(r.ctx, func(lines []string) bool { return slices.ContainsFunc(lines, is) }) {
		r.t.Fatalf("the line did not come to %s; its last were %q", who, tail(r.Desk(who).Screen().Lines(), 8))
	}
}

func (r *room) shows(who, line string) {
	r.t.Helper()
	r.finds(who, func(l string) bool { return l == line })
}

func tail(lines []string, n int) []string { return lines[max(len(lines)-n, 0):] }

// A table that comes in the middle of a word does not tear it, as it did in the transcript of client z.
func TestTableWhileTyping(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	r.must(r.x.press("send y MSG p"))
	r.must(r.x.sees(">>> send y MSG p", ""))
	r.come("z")
	r.must(r.x.sees(">>> send y MSG p", ""))
	r.must(r.x.press("ost\x1b[D\x1b[D")) // the cursor goes two to the left
	r.must(r.x.sees(">>> send y MSG po", "st"))
	r.come("w")
	r.must(r.x.sees(">>> send y MSG po", "st"))
	r.must(r.x.press("\x1b[C\x1b[C-dereg from x\r"))
	r.shows("y", "x: MSG post-dereg from x")
	r.shows("x", ">>> send y MSG post-dereg from x")
	r.must(r.x.sees(play.Prompt, ""))
}

// Two hundred lines arrive while someone types: at every letter the row is what was typed, and no line is lost or torn.
func TestTypingWhileLinesArrive(t *testing.T) {
	t.Parallel()
	const lines = 200
	r := newRoom(t, "y", "z")
	typed := "send z The quick brown fox jumps over the lazy dog, again and again."
	for i := range lines {
		from := []string{"y", "z"}[i%2]
		r.must(r.Desk(from).(*play.Pipes).Send(fmt.Sprintf("send x line %d", i)))
		if at := i * len(typed) / lines; at < (i+1)*len(typed)/lines {
			r.must(r.x.press(typed[at : at+1]))
			r.must(r.x.sees(play.Prompt+typed[:at+1], ""))
		}
	}
	r.shows("x", fmt.Sprintf("y: line %d", lines-2))
	r.shows("x", fmt.Sprintf("z: line %d", lines-1))
	r.must(r.x.sees(play.Prompt+typed, ""))
	r.must(r.x.press("\r"))
	r.shows("z", "x: "+typed[len("send z "):])
	r.shows("x", play.Prompt+typed)

	next := map[string]int{"y": 0, "z": 1}
	for _, line := range r.x.Screen().Lines() {
		for from, n := range next {
			if line == fmt.Sprintf("%s: line %d", from, n) {
				next[from] += 2
			}
		}
	}
	if next["y"] != lines || next["z"] != lines+1 {
		t.Errorf("lines are missing, torn, twice or out of order: the next would have been y's %d and z's %d", next["y"], next["z"])
	}
}

// A pasted block of lines is one message; its lines stay together at the recipient's.
func TestPaste(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	r.must(r.x.press("send y \x1b[200~first\r\nsend y second\x1b[201~"))
	r.must(r.x.press("\r"))
	r.shows("y", "x: first")
	r.shows("y", "    send y second")
	r.shows("x", received("y"))
}

func received(by string) string { return "[Message received by " + by + ".]" }

// Ctrl-D on an empty line is quit.
func TestEndOfInputInTerminal(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	r.must(r.x.press("\x04"))
	code, err := r.x.process.Exit(r.ctx)
	if err != nil || code != exitOK {
		t.Errorf("exit code %d, %v", code, err)
	}
	r.shows("x", "[You are Offline. Bye.]")
	r.finds("y", func(line string) bool { return len(line) > 4 && line[:4] == "x @ " && line[len(line)-7:] == "OFFLINE" })
}
