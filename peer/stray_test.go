package peer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §9.2: an answer of an earlier run of the server's, late on its way, may be of another copy of the store. So what it was for is deposited once more when
// none can come.
func TestStoredOfAnEarlierRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		again func(b *bench, bob *friend)
	}{
		{"another store", func(b *bench, bob *friend) {
			b.meets(88)
			b.page(bob.row(wire.Offline))
		}},
		{"the same", func(*bench, *friend) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.changed(bob.row(wire.Offline))
			b.recv(server, &wire.Ping{Store: storeID, Order: 9})
			c.again(b, bob)
			b.recv(server, &wire.Ping{Store: b.core.store, Order: 1 << 40})
			b.send(bob, "hi")
			b.send(bob, "ho")
			b.drop()
			b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
			now := storedFor(bob, 2, 1, wire.Accepted)
			now.Order = 1<<40 + 1
			b.recv(server, now)
			b.advance(strayTime - time.Second)
			if b.kinds(wire.KindDeposit) != 0 {
				t.Error("an earlier run may still be heard")
			}
			b.advance(time.Second)
			if list := b.deposited(); len(list) != 1 || list[0] != 1 {
				t.Errorf("it can't be heard any more: deposited %v", list)
			}
			b.recv(server, storedFor(bob, 1, 1, wire.Accepted)) // it had that text
			b.advance(time.Hour)
			if b.kinds(wire.KindDeposit) != 0 {
				t.Error("deposited again and again")
			}
		})
	}
}

// protocol.md §9.2: of a post of two parts the present copy of the store may have the second one alone. So an answer of an earlier run ends no part.
func TestStoredOfAnEarlierRunEndsNoPart(t *testing.T) {
	b, _ := readyBench(t)
	b.recv(server, &wire.Ping{Store: storeID, Order: 9})
	b.recv(server, &wire.Ping{Store: storeID, Order: 1 << 40})
	b.post(strings.Repeat("x", wire.PartSize+1))
	b.drop()
	answer := func(seq, order uint64) {
		m := storedFor(theChannel, seq, 1, wire.Accepted)
		m.Order = order
		b.recv(server, m)
	}
	answer(1, 1)
	answer(2, 1<<40+1)
	if len(b.told) > 0 {
		t.Errorf("told %+v, and the store may have half of it", b.told)
	}
	b.drop()
	b.advance(time.Second)
	if list := b.deposited(); !slices.Contains(list, 1) {
		t.Errorf("deposited again: %v", list)
	}
	answer(1, 1<<40)
	if !slices.ContainsFunc(b.told, func(n Notice) bool { _, ok := n.(Stored); return ok }) {
		t.Errorf("told %+v", b.told)
	}
	b.drop()
	b.advance(time.Hour)
	if b.kinds(wire.KindDeposit) != 0 {
		t.Error("deposited again and again")
	}
}
