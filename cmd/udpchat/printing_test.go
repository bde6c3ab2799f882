package main

import (
	"os"
	"path/filepath"
	"testing"

	"udpchat/store"
	"udpchat/store/memory"
)

// printingBench is a profile with lines that are not noted as shown, and the notes beside it.
func printingBench(t *testing.T, lines uint64) (*memory.Profile, string) {
	t.Helper()
	if bootID() == "" {
		t.Skip("this system does not name its runs")
	}
	profile := memory.NewProfile([32]byte{1}, 1)
	for line := uint64(1); line <= lines; line++ {
		profile.Apply(&store.Receive{Line: &store.Line{Order: line, Text: "hi"}})
	}
	return profile, filepath.Join(t.TempDir(), "printing")
}

func load(t *testing.T, profile *memory.Profile) store.Loaded {
	t.Helper()
	loaded, err := profile.Load()
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// next is what a run finds of the one before it.
func next(t *testing.T, profile *memory.Profile, path string) (left map[uint64]progress, loaded store.Loaded) {
	t.Helper()
	loaded = load(t, profile)
	left, err := unshown(profile, path, &loaded)
	if err != nil {
		t.Fatal(err)
	}
	return left, loaded
}

func begin(t *testing.T, path string, lines uint64, left map[uint64]progress) *printing {
	t.Helper()
	p, err := newPrinting(path, lines, left)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

func allFine(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func wantLeft(t *testing.T, what string, left, want map[uint64]progress) {
	t.Helper()
	if len(left) != len(want) {
		t.Errorf("%s: %v, want %v", what, left, want)
	}
	for line, p := range want {
		if left[line] != p {
			t.Errorf("%s: line %d came to %d, want %d", what, line, left[line], p)
		}
	}
}

// What was printed is noted as shown, what had begun may be on the screen, and what came after was not: also two runs later.
func TestPrintingIsNoted(t *testing.T) {
	profile, path := printingBench(t, 4)
	p := begin(t, path, 0, nil)
	allFine(t, p.begin(1), p.end(1), p.begin(2))
	p.close()
	left, loaded := next(t, profile, path)
	want := map[uint64]progress{2: begun, 3: waits, 4: waits}
	wantLeft(t, "the next run", left, want)
	if len(loaded.Unshown) != 3 || len(load(t, profile).Unshown) != 3 {
		t.Errorf("not shown are %d, on the disk %d", len(loaded.Unshown), len(load(t, profile).Unshown))
	}
	begin(t, path, loaded.Lines, left).close()
	left, loaded = next(t, profile, path)
	wantLeft(t, "the run after it", left, want)
	p = begin(t, path, loaded.Lines, left)
	allFine(t, p.begin(3), p.end(3), p.begin(4))
	p.close()
	left, _ = next(t, profile, path)
	wantLeft(t, "the last run", left, map[uint64]progress{2: begun, 4: begun})
}

// Notes are not believed that are not there, not whole, or of another run of the system, nor what they can't know of an older copy of
// the profile: then each line may have been on the screen.
func TestPrintingIsNotBelieved(t *testing.T) {
	for name, spoil := range map[string]func(path string, content []byte) error{
		"none":                  func(path string, _ []byte) error { return noPrinting(path) },
		"cut":                   func(path string, b []byte) error { return os.WriteFile(path, b[:len(b)-1], 0o600) },
		"empty":                 func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"another run":           func(path string, b []byte) error { b[3] ^= 1; return os.WriteFile(path, b, 0o600) },
		"of more lines, so old": func(path string, b []byte) error { b[bootSize+7] = 9; return os.WriteFile(path, b, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			profile, path := printingBench(t, 2)
			begin(t, path, 0, nil).close()
			content, err := os.ReadFile(path)
			allFine(t, err, spoil(path, content))
			left, _ := next(t, profile, path)
			wantLeft(t, name, left, map[uint64]progress{1: begun, 2: begun})
		})
	}
}

// The notes are a ring: what fell out of it was noted in the profile, or this is not that profile.
func TestPrintingGoesRound(t *testing.T) {
	profile, path := printingBench(t, printingNotes+20)
	p := begin(t, path, 0, nil)
	for line := uint64(1); line <= printingNotes+10; line++ {
		allFine(t, p.begin(line), p.end(line))
	}
	p.close()
	want := map[uint64]progress{}
	for line := uint64(1); line <= 10; line++ {
		want[line], want[printingNotes+10+line] = begun, waits
	}
	left, _ := next(t, profile, path)
	wantLeft(t, "the next run", left, want)
}
