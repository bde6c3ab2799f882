package name

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"udpchat/wire"
)

var good = []struct{ what, name, shown, folded string }{
	{"letters", "ann", "ann", "ann"},
	{"capitals", "Ann", "Ann", "ann"},
	{"a digit first", "3po", "3po", "3po"},
	{"an underscore first", "_x", "_x", "_x"},
	{"dash, dot and underscore inside", "a-b.c_d", "a-b.c_d", "a-b.c_d"},
	{"one letter", "a", "a", "a"},
	{"one digit", "7", "7", "7"},
	{"32 letters", strings.Repeat("a", 32), strings.Repeat("a", 32), strings.Repeat("a", 32)},
	{"32 letters of four bytes", strings.Repeat("𐐨", 32), strings.Repeat("𐐨", 32), strings.Repeat("𐐨", 32)},
	{"full width", "Ａlice９", "Alice9", "alice9"},
	{"full width, digits only", "１２３", "123", "123"},
	{"half width", "ｶﾞｰ", "ガー", "ガー"},
	{"an accent that is not composed", "Ame\u0301lie", "Am\u00e9lie", "am\u00e9lie"},
	{"an accent that is composed", "Am\u00e9lie", "Am\u00e9lie", "am\u00e9lie"},
	{"a Kelvin sign", "\u212aim", "Kim", "kim"},
	{"a capital sharp s", "STRAẞE", "STRAẞE", "straße"},
	{"German", "Jürgen", "Jürgen", "jürgen"},
	{"Polish", "Łukasz", "Łukasz", "łukasz"},
	{"Turkish", "İpek", "İpek", "i\u0307pek"},
	{"Vietnamese", "Nguyễn", "Nguyễn", "nguyễn"},
	{"Hawaiian", "Kaʻiulani", "Kaʻiulani", "kaʻiulani"},
	{"Cyrillic", "Аня", "Аня", "аня"},
	{"Cyrillic with a digit and a dash", "аня-2", "аня-2", "аня-2"},
	{"Greek", "Ωμέγα", "Ωμέγα", "ωμέγα"},
	{"Greek with a final sigma", "Ὀδυσσεύς", "Ὀδυσσεύς", "ὀδυσσεύσ"},
	{"Greek in capitals", "ΟΔΟΣ", "ΟΔΟΣ", "οδοσ"},
	{"Hebrew", "שרה", "שרה", "שרה"},
	{"Arabic", "مريم", "مريم", "مريم"},
	{"Arabic with a vowel sign", "مُحمد", "مُحمد", "مُحمد"},
	{"Arabic with Arabic digits", "م٣", "م٣", "م٣"},
	{"Hindi with vowel signs", "हिन्दी", "हिन्दी", "हिन्दी"},
	{"Thai with tone marks", "ก้านที่", "ก้านที่", "ก้านที่"},
	{"Chinese", "小明", "小明", "小明"},
	{"Chinese with Bopomofo", "小ㄇ", "小ㄇ", "小ㄇ"},
	{"Japanese, all three", "山田のサーバー", "山田のサーバー", "山田のサーバー"},
	{"Japanese with an iteration mark", "佐々木", "佐々木", "佐々木"},
	{"Korean", "민준", "민준", "민준"},
	{"Korean with Han", "金민준", "金민준", "金민준"},
	{"a reserved word inside", "allan", "allan", "allan"},
	{"a reserved word behind", "my-server", "my-server", "my-server"},
	{"Ali", "Ali", "Ali", "ali"},
	{"Ali in capitals", "ALI", "ALI", "ali"},
	{"ail", "ail", "ail", "ail"},
	{"Adam", "Adam", "Adam", "adam"},
}

