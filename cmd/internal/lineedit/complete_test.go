package lineedit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSharedStart(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"bob"}, "bob"},
		{[]string{"bob", "bobby", "bo"}, "bo"},
		{[]string{"日本", "日曜"}, "日"},
		{[]string{"é", "è"}, ""},
		{[]string{"a", "b"}, ""},
	} {
		if got := sharedStart(c.words); got != c.want {
			t.Errorf("%q share %q, want %q", c.words, got, c.want)
		}
	}
}

func TestListingIsBoundedAndHarmless(t *testing.T) {
	var words []string
	for i := range 1000 {
		words = append(words, fmt.Sprint("\x1bname", i))
	}
	got := listing(words)
	if strings.ContainsRune(got, '\x1b') || !strings.HasSuffix(got, "name59  … and 940 more") || words[60] != "\x1bname60" {
		t.Errorf("listed %q", got)
	}
}

func TestRememberedLinesAreOlder(t *testing.T) {
	var h history
	h.add("new")
	h.before([]string{"oldest", "old"})
	var got []string
	for line, ok := h.up("draft"); ok; line, ok = h.up("") {
		got = append(got, line)
	}
	if !slices.Equal(got, []string{"new", "old", "oldest"}) {
		t.Errorf("up gives %q", got)
	}
	h.before(make([]string, 2*historyLength))
	if len(h.lines) != historyLength || h.lines[historyLength-1] != "new" {
		t.Errorf("%d lines", len(h.lines))
	}
}
