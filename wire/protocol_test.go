package wire

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestKindsAreThoseOfTheDocument compares the table of protocol.md §4 with the constants.
func TestKindsAreThoseOfTheDocument(t *testing.T) {
	document, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| ([a-z-]+) \| (\d+) \| (?:client|server|both)`).FindAllStringSubmatch(string(document), -1)
	if want := int(lastKind); len(rows) != want {
		t.Fatalf("got %d kinds in the document, want %d", len(rows), want)
	}
	for _, row := range rows {
		number, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		if got := Kind(number).String(); got != row[1] {
			t.Errorf("kind %d: got %q in the code, want %q", number, got, row[1])
		}
	}
}
