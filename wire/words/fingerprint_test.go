package words

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden vectors anew: people compare these between versions")

var keys = [][32]byte{{0: 0xa1, 31: 0x1a}, {0: 0xff, 15: 0x80, 31: 0xff}}

// vectors are the lines of testdata/words.txt: what is made, of which keys, and the words.
func vectors() []string {
	var lines []string
	for i, a := range keys {
		lines = append(lines, fmt.Sprintf("fingerprint %x = %s", a, Fingerprint(a)))
		for _, b := range keys[i:] {
			digits, words := SafetyNumber(a, b)
			lines = append(lines, fmt.Sprintf("safety %x %x = %s = %s", a, b, digits, words))
		}
	}
	return lines
}

func TestVectors(t *testing.T) {
	const file = "testdata/words.txt"
	got := vectors()
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, got[i], want[i])
		}
	}
}

func TestSafetyNumberIsSymmetric(t *testing.T) {
	d1, w1 := SafetyNumber(keys[0], keys[1])
	d2, w2 := SafetyNumber(keys[1], keys[0])
	if d1 != d2 || w1 != w2 {
		t.Errorf("%s %s, and exchanged %s %s", d1, w1, d2, w2)
	}
}

func TestShapes(t *testing.T) {
	digits, words := SafetyNumber(keys[0], keys[1])
	if !regexp.MustCompile(`^\d{5}( \d{5}){5}$`).MatchString(digits) {
		t.Errorf("digits: %q", digits)
	}
	if !regexp.MustCompile(`^[a-z]{3,7}( [a-z]{3,7}){11}$`).MatchString(words) {
		t.Errorf("words: %q", words)
	}
	if f := Fingerprint(keys[0]); !regexp.MustCompile(`^[a-z]{3,7}( [a-z]{3,7}){5}$`).MatchString(f) {
		t.Errorf("fingerprint: %q", f)
	}
}

// One bit of either key makes another number, and another fingerprint.
func TestEveryKeyHasItsOwn(t *testing.T) {
	seen := map[string]string{}
	for bit := range 3 {
		var a, b [32]byte
		a[15*bit] = 1 << bit
		b[31-15*bit] = 0x80 >> bit
		digits, words := SafetyNumber(a, b)
		for _, s := range []string{Fingerprint(a), digits, words} {
			if other, ok := seen[s]; ok {
				t.Errorf("%s: of %s and %s", s, hex.EncodeToString(a[:]), other)
			}
			seen[s] = hex.EncodeToString(a[:])
		}
	}
}

func BenchmarkSafetyNumber(b *testing.B) {
	for b.Loop() {
		SafetyNumber(keys[0], keys[1])
	}
}
