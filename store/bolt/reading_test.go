package bolt

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"udpchat/store"
	"udpchat/store/storetest"
)

// told makes a profile with 200 lines, sent and received in turns.
func told(t *testing.T) (path string) {
	path = filepath.Join(t.TempDir(), "profile.db")
	p := must(OpenProfile(path, Options{}))(t)
	bob := storetest.Key("bob")
	var changes []store.ProfileChange
	for order := uint64(1); order <= 200; order++ {
		l := store.Line{Order: order, Peer: bob, Text: "some words of a line"}
		if order%2 == 0 {
			changes = append(changes, &store.Receive{Line: &l})
			continue
		}
		l.Out, l.End = true, store.EndDelivered
		changes = append(changes, &store.Accept{Lane: store.Lane{To: bob, Epoch: 1, ToEpoch: 1, Last: order}, Line: l})
	}
	storetest.Change(t, p, changes...)
	closeAndCheck(t, p, path)
	return path
}

// readBut reads the whole history in pages, and checks that it is what it must be but for these damaged lines.
func (p *Profile) readBut(t *testing.T, damaged ...uint64) {
	t.Helper()
	for _, q := range []store.Query{{Limit: 1000}, {Limit: 1000, Oldest: true}} {
		lines, n, err := readPages(p, q)
		if err != nil || n != len(damaged) || len(lines) != 200-n {
			t.Errorf("oldest %v, damaged %v: %d lines, %d damaged, %v", q.Oldest, damaged, len(lines), n, err)
		}
		seen := map[uint64]bool{}
		for _, l := range lines {
			if seen[l.Order] || slices.Contains(damaged, l.Order) || l.Text != "some words of a line" {
				t.Errorf("damaged %v: read %+v", damaged, l)
			}
			seen[l.Order] = true
		}
	}
}

func TestDamagedLinesAreLeftOutAndCounted(t *testing.T) {
	path := told(t)
	for _, order := range []uint64{1, 64, 65, 137} {
		spoil(t, path, "lines", int(order-1))
	}
	p := must(OpenProfile(path, Options{}))(t)
	p.readBut(t, 1, 64, 65, 137)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// A flipped bit in a key makes bbolt's search end beside the place, wherever a page of the history begins.
func TestALineWithADamagedKeyIsLeftOutAndCounted(t *testing.T) {
	whole := must(os.ReadFile(told(t)))(t)
	path := filepath.Join(t.TempDir(), "profile.db")
	for order := uint64(2); order < 200; order += 7 {
		content := bytes.Clone(whole)
		record := append(numberKey(order), recordVersion, 0x9a) // in a leaf the value stands behind its key
		n := 0
		for at := bytes.Index(content, record); at >= 0; at = bytes.Index(content, record) {
			content[at+6+int(order%2)] ^= 0x81 >> (order % 3)
			n++
		}
		if n == 0 {
			t.Fatalf("line %d is not in the file", order)
		}
		write(t, path, content)
		_ = os.Remove(sidecarPath(path))
		p, err := OpenProfile(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p.readBut(t, order)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnUnreadableEndLeavesItsLine(t *testing.T) {
	path := told(t)
	spoil(t, path, "ends", 2) // line 5's
	p := must(OpenProfile(path, Options{}))(t)
	got, err := p.Read(store.Query{Before: 10, Limit: 64})
	if err != nil || len(got.Lines) != 9 || got.Damaged != 1 || got.Lines[4].End != store.EndUnnoted || got.Lines[0].End != store.EndDelivered {
		t.Errorf("read %+v, %v", got, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}
