package lineedit

import (
	"strconv"
	"testing"
)

func TestHistoryKeepsTheLineInProgress(t *testing.T) {
	var h history
	for _, line := range []string{"one", "two", "two", ""} {
		h.add(line)
	}
	steps := []struct {
		up   bool
		want string
		ok   bool
	}{
		{true, "two", true},
		{true, "one", true},
		{true, "", false},
		{false, "two", true},
		{false, "draft", true},
		{false, "", false},
	}
	current := "draft"
	for i, s := range steps {
		got, ok := "", false
		if s.up {
			got, ok = h.up(current)
		} else {
			got, ok = h.down()
		}
		if got != s.want || ok != s.ok {
			t.Fatalf("step %d: got %q, %v; want %q, %v", i, got, ok, s.want, s.ok)
		}
		if ok {
			current = got
		}
	}
}

func TestHistoryForgetsTheOldest(t *testing.T) {
	var h history
	for i := range historyLength + 3 {
		h.add(strconv.Itoa(i))
	}
	oldest := ""
	for {
		line, ok := h.up("")
		if !ok {
			break
		}
		oldest = line
	}
	if oldest != "3" || len(h.lines) != historyLength {
		t.Errorf("oldest of %d lines is %q, want 3", len(h.lines), oldest)
	}
}

func TestEnteringALineStartsFromTheNewest(t *testing.T) {
	var h history
	h.add("one")
	h.add("two")
	h.up("")
	h.up("")
	h.add("three")
	if got, _ := h.up(""); got != "three" {
		t.Errorf("got %q, want three", got)
	}
}
