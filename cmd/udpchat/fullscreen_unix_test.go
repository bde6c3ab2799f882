//go:build unix

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
)

// fullRoom is a server, alice before a full screen, and others with pipes.
type fullRoom struct {
	*play.Stage
	*tmux
}

// newFullRoom opens one. The others are there before alice is.
func newFullRoom(t *testing.T, others ...string) *fullRoom {
	t.Helper()
	r, ctx := newEmptyRoom(t, others...)
	r.tmux = r.opens(ctx, t)
	return r
}

// newEmptyRoom opens one without alice, and says how long it stays.
func newEmptyRoom(t *testing.T, others ...string) (*fullRoom, context.Context) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	r := &fullRoom{Stage: newStage(t, nil)}
	must(t, r.StartServer(ctx))
	for _, name := range others {
		must(t, r.StartClient(name))
		r.prints(ctx, t, name, "SERVER: [Welcome, you are registered.]")
	}
	return r, ctx
}

// opens starts alice's full screen, with what else is in the environment.
func (r *fullRoom) opens(ctx context.Context, t *testing.T, environ ...string) *tmux {
	t.Helper()
	cmd := r.Client("alice")
	cmd.Args = append(cmd.Args, "-tui")
	return openTmux(ctx, t, append(cmd.Env, environ...), "echo before; "+quoted(cmd))
}

// prints waits until a client with pipes has printed a line.
func (r *fullRoom) prints(ctx context.Context, t *testing.T, who, line string) {
	t.Helper()
	if !r.Desk(who).Screen().Until(ctx, func(lines []string) bool { return strings.Contains(strings.Join(lines, "\n"), line) }) {
		t.Fatalf("%s did not print %q: %q", who, line, r.Desk(who).Screen().Lines())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *fullRoom) sends(who, line string) {
	r.t.Helper()
	must(r.t, r.Desk(who).(*play.Pipes).Send(line))
}

// A conversation: what comes is shown, what is sent is marked delivered or stored, at every size, and what was said is there again
// after a restart.
func TestFullScreenTalk(t *testing.T) {
	t.Parallel()
	r := newFullRoom(t, "bob")
	r.shows("connected to 127.0.0.1:", "● bob", "Message to everyone")
	r.sends("bob", "send alice Are you there? 日本語 👍")
	r.shows("1 unread")
	r.press("M-a")
	r.shows("● bob  online", "Are you there? 日本語 👍")
	r.types("Yes.")
	r.press("Enter")
	r.shows("Yes.", "✓✓ delivered", "● bob  online · direct")
	r.sees("the round trip to the server", func(rows []string) bool {
		return regexp.MustCompile(`connected to 127\.0\.0\.1:\d+ \(\d.* m?s\) · 1 online`).MatchString(strings.Join(rows, "\n"))
	})
	r.types("/verify b")
	r.press("Tab")
	r.shows("› /verify bob", "Tab complete")
	r.press("C-u")
	r.prints(r.ctx, t, "bob", "alice: Yes.")
	r.Desk("bob").Process().Kill()
	r.types("Still there")
	r.press("C-j")
	r.types("on two lines?")
	r.press("Enter")
	r.shows("on two lines?", "✓  stored")

	for _, size := range [][2]int{{40, 10}, {200, 50}, {120, 35}, {80, 24}} {
		r.resize(size[0], size[1])
		r.sees(fmt.Sprintf("a screen of %d×%d", size[0], size[1]), func(rows []string) bool {
			all := strings.Join(rows, "\n")
			return len(rows) == size[1] && strings.Contains(all, "on two lines?") && strings.Contains(all, "✓  stored") &&
				strings.Contains(rows[size[1]-1], "F1 help") && (size[0] < 64) == !strings.Contains(all, "│")
		})
	}
	r.press("C-d")
	if rows := r.shows("ended with 0"); rows[0] != "before" {
		t.Errorf("the terminal is not as it was: %q", rows)
	}

	r.tmux = r.opens(r.ctx, t)
	r.shows("connected to", "bob")
	r.press("Tab")
	r.shows("Are you there? 日本語 👍", "Yes.", "✓✓ delivered", "on two lines?", "✓  stored")
	r.press("C-f")
	r.types("two still")
	r.shows("▸", "you to bob", "Still there on two lines?")
	r.press("Escape")
	r.shows("Message to bob")
}

// What was not looked at is unread again after a restart; what was is not.
func TestFullScreenUnread(t *testing.T) {
	t.Parallel()
	r := newFullRoom(t, "bob", "carol")
	r.shows("connected to", "● carol")
	r.sends("bob", "send alice one")
	r.sends("bob", "send alice two")
	r.sends("carol", "send alice three")
	r.shows("3 unread")
	r.press("M-a")
	r.shows("● bob  online", "1 unread")
	r.press("C-d")
	r.shows("ended with 0")
	r.tmux = r.opens(r.ctx, t)
	r.shows("1 unread")
	r.press("M-a")
	r.shows("● carol  online", "─ new ─", "three")
}

// Three hundred lines arrive while someone types: what is typed stays whole, and no line is missing from the talk.
func TestFullScreenBurst(t *testing.T) {
	t.Parallel()
	const lines = 300
	r := newFullRoom(t, "bob")
	r.shows("● bob")
	r.press("Tab")
	typed := "The quick brown fox jumps over the lazy dog"
	for i := range lines {
		r.sends("bob", fmt.Sprintf("send alice line %d.", i))
		if at := i * len(typed) / lines; at < (i+1)*len(typed)/lines {
			r.types(typed[at : at+1])
		}
	}
	r.shows("› "+typed, fmt.Sprintf("line %d.", lines-1))
	r.press("Enter")
	r.shows("lazy dog  ", "✓✓ delivered")
	seen := map[string]bool{}
	number := regexp.MustCompile(`line [0-9]+\.`)
	for range lines {
		top := ""
		rows := r.sees("the talk", func(rows []string) bool { top = strings.Join(rows, "\n"); return strings.Contains(top, "line ") })
		for _, row := range rows {
			seen[number.FindString(row)] = true
		}
		if strings.Contains(top, "line 0.") {
			break
		}
		before := number.FindString(top)
		r.press("PPage")
		r.sees("an earlier part, drawn whole", func(rows []string) bool {
			found := number.FindAllString(strings.Join(rows, "\n"), -1)
			for i := range found[min(1, len(found)):] {
				var a, b int
				_, _ = fmt.Sscanf(found[i]+found[i+1], "line %d.line %d.", &a, &b)
				if b != a+1 {
					return false
				}
			}
			return len(found) > 0 && found[0] != before
		})
	}
	for i := range lines {
		if !seen[fmt.Sprintf("line %d.", i)] {
			t.Errorf("line %d is not in the talk", i)
		}
	}
}

// NO_COLOR, whatever it says, leaves no colour, and signs and words say the same as before.
func TestFullScreenWithoutColour(t *testing.T) {
	t.Parallel()
	r := newFullRoom(t, "bob")
	coloured := regexp.MustCompile(`\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;]*m`)
	r.shows("● bob")
	if !coloured.MatchString(strings.Join(r.does("capture-pane -p -e"), "\n")) {
		t.Error("the test sees no colours")
	}
	r.press("C-d")
	r.shows("ended with 0")
	r.tmux = r.opens(r.ctx, t, "NO_COLOR=yes")
	r.shows("● bob")
	if found := coloured.FindString(strings.Join(r.does("capture-pane -p -e"), "\n")); found != "" {
		t.Errorf("there is a colour: %q", found)
	}
}
