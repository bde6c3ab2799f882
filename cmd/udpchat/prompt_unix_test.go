//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
)

// look gives what the terminal of x has counted.
func (r *room) look() (bells, colours int) {
	r.x.mu.Lock()
	defer r.x.mu.Unlock()
	return r.x.terminal.bells, r.x.terminal.colours
}

// again starts x anew, with a changed command.
func (r *room) again(change func(*exec.Cmd)) {
	r.t.Helper()
	r.must(r.x.press("\x15quit\r"))
	if code, err := r.x.process.Exit(r.ctx); err != nil || code != exitOK {
		r.t.Fatalf("exit code %d, %v", code, err)
	}
	r.last("y", "OFFLINE")
	r.Open = unhurried(func(cmd *exec.Cmd) (play.Desk, error) {
		change(cmd)
		return openDesk(cmd)
	})
	r.must(r.StartClient("x"))
	r.Open = unhurried(openPipes)
	r.x = r.Desk("x").(*desk)
	r.must(r.x.sees(play.Prompt, ""))
	r.shows("x", "SERVER: [Welcome, you are registered.]")
	r.last("y", "ONLINE")
}

// last waits until the last that someone heard of x is that.
func (r *room) last(who, state string) {
	r.t.Helper()
	is := func(lines []string) bool {
		for _, line := range slices.Backward(lines) {
			if strings.HasPrefix(line, "x @ ") {
				return strings.HasSuffix(line, " is "+state)
			}
		}
		return false
	}
	if !r.Desk(who).Screen().Until(r.ctx, is) {
		r.t.Fatalf("%s does not hear that x is %s", who, state)
	}
}

// Tab completes commands and names; the prompt says whom plain text is for; a pasted block is one message.
func TestTalkingToSomeone(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "yvonne", "zoe")
	r.must(r.x.press("t\t"))
	r.must(r.x.sees(">>> t", "")) // to and trust
	r.shows("x", "to  trust")
	r.must(r.x.press("\x15help\r"))
	r.shows("x", "Up, Down, Ctrl-R   what was typed before, and a search in it")
	r.must(r.x.press("to yv\t"))
	r.must(r.x.sees(">>> to yvonne ", ""))
	r.must(r.x.press("\r"))
	r.must(r.x.sees("yvonne >>> ", ""))
	r.must(r.x.press("\x1b[200~one\ntwo\x1b[201~"))
	r.must(r.x.sees("yvonne >>> one⏎two", ""))
	r.must(r.x.press("\r"))
	r.shows("yvonne", "x: one")
	r.shows("yvonne", "    two")
	r.must(r.x.press("@z\t"))
	r.must(r.x.sees("yvonne >>> @zoe ", ""))
	r.must(r.x.press("just you\r"))
	r.shows("zoe", "x: just you")
	r.must(r.x.sees("yvonne >>> ", ""))
	r.must(r.x.press("to all\r"))
	r.must(r.x.sees("all >>> ", ""))
	r.must(r.x.press("all of you\r"))
	for _, who := range []string{"yvonne", "zoe"} {
		r.shows(who, "[Channel_Message x: all of you]")
	}
	r.must(r.x.press("status\r"))
	r.finds("x", func(line string) bool {
		return strings.HasPrefix(line, "[SERVER @ 127.0.0.1:") && strings.Contains(line, "round trip")
	})
	r.finds("x", func(line string) bool {
		return strings.HasPrefix(line, "[yvonne @ 127.0.0.1:") && strings.Contains(line, "direct, round trip")
	})
	r.must(r.x.press("to\r"))
	r.must(r.x.sees(play.Prompt, ""))
}

// What was typed comes back in the next run, to its owner only.
func TestTypedLinesOfTheRunBefore(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	r.must(r.x.press("send y first\r send y second\r"))
	r.shows("y", "x: second")
	r.again(func(*exec.Cmd) {})
	r.must(r.x.press("\x1b[A"))
	r.must(r.x.sees(">>> quit", ""))
	r.must(r.x.press("\x1b[A"))
	r.must(r.x.sees(">>> send y first", ""))
	info, err := os.Stat(filepath.Join(r.Dir, "clients", "x", "typed"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	r.again(func(cmd *exec.Cmd) { cmd.Args = append(cmd.Args, "-history", "off") })
	r.must(r.x.press("\x1b[A"))
	r.must(r.x.sees(play.Prompt, ""))
	r.must(r.x.press("peers\r"))
	r.must(r.x.press("\x1b[A"))
	r.must(r.x.sees(">>> peers", ""))
	r.again(func(*exec.Cmd) {})
	r.must(r.x.press("\x1b[A"))
	r.must(r.x.sees(">>> quit", "")) // of the run before that one
}

func TestBellAndColours(t *testing.T) {
	t.Parallel()
	r := newRoom(t, "y")
	say := func(line, seen string) {
		r.must(r.Desk("y").(*play.Pipes).Send(line))
		r.shows("x", seen)
	}
	say("send_all nobody in particular", "[Channel_Message y: nobody in particular]")
	bells, colours := r.look()
	if bells != 0 || colours == 0 {
		t.Errorf("%d bells, %d colours", bells, colours)
	}
	say("send_all now X, you", "[Channel_Message y: now X, you]")
	if bells, _ := r.look(); bells != 1 {
		t.Errorf("%d bells for a mention", bells)
	}
	r.again(func(*exec.Cmd) {})
	say("send x hi", "y: hi")
	if bells, _ := r.look(); bells != 1 {
		t.Errorf("%d bells for a message", bells)
	}
	r.again(func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "NO_COLOR=1")
		cmd.Args = append(cmd.Args, "-bell", "off")
	})
	say("send x ho", "y: ho")
	if bells, colours := r.look(); bells != 0 || colours != 0 {
		t.Errorf("%d bells, %d colours", bells, colours)
	}
	r.again(func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "NO_COLOR=1")
		cmd.Args = append(cmd.Args, "-bell", "all", "-color", "always")
	})
	say("send_all hey", "[Channel_Message y: hey]")
	if bells, colours := r.look(); bells != 1 || colours == 0 {
		t.Errorf("%d bells, %d colours", bells, colours)
	}
}

