package tui

import (
	"fmt"
	"testing"
)

// What was being written is known when the screen goes, whatever was done with it, and what was only brought back is not in it.
func TestDraftsAtTheEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(w *world)
		want string
	}{
		{"none", func(*world) {}, "[]"},
		{"blanks", func(w *world) { w.types("  ") }, "[]"},
		{"in the open talk", func(w *world) { w.types("half a") }, "[{bob half a}]"},
		{"of two lines", func(w *world) { w.paste("half a\nline") }, "[{bob half a\nline}]"},
		{"in several talks", func(w *world) {
			w.types("to bob")
			w.open(w.talks.get("carol"))
			w.types("to carol")
			w.open(w.talks.get(everyone))
			w.types("to all")
		}, "[{ to all} {bob to bob} {carol to carol}]"},
		{"sent", func(w *world) { w.sends("whole") }, "[]"},
		{"brought back", func(w *world) { w.press("up") }, "[]"},
		{"put aside by Up", func(w *world) { w.types("half a"); w.press("up") }, "[{bob half a}]"},
		{"and what was brought back is changed", func(w *world) { w.types("half a"); w.press("up"); w.types("!") }, "[{bob half a} {bob 日本語!}]"},
		{"put aside by a search", func(w *world) { w.types("half a"); w.press("ctrl+r"); w.types("see") }, "[{bob half a}]"},
		{"put aside by Up and a search", func(w *world) { w.types("half a"); w.press("up", "ctrl+r"); w.types("see") }, "[{bob half a}]"},
	} {
		w := sought(t)
		tt.do(w)
		if got := fmt.Sprint(w.Drafts()); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What is being written before there is a client, and while another name takes over, stays.
func TestDraftsStay(t *testing.T) {
	w := newWorld(t)
	w.types("before anything")
	w.begins()
	w.shows("› before anything")
	w.press("ctrl+u")
	w.table("bob")
	w.press("tab")
	w.types("half a")
	w.sees(Began{Name: "anna", Key: keyOf("anna")})
	w.press("tab")
	w.shows("· bob") // in anna's table nobody is yet
	w.shows("› half a")
}
