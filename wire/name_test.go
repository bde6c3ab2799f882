package wire

import (
	"errors"
	"strings"
	"testing"
)

// protocol.md §4: names.
func TestCheckName(t *testing.T) {
	tests := []struct {
		what, name string
		ok         bool
	}{
		{"letters", "ann", true},
		{"capitals", "Ann", true},
		{"a digit first", "3po", true},
		{"an underscore first", "_x", true},
		{"dash, dot and underscore inside", "a-b.c_d", true},
		{"one letter", "a", true},
		{"one digit", "7", true},
		{"32 letters", strings.Repeat("a", 32), true},
		{"33 letters", strings.Repeat("a", 33), false},
		{"32 letters of four bytes", strings.Repeat("𐐷", 32), true},
		{"33 letters of four bytes", strings.Repeat("𐐷", 33), false},
		{"Cyrillic", "Аня", true},
		{"Greek", "Ωμέγα", true},
		{"Chinese", "小明", true},
		{"Arabic", "مريم", true},
		{"Arabic digits", "م٣", true},
		{"Hindi with vowel signs", "हिन्दी", true},
		{"Thai with tone marks", "ก้านที่", true},
		{"an accent that is not composed", "Ame\u0301lie", true},
		{"three accents on one letter", "a\u0301\u0301\u0301", false},
		{"an accent first", "\u0301a", false},
		{"an accent on a digit", "1\u0301", false},
		{"an accent on a dash", "a-\u0301", false},
		{"an enclosing mark", "a\u20dd", false},
		{"nothing", "", false},
		{"a dash first", "-a", false},
		{"a dot first", ".a", false},
		{"a space", "a b", false},
		{"a space at the end", "a ", false},
		{"a no-break space", "a\u00a0b", false},
		{"a line break", "a\nb", false},
		{"NUL", "a\x00", false},
		{"ESC", "\x1b[31m", false},
		{"DEL", "a\x7f", false},
		{"a C1 control", "a\u0085", false},
		{"a right-to-left override", "a\u202eb", false},
		{"an isolate", "a\u2066b", false},
		{"a left-to-right mark", "a\u200eb", false},
		{"a zero width joiner", "a\u200db", false},
		{"a zero width space", "a\u200bb", false},
		{"a soft hyphen", "a\u00adb", false},
		{"a byte order mark", "\ufeffa", false},
		{"a Hangul filler, which is a letter and invisible", "a\u3164", false},
		{"a combining grapheme joiner", "a\u034fb", false},
		{"a variation selector", "a\ufe0f", false},
		{"a tag", "a\U000e0061", false},
		{"an emoji", "a😀", false},
		{"a slash", "a/b", false},
		{"an at sign", "a@b", false},
		{"a private use character", "a\ue000", false},
		{"a Roman numeral, which is no digit", "Ⅷ", false},
		{"invalid UTF-8", "a\xff", false},
		{"a surrogate", "a\xed\xa0\x80", false},
		{"server", "server", false},
		{"Server", "Server", false},
		{"ſerver with a long s", "ſerver", false},
		{"SYSTEM", "SYSTEM", false},
		{"admin", "admin", false},
		{"all", "aLL", false},
		{"a reserved word inside", "allan", true},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			err := CheckName(tt.name)
			if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrName) {
				t.Errorf("%q: %v", tt.name, err)
			}
		})
	}
}
