package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// A lower screen has no blank rows between groups: how many rows a message took on the higher one is not so there.
func TestALowerScreenIsFull(t *testing.T) {
	w := here(t, "bob")
	w.press("tab")
	for i := range numbered {
		w.now = w.now.Add(2 * together) // a group each
		w.arrives("bob", fmt.Sprintf("message %d.", i))
	}
	for _, height := range []int{roomyFrom + 4, roomyFrom - 1, roomyFrom + 4} {
		w.size(80, height)
		w.press("ctrl+home")
		pane := w.page().rows(w.talks.open)
		if len(pane[0]) == 0 || !strings.Contains(strings.Join(w.rows(), "\n"), "message 0.") {
			t.Errorf("height %d: at its beginning a talk shows\n%s", height, strings.Join(w.rows(), "\n"))
		}
	}
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

// A name that is somebody else's is no reason to wait for the server.
func TestAnotherNameThatIsTaken(t *testing.T) {
	w := here(t, "bob")
	w.sees(Began{Name: "anna", Key: keyOf("anna")})
	w.told(peer.Refused{Name: "anna", Why: wire.NameTaken}, "SERVER: ERROR: anna belongs to another key: take another name, or the profile that registered it")
	w.shows("anna belongs to another key")
	w.shows("offline: /reg goes on with another name")
	w.size(120, 24)
	w.types("hello")
	w.press("enter")
	w.told(peer.NotRegistered{Ref: w.ref}, "[Not sent: you are offline. reg NAME brings you back.]")
	w.shows("You are offline: /reg goes on with another name.")
	w.begins()
	w.shows("connected to")
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
	w.shows("offline: /reg alice brings you back")
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
