package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"udpchat/peer"
	"udpchat/wire"
)

// The mark of a text changes in its place, with its word.
func TestMarksChangeInPlace(t *testing.T) {
	w := here(t, "bob")
	w.press("tab")
	w.types("hello")
	w.press("enter")
	row := w.shows("hello")
	marked := func(mark string) {
		t.Helper()
		if got := w.rows()[row]; !strings.Contains(got, "hello") || !strings.HasSuffix(got, mark) {
			t.Errorf("got %q, want the mark %q", got, mark)
		}
	}
	marked("…  waiting")
	w.told(peer.Accepted{Ref: w.ref, Line: 7, To: "bob", Text: "hello"})
	marked("…  sending")
	w.told(peer.NoAck{Line: 7, To: "bob"}, "[No ACK from bob, message sent to server.]")
	marked("…  sending")
	w.told(peer.Stored{Line: 7, To: "bob"}, "[Message received by SERVER.]")
	marked("✓  stored")
	w.told(peer.Delivered{Line: 7, To: "bob"}, "[Message received by bob.]")
	marked("✓✓ delivered")
	w.told(peer.Stored{Line: 7, To: "bob", Again: true})
	marked("✓✓ delivered")
	if got := w.done; len(got) != 1 || got[0] != "send 1 bob: hello" {
		t.Errorf("asked for %q", got)
	}
}

// Whatever is not taken says why, and what to do.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		n    func(ref uint64) peer.Notice
		line string
		says string
	}{
		{func(ref uint64) peer.Notice { return peer.UnknownPeer{Ref: ref, Name: "bob"} }, "[Unknown peer: bob]", "Unknown peer: bob. Up brings it back"},
		{func(ref uint64) peer.Notice { return peer.Blocked{Ref: ref, Name: "bob"} }, "[x]", "The key of bob has changed: /verify"},
		{func(ref uint64) peer.Notice { return peer.NotSent{Ref: ref, To: "bob"} }, "[Not sent: your disk is full.]", "your disk is full."},
		{func(ref uint64) peer.Notice { return peer.NotRegistered{Ref: ref} }, "[You are offline: reg NAME comes back.]", "You are offline: /reg alice comes back."},
		{func(ref uint64) peer.Notice { return peer.TooLong{Ref: ref} }, "[Message too long: 9 bytes, the limit is 8.]", "Message too long: 9 bytes, the limit is 8."},
		{func(ref uint64) peer.Notice { return peer.BadText{Ref: ref} }, "[Message not sent: it is empty.]", "Message not sent: it is empty."},
	} {
		w := here(t, "bob")
		w.size(160, 24)
		w.press("tab")
		w.types("one")
		w.press("enter")
		w.types("two")
		w.press("enter")
		n := tt.n(w.ref)
		w.told(n, tt.line)
		if at := w.shows("✗  not sent"); !strings.Contains(w.rows()[at], "two") || !strings.Contains(w.rows()[at+1], tt.says) {
			t.Errorf("%T: %q", n, w.rows()[at:at+2])
		}
		w.shows("…  waiting") // the other one
		w.press("up")
		if got := w.talks.open.input.text(); got != "two" {
			t.Errorf("%T: Up brought %q", n, got)
		}
	}
}

// A text that was sent by a command of the prompt is shown, and marked, like the others.
func TestSentByCommand(t *testing.T) {
	w := here(t, "bob")
	w.types("/send bob by command")
	w.press("enter")
	w.told(peer.Accepted{Line: 7, To: "bob", Text: "by command"})
	w.told(peer.Delivered{Line: 7, To: "bob"})
	w.press("tab")
	w.shows("by command")
	w.shows("✓✓ delivered")
	if w.done[0] != "enter send bob by command" {
		t.Error(w.done)
	}
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct{ typed, asks string }{
		{"/verify", "enter verify bob"},
		{"/trust", "enter trust bob"},
		{"/verify carol", "enter verify carol"},
		{"/dereg alice", "enter dereg alice"},
		{"/quit", "leave"},
		{"//etc/hosts", "send 1 bob: /etc/hosts"},
		{" spaces stay ", "send 1 bob:  spaces stay "},
		{"", ""},
		{"   ", ""},
	} {
		w := here(t, "bob")
		w.press("tab")
		w.types(tt.typed)
		w.press("enter")
		if got := strings.Join(w.done, "|"); got != tt.asks {
			t.Errorf("%q asked for %q, not %q", tt.typed, got, tt.asks)
		}
	}
}