var bad = []struct{ what, name, reason string }{
	{"nothing", "", "is empty"},
	{"33 letters", strings.Repeat("a", 33), "has 33 characters"},
	{"33 letters of four bytes", strings.Repeat("𐐨", 33), "has 33 characters"},
	{"32 letters that are 64 when folded", strings.Repeat("İ", 32), "has 64 characters"},
	{"a dash first", "-a", `begins with "-"`},
	{"a dot first", ".a", `begins with "."`},
	{"a dot", ".", `begins with "."`},
	{"a space", "a b", "has U+0020, which is a space"},
	{"a space at the end", "a ", "has U+0020, which is a space"},
	{"a no-break space", "a\u00a0b", "has U+00A0, which is a space"},
	{"an ideographic space", "小\u3000明", "has U+3000, which is a space"},
	{"a line break", "a\nb", "has U+000A, which is a control character"},
	{"NUL", "a\x00", "has U+0000, which is a control character"},
	{"ESC", "\x1b[31m", "has U+001B, which is a control character"},
	{"DEL", "a\x7f", "has U+007F, which is a control character"},
	{"a C1 control", "a\u0085", "has U+0085, which is a control character"},
	{"a right-to-left override", "a\u202eb", "has U+202E, which is a change of the reading direction"},
	{"an isolate", "a\u2066b", "has U+2066, which is a change of the reading direction"},
	{"a left-to-right mark", "a\u200eb", "has U+200E, which is a change of the reading direction"},
	{"an Arabic letter mark", "م\u061c", "has U+061C, which is a change of the reading direction"},
	{"a zero width joiner", "a\u200db", "has U+200D, which is invisible"},
	{"a zero width non-joiner", "a\u200cb", "has U+200C, which is invisible"},
	{"a zero width space", "a\u200bb", "has U+200B, which is invisible"},
	{"a word joiner", "a\u2060b", "has U+2060, which is invisible"},
	{"a soft hyphen", "a\u00adb", "has U+00AD, which is invisible"},
	{"a byte order mark", "\ufeffa", "has U+FEFF, which is invisible"},
	{"a Hangul filler, which is a letter", "a\u3164", "has U+3164, which is invisible"},
	{"a combining grapheme joiner", "a\u034fb", "has U+034F, which is invisible"},
	{"a variation selector", "a\ufe0f", "has U+FE0F, which is invisible"},
	{"a tag", "a\U000e0061", "has U+E0061, which is invisible"},
	{"an emoji", "a😀", "has U+1F600, which is a symbol"},
	{"an emoji of several", "👩\u200d🚀", "has U+1F469, which is a symbol"},
	{"a flag", "🇩🇪", "has U+1F1E9, which is a symbol"},
	{"a slash", "a/b", "has U+002F, which is punctuation"},
	{"an at sign", "a@b", "has U+0040, which is punctuation"},
	{"a full-width underscore", "a＿b", "has U+FF3F, which is punctuation"},
	{"a middle dot", "a·b", "has U+00B7, which is punctuation"},
	{"a private use character", "a\ue000", "has U+E000, which is not assigned"},
	{"a noncharacter", "a\ufffe", "has U+FFFE, which is not assigned"},
	{"a replacement character", "a\ufffd", "has U+FFFD, which is a symbol"},
	{"a Roman numeral", "Ⅷ", "has U+2167, which is a number and no digit"},
	{"a long s", "ſam", "has ſ (U+017F), which is not for names"},
	{"a ligature", "ﬁn", "has ﬁ (U+FB01), which is not for names"},
	{"a letter of mathematics", "𝒶nn", "has 𝒶 (U+1D4B6), which is not for names"},
	{"a digit of mathematics", "a𝟎", "has 𝟎 (U+1D7CE), which is not for names"},
	{"invalid UTF-8", "a\xff", "is not UTF-8"},
	{"a surrogate", "a\xed\xa0\x80", "is not UTF-8"},
	{"three accents on one letter", "a\u0301\u0301\u0301", "has U+0301, a mark without a letter, or one too many"},
	{"an accent first", "\u0301a", "has U+0301, a mark without a letter, or one too many"},
	{"an accent on a digit", "1\u0301", "has U+0301, a mark without a letter, or one too many"},
	{"an accent on a dash", "a-\u0301", "has U+0301, a mark without a letter, or one too many"},
	{"an enclosing mark", "a\u20dd", "has U+20DD, a mark without a letter, or one too many"},
	{"an Arabic vowel sign on a Latin letter", "a\u064b", "has U+064B, which is of another script"},
	{"a Japanese voicing mark on a Latin letter", "a\u3099", "has U+3099, which is of another script"},
	{"a Vedic mark on a Latin letter", "a\u0951", "has U+0951, which is of another script"},
	{"a Cyrillic a", "аlice", "mixes Latin and Cyrillic: а is Cyrillic"},
	{"a Cyrillic o inside", "bоb", "mixes Latin and Cyrillic: о is Cyrillic"},
	{"a Latin a in Cyrillic", "мaша", "mixes Cyrillic and Latin: a is Latin"},
	{"a Greek o", "bοb", "mixes Latin and Greek: ο is Greek"},
	{"a Cherokee letter", "Ꭰnn", "mixes Latin and Cherokee: Ꭰ is Cherokee"},
	{"full width, and Cyrillic", "Ａlісе", "mixes Cyrillic and Latin: Ａ is Latin"},
	{"three scripts", "aбγ", "mixes Latin, Cyrillic, Greek"},
	{"Han with Latin", "小明x", "mixes Han and Latin: x is Latin"},
	{"Hangul with kana", "민の", "mixes Hangul and Hiragana: の is Hiragana"},
	{"Bopomofo with kana", "ㄇの", "mixes Bopomofo and Hiragana: の is Hiragana"},
	{"Hebrew and Arabic", "שم", "mixes Hebrew and Arabic: م is Arabic"},
	{"Arabic digits with Latin", "ann٣", "mixes Latin and Arabic: ٣ is Arabic"},
	{"Arabic behind a digit", "1مريم", "mixes reading directions"},
	{"server", "server", `is reserved, or looks like "server"`},
	{"Server", "Server", `is reserved, or looks like "server"`},
	{"SYSTEM", "SYSTEM", `is reserved, or looks like "system"`},
	{"all", "aLL", `is reserved, or looks like "all"`},
	{"admin in full width", "ａｄｍｉｎ", `is reserved, or looks like "admin"`},
	{"server with a dot", "server.", `is reserved, or looks like "server"`},
	{"server with dashes", "s-e-r-v-e-r", `is reserved, or looks like "server"`},
	{"server with an accent", "sérver", `is reserved, or looks like "server"`},
	{"a dotless admin", "admın", `is reserved, or looks like "admin"`},
	{"admin with a dotted capital", "ADMİN", `is reserved, or looks like "admin"`},
	{"admin with a one", "adm1n", `is reserved, or looks like "admin"`},
	{"admin with r and n", "adrnin", `is reserved, or looks like "admin"`},
	{"admin with c and l", "aclmin", `is reserved, or looks like "admin"`},
	{"all with ones", "a11", `is reserved, or looks like "all"`},
	{"all with capital i", "AII", `is reserved, or looks like "all"`},
	{"all with a Latin alpha", "ɑll", `is reserved, or looks like "all"`},
	{"all in Cyrillic", "аӏӏ", `is reserved, or looks like "all"`},
	{"all in Cyrillic capitals", "АІІ", `is reserved, or looks like "all"`},
	{"system in Cyrillic", "ЅУЅТЕМ", `is reserved, or looks like "system"`},
	{"all in Cherokee", "ᎪᏞᏞ", `is reserved, or looks like "all"`},
	{"all in Lisu", "ꓮꓡꓡ", `is reserved, or looks like "all"`},
}

