package plain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var table = []struct{ what, in, text, name string }{
	{"nothing", "", "", ""},
	{"ASCII", "hello, world~", "hello, world~", "hello, world~"},
	{"letters of many scripts", "Jürgen Аня Ωμέγα 小明 민준 ひらがな", "Jürgen Аня Ωμέγα 小明 민준 ひらがな", "Jürgen Аня Ωμέγα 小明 민준 ひらがな"},
	{"right to left", "שלום مرحبا", "שלום مرحبا", "שלום مرحبا"},
	{"wide spaces", "小\u3000明", "小\u3000明", "小\u3000明"},
	{"other spaces", "a\u00a0b\u2003c\u202fd", "a b c d", "a b c d"},
	{"a tab", "a\tb", "a b", "a b"},
	{"a line break", "a\nb", "a\n    b", "a\ufffdb"},
	{"a line break of two", "a\r\nb", "a\n    b", "a\ufffd\ufffdb"},
	{"a carriage return", "a\rb", "a\ufffdb", "a\ufffdb"},
	{"a carriage return too many", "a\r\r\nb", "a\ufffd\n    b", "a\ufffd\ufffd\ufffdb"},
	{"a line break at the end", "a\n", "a\n    ", "a\ufffd"},
	{"a line with an indent", "a\n    b", "a\n    b", "a\ufffd    b"},
	{"a line with half an indent", "a\n  b", "a\n      b", "a\ufffd  b"},
	{"empty lines", "\n\n", "\n    \n    ", "\ufffd\ufffd"},
	{"a line of someone else's", "hi\nbob: I am bob", "hi\n    bob: I am bob", "hi\ufffdbob: I am bob"},
	{"line and paragraph separators", "a\u2028b\u2029c\u0085d\vd\fe", "a\ufffdb\ufffdc\ufffdd\ufffdd\ufffde", "a\ufffdb\ufffdc\ufffdd\ufffdd\ufffde"},
	{"NUL", "\x00", "\ufffd", "\ufffd"},
	{"ESC", "\x1b[2J\x1b]0;x\a", "\ufffd[2J\ufffd]0;x\ufffd", "\ufffd[2J\ufffd]0;x\ufffd"},
	{"backspace", "a\bb", "a\ufffdb", "a\ufffdb"},
	{"DEL", "\x7f", "\ufffd", "\ufffd"},
	{"C1 as a character", "\u009b31m", "\ufffd31m", "\ufffd31m"},
	{"C1 as a byte", "\x9b31m", "\ufffd31m", "\ufffd31m"},
	{"bidi overrides and embeddings", "\u202a\u202b\u202c\u202d\u202e", strings.Repeat("\ufffd", 5), strings.Repeat("\ufffd", 5)},
	{"bidi isolates", "\u2066\u2067\u2068\u2069", strings.Repeat("\ufffd", 4), strings.Repeat("\ufffd", 4)},
	{"bidi marks", "\u200e\u200f\u061c", strings.Repeat("\ufffd", 3), strings.Repeat("\ufffd", 3)},
	{"a byte order mark", "\ufeffa", "\ufffda", "\ufffda"},
	{"zero width spaces", "a\u200bb\u2060c\u00add", "a\ufffdb\ufffdc\ufffdd", "a\ufffdb\ufffdc\ufffdd"},
	{"tags", "a\U000e0001\U000e0061\U000e007f", "a\ufffd\ufffd\ufffd", "a\ufffd\ufffd\ufffd"},
	{"private use", "\ue000\U000f0000", "\ufffd\ufffd", "\ufffd\ufffd"},
	{"not assigned", "\u0378\U000e0fff\uffff", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
	{"invisible letters", "a\u115f\u1160\u3164\uffa0", "a" + strings.Repeat("\ufffd", 4), "a" + strings.Repeat("\ufffd", 4)},
	{"an invisible mark", "a\u034fb", "a\ufffdb", "a\ufffdb"},
	{"bytes that are not UTF-8", "a\xff\xc3(\xe2\x82", "a\ufffd\ufffd(\ufffd\ufffd", "a\ufffd\ufffd(\ufffd\ufffd"},
	{"a surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"},
	{"a replacement character", "\ufffd", "\ufffd", "\ufffd"},
	{"an accent", "e\u0301", "e\u0301", "e\u0301"},
	{"four marks", "a\u0300\u0301\u0302\u0303", "a\u0300\u0301\u0302\u0303", "a\u0300\u0301\u0302\u0303"},
	{"five marks, twice", "a\u0300\u0301\u0302\u0303\u0304b\u0300\u0301\u0302\u0303\u0304", "a\u0300\u0301\u0302\u0303b\u0300\u0301\u0302\u0303", "a\u0300\u0301\u0302\u0303b\u0300\u0301\u0302\u0303"},
	{"a thousand marks", "z" + strings.Repeat("\u0336", 1000) + "!", "z" + strings.Repeat("\u0336", 4) + "!", "z" + strings.Repeat("\u0336", 4) + "!"},
	{"a thousand marks that take room", "क" + strings.Repeat("\u0903", 1000), "क" + strings.Repeat("\u0903", 4), "क" + strings.Repeat("\u0903", 4)},
	{"a thousand vowels in a Hangul syllable", "\u1100" + strings.Repeat("\u1161", 1000), "\u1100" + strings.Repeat("\u1161", 4), "\u1100" + strings.Repeat("\u1161", 4)},
	{"a mark first", "\u0301a", "\ufffda", "\ufffda"},
	{"a mark first in a line", "a\n\u0301b", "a\n    \ufffdb", "a\ufffd\u0301b"},
	{"Burmese, five marks on a letter", "မြွှေ့", "မြွှေ့", "မြွှေ့"},
	{"Hindi", "क्षत्रिय", "क्षत्रिय", "क्षत्रिय"},
	{"Thai", "ก้านที่", "ก้านที่", "ก้านที่"},
	{"emoji", "😀👍🏽❤️1️⃣🇩🇪", "😀👍🏽❤️1️⃣🇩🇪", "😀👍🏽❤️1️⃣🇩🇪"},
	{"emoji that are joined", "👨‍👩‍👧‍👦🏳️‍🌈👩🏽‍🚀🙂‍↔️❤️‍🔥", "👨‍👩‍👧‍👦🏳️‍🌈👩🏽‍🚀🙂‍↔️❤️‍🔥", "👨‍👩‍👧‍👦🏳️‍🌈👩🏽‍🚀🙂‍↔️❤️‍🔥"},
	{"a flag with tags", "🏴\U000e0067\U000e007f", "🏴\ufffd\ufffd", "🏴\ufffd\ufffd"},
	{"a joiner between letters", "a\u200db", "a\ufffdb", "a\ufffdb"},
	{"a joiner after an emoji", "😀\u200da", "😀\ufffda", "😀\ufffda"},
	{"a joiner before an emoji", "a\u200d😀", "a\ufffd😀", "a\ufffd😀"},
	{"a joiner at the end", "😀\u200d", "😀\ufffd", "😀\ufffd"},
	{"two joiners", "😀\u200d\u200d😀", "😀\ufffd\ufffd😀", "😀\ufffd\ufffd😀"},
	{"a non-joiner between emoji", "😀\u200c😀", "😀\ufffd😀", "😀\ufffd😀"},
	{"a non-joiner in Persian", "می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"},
	{"a joiner in Sinhala", "ශ්\u200dරී", "ශ්\u200dරී", "ශ්\u200dරී"},
	{"a non-joiner between scripts", "می\u200ca", "می\ufffda", "می\ufffda"},
	{"a variation selector first", "\ufe0fa", "\ufffda", "\ufffda"},
	{"variation selectors without end", "a" + strings.Repeat("\U000e0100", 99), "a" + strings.Repeat("\U000e0100", 4), "a" + strings.Repeat("\U000e0100", 4)},
}

func TestTable(t *testing.T) {
	for _, tt := range table {
		t.Run(tt.what, func(t *testing.T) {
			if got := Text(tt.in); got != tt.text {
				t.Errorf("text %q: got %q, want %q", tt.in, got, tt.text)
			}
			if got := Name(tt.in); got != tt.name {
				t.Errorf("name %q: got %q, want %q", tt.in, got, tt.name)
			}
		})
	}
}

// Every character there is, alone and between letters, comes out as something that is shown.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r > 0x3400 && r < 0xa000 || r > 0xac00 && r < 0xfb00 || r > 0x20000 && r < 0xe0000 || r > 0xe0fff {
			r += 96 // Han, Hangul, private, not assigned: all alike
		}
		line := string(r) + "a" + string(r) + "bم" + string(r) + "م😀" + string(r) + "😀"
		if got := Name(line); unfit(got) != "" {
			t.Fatalf("%U in %q: %s in %q", r, line, unfit(got), got)
		}
	}
}

