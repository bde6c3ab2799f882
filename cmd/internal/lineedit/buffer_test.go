package lineedit

import (
	"strings"
	"testing"
)

const family = "👨‍👩‍👧‍👦"

// bufferOf makes a buffer from a text with | for the cursor.
func bufferOf(marked string) *buffer {
	left, right, _ := strings.Cut(marked, "|")
	var b buffer
	b.insert(right)
	b.home()
	b.insert(left)
	return &b
}

func marked(b *buffer) string {
	left := strings.Join(b.before, "")
	return left + "|" + strings.TrimPrefix(b.text(), left)
}

func TestBufferEdits(t *testing.T) {
	insert := func(s string) func(*buffer) { return func(b *buffer) { b.insert(s) } }
	key := func(k key) func(*buffer) { return func(b *buffer) { b.apply(k) } }
	tests := []struct {
		name   string
		before string
		do     func(*buffer)
		want   string
	}{
		{"insert in the middle", "a|c", insert("b"), "ab|c"},
		{"backspace takes a letter", "ab|c", key(keyBackspace), "a|c"},
		{"backspace at the start does nothing", "|c", key(keyBackspace), "|c"},
		{"backspace takes a letter with its accent", "ae\u0301|", key(keyBackspace), "a|"},
		{"backspace takes a whole family", "a" + family + "|", key(keyBackspace), "a|"},
		{"backspace takes a flag, not half of it", "🇩🇪🇫🇷|", key(keyBackspace), "🇩🇪|"},
		{"delete takes a wide character", "a|日本", key(keyDelete), "a|本"},
		{"delete at the end does nothing", "a|", key(keyDelete), "a|"},
		{"an accent joins the letter before it", "e|x", insert("\u0301"), "e\u0301|x"},
		{"an emoji is typed before another one", "|👧", insert("👨"), "👨|👧"},
		{"a joiner does not yet eat what follows", "👨|👧", insert("\u200d"), "👨\u200d|👧"},
		{"removing a newline joins the mark behind it", "e\n|\u0301", key(keyBackspace), "e\u0301|"},
		{"left steps over a family", "a" + family + "|b", key(keyLeft), "a|" + family + "b"},
		{"right steps over a family", "a|" + family + "b", key(keyRight), "a" + family + "|b"},
		{"left at the start does nothing", "|a", key(keyLeft), "|a"},
		{"right at the end does nothing", "a|", key(keyRight), "a|"},
		{"home", "ab|c", key(keyHome), "|abc"},
		{"end", "a|bc", key(keyEnd), "abc|"},
		{"a word left", "one two|", key(keyLeftWord), "one |two"},
		{"a word left from the gap", "one  |two", key(keyLeftWord), "|one  two"},
		{"a word left stops at a slash", "a/b|", key(keyLeftWord), "a/|b"},
		{"a word right", "|one two", key(keyRightWord), "one| two"},
		{"a word right over the gap", "one|, two", key(keyRightWord), "one, two|"},
		{"kill a word up to the blank", "see http://x/y |z", key(keyKillWord), "see |z"},
		{"kill to the start", "ab|c", key(keyKillToStart), "|c"},
		{"kill to the end", "a|bc", key(keyKillToEnd), "a|"},
		{"set puts the cursor at the end", "a|b", func(b *buffer) { b.set("xyz") }, "xyz|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bufferOf(tt.before)
			tt.do(b)
			if got := marked(b); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestYankReturnsTheLastKill(t *testing.T) {
	tests := []struct {
		name   string
		before string
		keys   []key
		want   string
	}{
		{"a word", "one two |", []key{keyKillWord, keyHome, keyYank}, "two |one "},
		{"the start", "one tw|o", []key{keyKillToStart, keyEnd, keyYank}, "oone tw|"},
		{"the end, twice", "one |two", []key{keyKillToEnd, keyYank, keyYank}, "one twotwo|"},
		{"an empty kill keeps the last", "one two|", []key{keyKillWord, keyKillToEnd, keyYank}, "one two|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := bufferOf(tt.before)
			for _, k := range tt.keys {
				b.apply(k)
			}
			if got := marked(b); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClustersTypedRuneByRune(t *testing.T) {
	for _, cluster := range []string{family, "🇩🇪", "e\u0301\u0323", "👍🏽", "한"} {
		var b buffer
		b.insert("x")
		for _, r := range cluster {
			b.insert(string(r))
		}
		if b.backspace(); b.text() != "x" {
			t.Errorf("%q was not one cluster: %q is left", cluster, b.text())
		}
	}
}
