package crashtest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The disk model itself: a file of two sectors is synced, then written over and made larger.
func TestWhatADiskKeeps(t *testing.T) {
	old, young := bytes.Repeat([]byte("a"), 2*sector), bytes.Repeat([]byte("b"), 3*sector)
	j := &journal{dirs: map[int]bool{root: true}}
	d := newDisk(j, honest)
	for _, o := range []op{
		{kind: named, node: root, names: map[string]int{"x": 2}}, {kind: synced, node: root},
		{kind: written, node: 2, data: old}, {kind: synced, node: 2},
		{kind: resized, node: 2, at: 4 * sector}, {kind: written, node: 2, data: young},
		{kind: named, node: root, names: map[string]int{"x": 0, "y": 2}},
	} {
		d.apply(o)
	}
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		seen[left(t, d, r, someChance(r))] = true
	}
	for _, sectors := range []string{"aa", "ab", "ba", "bb", "aa00", "bbb0", "aab0", "ab00"} {
		for _, name := range []string{"x ", "y "} {
			if !seen[name+sectors] {
				t.Errorf("never seen: %s%s", name, sectors)
			}
			delete(seen, name+sectors)
		}
	}
	for what := range seen {
		if !slices.Contains([]string{"ba00", "bb00", "abb0", "bab0"}, what[2:]) {
			t.Errorf("cannot be: %q", what)
		}
	}
	if s := left(t, d, r, chance{}); s != "x aa" {
		t.Errorf("nothing kept: %q", s)
	}
	if s := left(t, d, r, chance{p: 1}); s != "y bbb0" {
		t.Errorf("all kept: %q", s)
	}
}

// left describes what is left: the name and the first byte of each sector.
func left(t *testing.T, d *disk, r *rand.Rand, c chance) (what string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := d.leave(dir, r, c); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		what += f.Name() + " "
		for part := range slices.Chunk(content, sector) {
			if !bytes.Equal(part, bytes.Repeat(part[:1], sector)) {
				t.Fatal("a sector is torn")
			}
			what += string(max(part[0], '0'))
		}
	}
	return what
}
