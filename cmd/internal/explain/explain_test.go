package explain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"udpchat/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s", name, got)
	}
}

func TestEveryKind(t *testing.T) {
	var out strings.Builder
	for _, m := range messages() {
		lines, err := Body(encode(t, m))
		if err != nil {
			t.Errorf("%v: %v", m.Kind(), err)
		}
		fmt.Fprintf(&out, "\n%s", Render(lines, err, 100))
	}
	golden(t, "kinds.txt", out.String())
}

// What is covered, in its forms: alone in a batch, at a position that no batch has, cut, and as it was before there were batches.
func TestForms(t *testing.T) {
	at := func(position byte, n int) wire.Message {
		m := &wire.PushPost{Order: 5, Try: 1, Author: ann, Text: covered(n)}
		m.Text.Body[112] = position
		return m
	}
	var out strings.Builder
	for _, m := range []wire.Message{at(1, 113+5), at(0, 113+5), at(32, 113+5), at(16, 113+64), &wire.PushPost{Order: 5, Try: 1, Author: ann, Text: former(112 + 5)},
		&wire.PushPost{Order: 5, Try: 1, Author: ann, Text: former(96 + 5)},
		&wire.Push{Order: 5, Try: 1, From: ann, Text: former(116 + 5)}} {
		lines, err := Body(encode(t, m))
		if err != nil {
			t.Errorf("%v: %v", m.Kind(), err)
		}
		rendered := Render(lines, err, 100)
		fmt.Fprintf(&out, "\n%s", rendered[strings.Index(rendered, "flags"):])
	}
	golden(t, "forms.txt", out.String())
}

func TestEveryType(t *testing.T) {
	var out strings.Builder
	for _, b := range datagrams() {
		lines, err := Datagram(b)
		if err != nil {
			t.Errorf("type %d: %v", b[1], err)
		}
		fmt.Fprintf(&out, "\n%s", Render(lines, err, 100))
	}
	golden(t, "types.txt", out.String())
}

// Every byte is in one line, in its place.
func TestNoByteIsLeftOut(t *testing.T) {
	check := func(what string, b []byte, lines []Line) {
		t.Helper()
		at := 0
		for _, l := range lines {
			if l.At != at || !bytes.HasPrefix(b[at:], l.Bytes) {
				t.Fatalf("%s: %q is at %d, and %d was reached", what, l.Name, l.At, at)
			}
			at += len(l.Bytes)
		}
		if at != len(b) {
			t.Errorf("%s: %d of %d bytes are explained", what, at, len(b))
		}
	}
	for _, m := range messages() {
		b := encode(t, m)
		lines, _ := Body(b)
		check(m.Kind().String(), b, lines)
	}
	for _, b := range datagrams() {
		lines, _ := Datagram(b)
		check(fmt.Sprint("type ", b[1]), b, lines)
	}
}