// Three hundred lines arrive while someone types to a person: the row stays what was typed, in a narrow terminal too.
func TestBurstWhileTyping(t *testing.T) {
	t.Parallel()
	const lines = 300
	r := newRoom(t, "y")
	r.must(r.x.press("to y\r"))
	r.must(r.x.sees("y >>> ", ""))
	var all strings.Builder
	for i := range lines {
		fmt.Fprintf(&all, "send x line %d\n", i)
	}
	typed := "a word in the storm"
	sent := make(chan error, 1)
	go func() { sent <- r.Desk("y").(*play.Pipes).Send(strings.TrimSuffix(all.String(), "\n")) }()
	for i := range typed {
		r.must(r.x.press(typed[i : i+1]))
		r.must(r.x.sees("y >>> "+typed[:i+1], ""))
	}
	r.must(<-sent)
	r.shows("x", fmt.Sprintf("y: line %d", lines-1))
	r.must(r.x.sees("y >>> "+typed, ""))
	next := 0
	for _, line := range r.x.Screen().Lines() {
		if n, ok := strings.CutPrefix(line, "y: line "); ok {
			if n != fmt.Sprint(next) {
				t.Fatalf("line %s came where %d was due", n, next)
			}
			next++
		}
	}
	if next != lines {
		t.Errorf("%d lines came", next)
	}
	r.must(r.x.press("\r"))
	r.shows("y", "x: "+typed)
}

// In a terminal of 40 columns and 10 rows, wide characters, emoji, a paste and another width leave the row what was typed.
func TestNarrowTerminal(t *testing.T) {
	t.Parallel()
	const lines = 60
	narrow := func(cmd *exec.Cmd) (play.Desk, error) { return openDeskOf(cmd, 40, 10) }
	r := newRoomOf(t, narrow, "y")
	r.must(r.x.press("to y\r"))
	r.must(r.x.sees("y >>> ", ""))
	r.must(r.x.press("今日は "))
	r.must(r.x.sees("y >>> 今日は ", ""))
	for i := range lines {
		r.must(r.Desk("y").(*play.Pipes).Send(fmt.Sprintf("send x 行 %d 👨‍👩‍👧 and more than a row of forty columns can hold", i)))
	}
	r.must(r.x.press("\x1b[200~👨‍👩‍👧\r\n日本\x1b[201~"))
	r.must(r.x.sees("y >>> 今日は 👨‍👩‍👧⏎日本", ""))
	r.shows("x", fmt.Sprintf("y: 行 %d 👨‍👩‍👧 and more than a row of forty columns can hold", lines-1))
	r.must(r.x.sees("y >>> 今日は 👨‍👩‍👧⏎日本", ""))
	r.must(r.x.press(" and the rest of a long line, which scrolls sideways"))
	r.must(r.x.sees("y >>> ong line, which scrolls sideways", "")) // 38 columns, and one for the cursor
	r.x.resize(r.t, 100, 30)
	r.must(r.x.sees("y >>> 今日は 👨‍👩‍👧⏎日本 and the rest of a long line, which scrolls sideways", ""))
	r.x.resize(r.t, 40, 10)
	r.must(r.x.press("\x01"))
	r.must(r.x.sees("y >>> ", "今日は 👨‍👩‍👧⏎日本 and the rest of a"))
	r.must(r.x.press("\r"))
	r.shows("y", "x: 今日は 👨‍👩‍👧")
	r.shows("y", "    日本 and the rest of a long line, which scrolls sideways")
	got := 0
	for _, line := range r.x.Screen().Lines() {
		if strings.HasPrefix(line, fmt.Sprintf("y: 行 %d 👨‍👩‍👧 and more", got)) {
			got++
		}
	}
	if got != lines {
		t.Errorf("%d lines came in order", got)
	}
}
