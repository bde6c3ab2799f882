package tui

import (
	"strings"
	"testing"

	"udpchat/peer"
)

// sought is a talk with bob in which some was said, and carol's, in which something else was.
func sought(t *testing.T) *world {
	w := here(t, "bob", "carol")
	w.press("tab", "tab")
	w.sends("hello carol")
	w.open(w.talks.get("bob"))
	for _, text := range []string{"hello there", "Hello again", "//etc/hosts", "see you", "日本語"} {
		w.sends(text)
	}
	w.arrives("bob", "hello from bob")
	w.done = nil
	return w
}

// The search does what that of the prompt does (lineedit, TestSearch), among what was sent in the open talk.
func TestSearchInWhatWasSent(t *testing.T) {
	for _, tt := range []struct {
		name        string
		do          func(w *world)
		prompt, row string
	}{
		{"nothing is found before something is typed", func(w *world) { w.types("draft"); w.press("ctrl+r") }, "(search)", "draft"},
		{"the newest one", func(w *world) { w.press("ctrl+r"); w.types("hello") }, "(search) hello", "Hello again"},
		{"an older one, by more of it", func(w *world) { w.press("ctrl+r"); w.types("hello t") }, "(search) hello t", "hello there"},
		{"older ones, by the key again", func(w *world) { w.press("ctrl+r"); w.types("hello"); w.press("ctrl+r") }, "(search) hello", "hello there"},
		{"in capitals or not", func(w *world) { w.press("ctrl+r"); w.types("HELLO") }, "(search) HELLO", "Hello again"},
		{"no older one", func(w *world) { w.press("ctrl+r"); w.types("see"); w.press("ctrl+r") }, "(not found) see", "see you"},
		{"none", func(w *world) { w.types("draft"); w.press("ctrl+r"); w.types("xyz") }, "(not found) xyz", "draft"},
		{"neither the other's nor another talk's", func(w *world) { w.press("ctrl+r"); w.types("hello carol") }, "(not found) hello carol", "Hello again"},
		{"less of it finds newer ones again", func(w *world) { w.press("ctrl+r"); w.types("hello t"); w.press("backspace", "backspace") }, "(search) hello", "Hello again"},
		{"what a reader sees as one character", func(w *world) { w.press("ctrl+r"); w.types("本"); w.press("backspace"); w.types("see") }, "(search) see", "see you"},
		{"what is pasted", func(w *world) { w.press("ctrl+r"); w.paste("see\nyou") }, "(search) see you", "see you"},
		{"as it was typed", func(w *world) { w.press("ctrl+r"); w.types("etc") }, "(search) etc", "//etc/hosts"},
		{"given up", func(w *world) { w.types("draft"); w.press("ctrl+r"); w.types("hello"); w.press("ctrl+g") }, "", "draft"},
		{"given up by Ctrl-C, which empties and leaves nothing else", func(w *world) { w.types("draft"); w.press("ctrl+r"); w.types("hello"); w.press("ctrl+c") }, "", "draft"},
		{"another key edits what was found", func(w *world) { w.press("ctrl+r"); w.types("see"); w.press("home"); w.types("I ") }, "", "I see you"},
		{"Up goes on from there", func(w *world) { w.press("ctrl+r"); w.types("again"); w.press("up") }, "", "hello there"},
		{"and Down back to the draft", func(w *world) {
			w.types("draft")
			w.press("ctrl+r")
			w.types("see")
			w.press("down", "down")
		}, "", "draft"},
		{"from where Up was", func(w *world) { w.press("up", "up", "ctrl+r"); w.types("hello"); w.press("ctrl+r") }, "(search) hello", "hello there"},
		{"which is there again", func(w *world) { w.press("up", "up", "ctrl+r"); w.types("hello"); w.press("ctrl+g", "up") }, "", "//etc/hosts"},
		{"another talk ends it", func(w *world) { w.press("ctrl+r"); w.types("hello"); w.open(w.talks.get("carol")) }, "", ""},
		{"and so does another client", func(w *world) { w.press("ctrl+r"); w.types("hello"); w.begins() }, "", ""},
	} {
		w := sought(t)
		tt.do(w)
		prompt := ""
		if w.search != nil {
			prompt = strings.TrimSpace(w.search.prompt())
			w.shows(" " + prompt)
		}
		if row := w.talks.open.input.text(); prompt != tt.prompt || row != tt.row || len(w.done) > 0 {
			t.Errorf("%s: %q %q, want %q %q; asked for %q", tt.name, prompt, row, tt.prompt, tt.row, w.done)
		}
	}
	w := sought(t)
	w.press("ctrl+r")
	w.types("see")
	w.press("enter")
	if got := strings.Join(w.done, "|"); !strings.HasSuffix(got, " bob: see you") || w.search != nil || !w.talks.open.input.empty() {
		t.Errorf("Enter asked for %q", got)
	}
	w.told(peer.Accepted{Ref: w.ref, Line: 2000, To: "bob", Text: "see you"})
	w.press("ctrl+r")
	w.types("see")
	w.size(40, 10)
	w.shows("(search) see")
	w.size(80, 24)
	w.shows("Ctrl-R older   Enter send   Ctrl-G give up")
}
