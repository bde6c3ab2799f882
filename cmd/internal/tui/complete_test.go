package tui

import "testing"

// Tab completes commands, the names behind them, and names behind an @; with anything else it goes to the next talk.
func TestTabCompletes(t *testing.T) {
	for _, tt := range []struct{ typed, becomes, says string }{
		{"/ver", "/verify ", ""},
		{"/s", "/send", ""},
		{"/send", "/send", "/send  /send_all"},
		{"/verify bo", "/verify bo", "bob  bodo"},
		{"/verify bod", "/verify bodo ", ""},
		{"@ca", "@carol ", ""},
		{"ask @ca", "ask @carol ", ""},
		{"/verify zoe", "/verify zoe", "Nothing fits."},
	} {
		w := here(t, "bob", "bodo", "-carol")
		w.types(tt.typed)
		w.shows("Tab complete")
		w.press("tab")
		if got := w.talks.open.input.text(); got != tt.becomes || w.talks.open.name != everyone {
			t.Errorf("%q became %q in %q", tt.typed, got, w.talks.open.name)
		}
		if w.hint != tt.says {
			t.Errorf("%q: it says %q", tt.typed, w.hint)
		}
	}
	for _, typed := range []string{"", "hello", "//ver", "@ca "} {
		w := here(t, "bob")
		w.types(typed)
		w.shows("Tab next talk")
		w.press("tab")
		if got := w.talks.open.name; got != "bob" {
			t.Errorf("with %q Tab opened %q", typed, got)
		}
	}
}

// What stands behind the cursor stays there.
func TestTabInTheMiddle(t *testing.T) {
	w := here(t, "bob", "carol")
	w.types("@ca hello")
	w.press("left", "left", "left", "left", "left", "left", "tab")
	w.types("x")
	if got := w.talks.open.input.text(); got != "@carol x hello" {
		t.Errorf("got %q", got)
	}
}