func TestGoodNames(t *testing.T) {
	for _, tt := range good {
		t.Run(tt.what, func(t *testing.T) {
			if got, err := Show(tt.name); got != tt.shown {
				t.Errorf("show %q: got %q, %v, want %q", tt.name, got, err, tt.shown)
			}
			if got, err := Fold(tt.name); got != tt.folded {
				t.Errorf("fold %q: got %q, %v, want %q", tt.name, got, err, tt.folded)
			}
		})
	}
}

func TestBadNames(t *testing.T) {
	for _, tt := range bad {
		t.Run(tt.what, func(t *testing.T) {
			shown, err := Show(tt.name)
			if !errors.Is(err, ErrName) {
				t.Fatalf("%q: got %v, want %q", tt.name, err, tt.reason)
			}
			if got := strings.TrimSuffix(err.Error(), ": "+ErrName.Error()); got != tt.reason {
				t.Errorf("%q: got %q, want %q", tt.name, got, tt.reason)
			}
			if shown != "" {
				t.Errorf("show: got %q", shown)
			}
			if folded, err := Fold(tt.name); err == nil || folded != "" {
				t.Errorf("fold: got %q, %v", folded, err)
			}
		})
	}
}

// FuzzName holds what the directory counts on.
func FuzzName(f *testing.F) {
	for _, tt := range good {
		f.Add(tt.name)
	}
	for _, tt := range bad {
		f.Add(tt.name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		shown, err := Show(name)
		folded, err2 := Fold(name)
		if same := Same(name); same != folded && (err == nil || same != name) {
			t.Fatalf("%q: %q is the same, and %q when folded", name, same, folded)
		}
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%q: %v, %v", name, err, err2)
		}
		if err != nil {
			if !errors.Is(err, ErrName) {
				t.Fatalf("%q: %v", name, err)
			}
			return
		}
		for _, form := range []string{shown, folded} {
			if n := utf8.RuneCountInString(form); n < 1 || n > Max {
				t.Fatalf("%q: %q has %d characters", name, form, n)
			}
			if _, err := Show(form); err != nil {
				t.Fatalf("%q: %q: %v", name, form, err)
			}
			if again, err := Fold(form); again != folded {
				t.Fatalf("%q: %q folds to %q, %v, not %q", name, form, again, err, folded)
			}
		}
		if again, err := Show(shown); again != shown {
			t.Fatalf("%q: %q shows as %q, %v", name, shown, again, err)
		}
		if err := wire.CheckName(shown); err != nil {
			t.Fatalf("%q: no row may bear %q: %v", name, shown, err)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, name := range []string{"Alice", "Ὀδυσσεύς", strings.Repeat("山のサ", 10)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Fold(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A name from before there were rules is only itself.
func TestSame(t *testing.T) {
	for n, want := range map[string]string{"Ann": "ann", "ａｎｎ": "ann", "аlice": "аlice", "Server": "Server"} {
		if got := Same(n); got != want {
			t.Errorf("%q is compared as %q, want %q", n, got, want)
		}
	}
}