// What begins with @ and a name is for that person alone, as at the prompt; what begins with one that nobody has goes nowhere.
func TestAddressed(t *testing.T) {
	for _, tt := range []struct{ typed, asks, shows string }{
		{"@bob for you alone", "send 1 bob: for you alone", "● bob  online"},
		{"@bob /etc/hosts", "send 1 bob: /etc/hosts", "● bob  online"},
		{"@bob\nfirst line", "send 1 bob: first line", "● bob  online"},
		{"@bob", "", "● bob  online"},
		{"@all to all", "send 1 : to all", "# everyone"},
		{"@bbo for you alone", "", "Nobody is called bbo here"},
		{" @bbo is text", "send 1 :  @bbo is text", "# everyone"},
		{"@ is text", "send 1 : @ is text", "# everyone"},
		{"/to bob", "", "● bob  online"},
		{"/to nobody", "", "Nobody is called nobody here"},
		{"/to", "", " Talks"},
	} {
		w := here(t, "bob", "carol")
		w.paste(tt.typed)
		w.press("enter")
		if got := strings.Join(w.done, "|"); got != tt.asks {
			t.Errorf("%q asked for %q, not %q", tt.typed, got, tt.asks)
		}
		w.shows(tt.shows)
		if in := w.talks.get(everyone).input.text(); (in != "") != strings.HasPrefix(tt.typed, "@bbo") {
			t.Errorf("%q left %q", tt.typed, in)
		}
	}
}

// What comes into a talk that is not looked at is counted, in the list, in the title, and by a rule in the talk.
func TestUnread(t *testing.T) {
	w := here(t, "bob", "carol")
	w.arrives("#carol", "seen")
	w.arrives("bob", "first")
	w.arrives("bob", "two")
	if got := w.rows()[w.shows("● bob")]; !strings.Contains(got, " 2 │") {
		t.Error(got)
	}
	if got := w.View().WindowTitle; got != "(2) udpchat alice" {
		t.Error(got)
	}
	w.press("alt+a")
	rule, first := w.shows("─ new ─"), w.shows("first")
	if rule > first || first-rule > 2 {
		t.Errorf("the rule is in row %d, the first new one in %d", rule, first)
	}
	if got := w.View().WindowTitle; got != "udpchat alice" {
		t.Error(got)
	}
	w.press("tab", "shift+tab")
	w.hides("─ new ─")
}

// A line counts as shown when it was looked at, and not before; but not too many wait for that.
func TestSeen(t *testing.T) {
	w := here(t, "bob")
	w.arrives("#bob", "to all")
	w.arrives("bob", "to alice")
	w.press("f1")
	w.arrives("#bob", "behind the help")
	if got := fmt.Sprint(w.seenLines); got != "[1001]" {
		t.Errorf("seen %s", got)
	}
	w.press("esc")
	w.press("tab")
	w.press("pgup")
	if got := fmt.Sprint(w.seenLines); got != "[1001 1003 1002]" {
		t.Errorf("seen %s", got)
	}
	w.seenLines = nil
	w.press("shift+tab")
	for i := range unseenLimit + 10 {
		w.arrives("bob", fmt.Sprint(i))
	}
	if n := len(w.seenLines); n != 10 || w.talks.get("bob").unread != unseenLimit+10 {
		t.Errorf("%d lines count as seen, %d are unread", n, w.talks.get("bob").unread)
	}
	w.press("tab")
	if n := len(w.seenLines); n != unseenLimit+10 {
		t.Errorf("%d of them were seen at last", n)
	}
}

// A terminal that is not looked at reads nothing.
func TestUnreadWithoutFocus(t *testing.T) {
	w := here(t, "bob")
	w.press("tab")
	w.arrives("bob", "seen")
	w.sees(tea.BlurMsg{})
	w.arrives("bob", "not seen")
	if n := w.talks.unread(); n != 1 {
		t.Errorf("%d unread", n)
	}
	w.sees(tea.FocusMsg{})
	if n := w.talks.unread(); n != 0 {
		t.Errorf("%d unread", n)
	}
	if w.shows("─ new ─") != w.shows("not seen")-2 {
		t.Error(w.rows())
	}
}

