package storetest

import (
	"testing"

	"udpchat/store"
)

// at is a post of another epoch.
func at(author store.Key, epoch, seq uint64) store.Post {
	c := post(author, seq)
	c.Text.Epoch = epoch
	return c
}

func lanesOutlive(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	Do(t, s, at(cat, 1, 1))
	for epoch := uint64(1); epoch <= 70; epoch++ {
		Do(t, s, at(bob, epoch, 1))
		Do(t, s, at(bob, epoch, 2))
	}
	before := head(t, s).Order
	age(t, s)
	for trim(t, s, 0) > 0 {
	}
	s = reopen(s)
	for _, epoch := range []uint64{6, 7, 69, 70} {
		if r := Do(t, s, at(bob, epoch, 2)); (r.Order > before) != (epoch < 7) && r.Verdict == store.Accepted {
			t.Errorf("epoch %d: %+v", epoch, r)
		}
	}
	if r := Do(t, s, at(bob, 5, 2)); r.Verdict != store.Gap {
		t.Errorf("epoch 5 is forgotten: %+v", r)
	}
	if r := Do(t, s, at(cat, 1, 1)); r.Order > before || r.Verdict != store.Accepted {
		t.Errorf("another author: %+v", r)
	}
	has(t, s, "ann", -int(before))
}

// lanesAreBounded: protocol.md §11.4, the seq of a post that went stays while fewer than 64 lanes of its author are above it. So neither who keeps a low
// lane in the log nor who begins with the highest has more remembered.
func lanesAreBounded(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	const n = 140
	for epoch := uint64(n); epoch > 1; epoch-- {
		Do(t, s, at(bob, epoch, 1))     // from the highest epoch down
		Do(t, s, at(cat, n+2-epoch, 1)) // from the lowest up, but for the one that stays
	}
	age(t, s)
	Do(t, s, at(cat, 1, 1))
	for trim(t, s, 0) > 0 {
	}
	s = reopen(s)
	remembers := func(author store.Key, epoch uint64, want bool) {
		t.Helper()
		c := at(author, epoch, 1)
		c.Spent = true // what is not known is refused, and leaves no trace
		if r := Do(t, s, c); (r.Verdict == store.Accepted) != want {
			t.Errorf("epoch %d of %d: %+v", epoch, n, r)
		}
	}
	for _, author := range []store.Key{bob, cat} {
		for epoch := uint64(2); epoch <= n; epoch++ {
			remembers(author, epoch, epoch > n-64)
		}
		Do(t, s, at(author, n+1, 1)) // a new lane above them
		remembers(author, n-63, false)
		remembers(author, n-62, true)
		Do(t, s, at(author, n/2, 1)) // and one below
		remembers(author, n-62, true)
		remembers(author, n/2, true)
	}
	remembers(cat, 1, true)
	has(t, s, "ann", -2*(n-1), 2*n-1, 2*n, 2*n+1, 2*n+2, 2*n+3)
}
