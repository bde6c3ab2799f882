package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTypedLinesComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "typed")
	l := &typedLines{path: path}
	if got, err := l.load(); err != nil || got != nil {
		t.Fatalf("of a new profile: %q, %v", got, err)
	}
	for _, line := range []string{"one", "two\nlines ☺", "", " secret", strings.Repeat("x", typedLine+1), "\"three\"\\"} {
		if err := l.add(line); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"one", "two\nlines ☺", "\"three\"\\"}
	if got, err := l.load(); err != nil || !slices.Equal(got, want) {
		t.Errorf("loaded %q, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// What a power loss left of a line, and what is no line, is passed over.
	if err := l.write([]byte("{}\nnull\n\"torn")); err != nil {
		t.Fatal(err)
	}
	if got, err := l.load(); err != nil || !slices.Equal(got, want) {
		t.Errorf("loaded %q, %v", got, err)
	}
}

func TestTypedLinesAreBounded(t *testing.T) {
	l := &typedLines{path: filepath.Join(t.TempDir(), "typed")}
	long := strings.Repeat("x", typedLine-10)
	var all strings.Builder
	for i := range 600 {
		all.Write(encoded(fmt.Sprint(i, long)))
	}
	if err := l.write([]byte(all.String())); err != nil {
		t.Fatal(err)
	}
	got, err := l.load()
	if err != nil || len(got) != typedKept || !strings.HasPrefix(got[0], "100x") {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	info, err := os.Stat(l.path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() > int64(typedKept*(typedLine+10)) {
		t.Errorf("%v, %v", info, err)
	}
	if again, err := l.load(); err != nil || !slices.Equal(again, got) {
		t.Errorf("%d lines, %v", len(again), err)
	}
}

func TestTypedLinesThatCannotBeKeptAreSaidOnce(t *testing.T) {
	l := &typedLines{path: filepath.Join(t.TempDir(), "no such folder", "typed")}
	if err := l.add("one"); err == nil {
		t.Error("no error")
	}
	if err := l.add("two"); err != nil {
		t.Errorf("again: %v", err)
	}
	var none *typedLines
	if err := none.add("one"); err != nil {
		t.Error(err)
	}
}