// Who reads what was said before is not moved away by what comes; the last row says that there is more.
func TestScrollbackStays(t *testing.T) {
	w := here(t, "bob")
	w.press("tab")
	for i := range numbered {
		w.arrives("bob", fmt.Sprintf("message %d.", i))
	}
	w.press("pgup", "pgup")
	before := w.rows()
	w.arrives("bob", "newest")
	w.hides("newest")
	w.shows("↓ 1 new, Esc: to the end")
	after := w.rows()
	for y := 2; y < 18; y++ {
		_, was, _ := strings.Cut(before[y], "│")
		if _, is, _ := strings.Cut(after[y], "│"); is != was {
			t.Errorf("row %d: %q became %q", y, was, is)
		}
	}
	last := w.lastShown()
	w.size(60, 20)
	w.size(120, 30)
	if got := w.lastShown(); got != last {
		t.Errorf("after a resize the view ends with message %d, not %d", got, last)
	}
	w.press("esc")
	w.shows("newest")
	w.press("ctrl+home")
	w.shows("message 0.")
	w.press("ctrl+end")
	w.shows("newest")
}

// numbered is how many numbered messages these tests have.
const numbered = 60

// lastShown is the last of the numbered messages in view.
func (w *world) lastShown() int {
	rows := strings.Join(w.rows(), "\n")
	for i := numbered - 1; i >= 0; i-- {
		if strings.Contains(rows, fmt.Sprintf("message %d.", i)) {
			return i
		}
	}
	return -1
}

// Another name is another history, and nothing of the one before is left.
func TestAnotherName(t *testing.T) {
	w := here(t, "bob")
	w.arrives("#bob", "to alice")
	w.sees(Began{Name: "anna", Key: keyOf("anna")})
	w.hides("to alice")
	w.shows("udpchat anna")
	w.shows("waiting for the server")
}

// What was said before there was a client stays: the server's key on first use.
func TestLinesBeforeBegin(t *testing.T) {
	w := newWorld(t)
	w.sees(Line{Text: "[Server key on first use: one two]"})
	w.begins()
	w.shows("[Server key on first use: one two]")
}

// What a notice is about stands in that talk, in the form of the commands here.
func TestNotices(t *testing.T) {
	w := here(t, "bob")
	w.told(peer.KeyChanged{Name: "bob"}, "[The key of bob has changed: nothing is sent to it. Compare with: verify bob, accept with: trust bob]")
	w.hides("has changed")
	w.press("tab")
	w.shows("/verify bob")
	w.told(peer.Left{}, "[You are Offline. Bye.]")
	w.shows("offline: /reg alice comes back")
	w.told(peer.Welcome{})
	w.shows("connected to")
	w.told(peer.ServerSilent{}, "[Server not responding.]")
	w.shows("[Server not responding.]")
}

// A text says what is to be known of it before it is read.
func TestTags(t *testing.T) {
	w := here(t, "bob")
	w.size(120, 24)
	w.press("tab")
	w.told(peer.Arrived{Line: 1, From: "bob", Text: "hi", Time: noon.Add(-2 * time.Hour).UnixMicro(), Mail: true, Again: true, Late: true, Clear: true, Doubt: true})
	at := w.shows("  (late) (not sealed) (another key) hi")
	if !strings.HasSuffix(w.rows()[at], "held 2 h") {
		t.Error(w.rows()[at])
	}
}

func TestTooLong(t *testing.T) {
	w := here(t, "bob")
	w.paste(strings.Repeat("x", wire.MaxText+1))
	w.press("enter")
	w.size(120, 24)
	w.shows("Too long: 65537 bytes, the limit is 65536. Nothing was sent.")
	if len(w.done) > 0 || len(w.talks.open.input.text()) != wire.MaxText+1 {
		t.Error("it was sent, or is gone")
	}
}

// Ctrl-C empties what is written, and asks before it leaves; Ctrl-D deletes in a text, and leaves without one.
func TestLeaving(t *testing.T) {
	w := here(t)
	w.types("x")
	w.press("ctrl+c", "ctrl+c")
	w.shows("Ctrl-C again leaves at once")
	w.types("y")
	w.press("home", "ctrl+d", "ctrl+c")
	if len(w.done) > 0 {
		t.Error(w.done)
	}
	w.press("ctrl+c")
	w.press("ctrl+d")
	w.shows("leaving, when all is sent")
	w.types("too late")
	w.press("enter")
	if got := strings.Join(w.done, " "); got != "interrupt leave" {
		t.Error(got)
	}
	w.shows("› too late")
}
