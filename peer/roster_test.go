package peer

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"udpchat/wire"
)

func rosterRow(n int, name string, state wire.Presence) wire.Row {
	var k wire.Key
	binary.BigEndian.PutUint32(k[:], uint32(n+1))
	return wire.Row{Key: k, Name: name, Epoch: 1, Addr: netip.MustParseAddrPort("10.0.0.9:1"), State: state}
}

// The list that is shown is made of the last one and what changed. It is what sorting all rows would give, whatever came: new
// clients, presence, names that went to other keys, clients that took other names, another store.
func TestTableIsWhatSortingGives(t *testing.T) {
	b, _ := readyBench(t)
	rng := rand.New(rand.NewPCG(1, 2))
	r := &b.core.roster
	for i := range 2000 {
		for range rng.IntN(4) {
			r.apply(b.now, b.core, rosterRow(rng.IntN(40), fmt.Sprintf("n%d", rng.IntN(50)), wire.Presence(rng.IntN(2))), true)
		}
		if rng.IntN(50) == 0 {
			r.forget()
		}
		var all, changed []Contact
		whole := rng.IntN(3) == 0
		for _, k := range r.contacts {
			if all = append(all, k.row()); whole || r.changed[k.key] {
				changed = append(changed, k.row())
			}
		}
		byName := func(a, b Contact) int { return cmp.Compare(a.Name, b.Name) }
		slices.SortFunc(all, byName)
		slices.SortFunc(changed, byName)
		before := r.shown
		kept := slices.Clone(before)
		got := r.table(netip.AddrPort{}, whole)
		if !slices.Equal(got.All, all) || !slices.Equal(got.Changed, changed) {
			t.Fatalf("step %d: %v, changed %v; want %v, %v", i, got.All, got.Changed, all, changed)
		}
		if !slices.Equal(before, kept) {
			t.Fatalf("step %d: what was shown before changed", i)
		}
	}
}

// BenchmarkTableOfAThousand is one change in a table of 1,000.
func BenchmarkTableOfAThousand(b *testing.B) {
	bench, _ := readyBench(new(testing.T))
	r := &bench.core.roster
	for i := range 1000 {
		r.apply(bench.now, bench.core, rosterRow(i, fmt.Sprintf("n%d", i), wire.Online), true)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.apply(bench.now, bench.core, rosterRow(500, "n500", wire.Presence(i%2)), true)
		r.table(netip.AddrPort{}, false)
		bench.core.Take()
	}
}