// unfit is what is wrong with a line that should be fit to be shown.
func unfit(line string) string {
	marks, spacing := 0, 0
	for i, r := range line {
		if i == 0 && unicode.IsMark(r) {
			return "a mark first"
		}
		switch {
		case r == '\u200c' || r == '\u200d':
			continue
		case r == '\u3000':
		case !unicode.IsPrint(r):
			return "what cannot be printed"
		case unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r >= 0xe0000 && r <= 0xe007f:
			return "what is invisible"
		case unicode.Is(unicode.Mc, r):
			if spacing++; spacing > maxMarks {
				return "too many marks that take room"
			}
			continue
		case unicode.IsMark(r):
			if marks++; marks > maxMarks {
				return "too many marks"
			}
			continue
		}
		marks, spacing = 0, 0
	}
	return ""
}

func FuzzPlain(f *testing.F) {
	for _, tt := range table {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, name := Text(s), Name(s)
		if !utf8.ValidString(text) || !utf8.ValidString(name) {
			t.Fatalf("%q: not UTF-8", s)
		}
		for i, line := range strings.Split(text, "\n") {
			if i > 0 && !strings.HasPrefix(line, Indent) {
				t.Fatalf("%q: line without indent in %q", s, text)
			}
			if fault := unfit(strings.TrimPrefix(line, Indent)); fault != "" {
				t.Fatalf("%q: %s in %q", s, fault, text)
			}
		}
		if fault := unfit(name); fault != "" {
			t.Fatalf("%q: %s in %q", s, fault, name)
		}
		if strings.Contains(text+name, "\x1b") {
			t.Fatalf("%q: ESC", s)
		}
		if again := Text(text); again != text {
			t.Fatalf("%q: %q, and again %q", s, text, again)
		}
		if again := Name(name); again != name {
			t.Fatalf("%q: %q, and again %q", s, name, again)
		}
	})
}

func TestPlainCostsNothing(t *testing.T) {
	s := strings.Repeat("plain ASCII, ", 20)
	if n := testing.AllocsPerRun(100, func() { Text(s); Name(s) }); n != 0 {
		t.Errorf("got %v allocations", n)
	}
}

func BenchmarkText(b *testing.B) {
	for _, bb := range []struct{ what, text string }{
		{"ASCII", strings.Repeat("a", 880)},
		{"lines", strings.Repeat("one line of a text\n", 46)},
		{"Cyrillic", strings.Repeat("ж", 440)},
		{"emoji", strings.Repeat("👨‍👩‍👧‍👦", 35)},
		{"controls", strings.Repeat("\x1b", 880)},
	} {
		b.Run(bb.what, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				Text(bb.text)
			}
		})
	}
}
