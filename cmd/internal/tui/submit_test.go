package tui

import (
	"strings"
	"testing"

	"udpchat/peer"
	"udpchat/wire"
)

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
		{func(ref uint64) peer.Notice { return peer.NotRegistered{Ref: ref} }, "[Not sent: you are offline. reg NAME brings you back.]", "You are offline: /reg alice brings you back."},
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
		{"/etc/hosts is a file", ""},
		{"/", ""},
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

// What begins with a slash and is no command stays where it was typed.
func TestUnknownCommand(t *testing.T) {
	w := here(t, "bob")
	w.size(120, 24)
	w.press("tab")
	w.paste("/stauts\nof the talks")
	w.press("enter")
	w.shows("Unknown command /stauts: F1 lists all. With two slashes it is text.")
	if got := w.talks.open.input.text(); got != "/stauts\nof the talks" {
		t.Errorf("%q is left", got)
	}
	w.press("ctrl+home", "up", "home")
	w.types("/")
	w.press("enter")
	if got := strings.Join(w.done, "|"); got != "send 1 bob: /stauts\nof the talks" {
		t.Error(got)
	}
}

// What begins with @ and a name is for that person alone, as at the prompt; what begins with one that nobody has goes nowhere.
func TestAddressed(t *testing.T) {
	for _, tt := range []struct{ typed, asks, shows string }{
		{"@bob for you alone", "send 1 bob: for you alone", "● bob  online"},
		{"@BOB for you alone", "send 1 bob: for you alone", "● bob  online"},
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
