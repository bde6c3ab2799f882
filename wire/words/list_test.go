package words

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func TestListIsGood(t *testing.T) {
	all := strings.Fields(list)
	if len(all) != 256 {
		t.Fatalf("got %d words", len(all))
	}
	if !slices.IsSorted(all) {
		t.Error("not in the order of the alphabet")
	}
	begins, sounds := map[string]string{}, map[string]string{}
	for i, word := range all {
		if len(word) < 3 || len(word) > 7 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q: not 3 to 7 small letters", word)
		}
		if other, ok := begins[word[:3]]; ok {
			t.Errorf("%q begins as %q", word, other)
		}
		if other, ok := sounds[sound(word)]; ok {
			t.Errorf("%q sounds as %q", word, other)
		}
		begins[word[:3]], sounds[sound(word)] = word, word
		for _, other := range all[:i] {
			if distance(word, other) < 2 {
				t.Errorf("%q and %q differ in one letter", word, other)
			}
		}
	}
}

// TestListNeverChanges: people compare what different versions show.
func TestListNeverChanges(t *testing.T) {
	sum := sha256.Sum256([]byte(list))
	if got := hex.EncodeToString(sum[:8]); got != "6338016bc02e5b63" {
		t.Errorf("got %s", got)
	}
}

// sound is what is left of a word when it is badly heard: the consonants, voiced or not, and that it begins with a vowel.
func sound(word string) string {
	word = strings.NewReplacer(
		"ph", "p", "ght", "t", "kn", "n", "wr", "r", "ck", "k", "qu", "kw", "ce", "s", "ci", "s", "cy", "s", "x", "ks").Replace(word)
	var b strings.Builder
	for i, c := range word {
		switch {
		case strings.ContainsRune("aeiou", c) && i == 0:
			b.WriteByte('*')
		case strings.ContainsRune("aeiou", c), strings.ContainsRune("yhw", c) && i > 0:
		default:
			if j := strings.IndexRune("zcvdbg", c); j >= 0 {
				c = rune("skftpk"[j])
			}
			if s := b.String(); !strings.HasSuffix(s, string(c)) {
				b.WriteRune(c)
			}
		}
	}
	return b.String()
}

// distance is Levenshtein's: how many letters are exchanged, added or left out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"fox", "fox", 0}, {"fox", "box", 1}, {"fox", "foxy", 1}, {"kitten", "sitting", 3}, {"", "owl", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
