package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

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
