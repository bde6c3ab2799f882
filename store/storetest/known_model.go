package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"udpchat/store"
)

// learn is the model's half of what a profile knows of keys: sorted lists.
func (m *plain) learn(c store.ProfileChange) {
	switch c := c.(type) {
	case store.Meet:
		for _, x := range c.Contacts {
			m.Contacts = replace(m.Contacts, x, func(a, b store.Contact) int { return bytes.Compare(a.Key[:], b.Key[:]) })
		}
	case store.Rotate:
		for _, x := range c.Put {
			m.Prekeys = replace(m.Prekeys, x, func(a, b store.Prekey) int { return cmp.Compare(a.ID, b.ID) })
		}
		m.Prekeys = slices.DeleteFunc(m.Prekeys, func(x store.Prekey) bool { return slices.Contains(c.Drop, x.ID) })
	case store.PinServer:
		m.Servers = replace(m.Servers, c.Pin, func(a, b store.ServerPin) int { return cmp.Compare(a.Address, b.Address) })
	case store.Bound:
		has := func(id uint64) func(store.Clear) bool { return func(x store.Clear) bool { return x.Store == id } }
		if !slices.ContainsFunc(m.Clear, has(c.Clear.Store)) {
			if !slices.ContainsFunc(m.Clear, has(0)) {
				return
			}
			m.Clear = slices.DeleteFunc(slices.Clone(m.Clear), has(0))
		}
		m.Clear = replace(m.Clear, c.Clear, func(a, b store.Clear) int { return cmp.Compare(a.Store, b.Store) })
	}
}

func (m *plain) extend(c, gone *store.Chain) {
	compare := func(a, b store.Chain) int {
		return cmp.Or(bytes.Compare(a.Author[:], b.Author[:]), cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.ToEpoch, b.ToEpoch))
	}
	if c != nil {
		m.Chains = replace(m.Chains, *c, compare)
	}
	if gone != nil {
		m.Chains = slices.DeleteFunc(slices.Clone(m.Chains), func(a store.Chain) bool { return compare(a, *gone) == 0 })
	}
}

// replace puts a value into a sorted list, in place of its equal. Lists that were given out stay as they are.
func replace[T any](list []T, v T, compare func(a, b T) int) []T {
	list = slices.DeleteFunc(slices.Clone(list), func(x T) bool { return compare(x, v) == 0 })
	list = append(list, v)
	slices.SortFunc(list, compare)
	return list
}

func (g *generator) known() store.ProfileChange {
	switch g.IntN(4) {
	case 0:
		var c store.Meet
		for range g.IntN(3) {
			c.Contacts = append(c.Contacts, store.Contact{Key: g.key(), Name: fmt.Sprint(g.IntN(9)), Card: g.secret()[:g.IntN(9)], Verified: g.IntN(2) == 0})
		}
		return c
	case 1:
		var c store.Rotate
		for range g.IntN(3) {
			c.Put = append(c.Put, store.Prekey{ID: g.Uint32N(6), Secret: [32]byte([]byte(g.secret())), Made: g.Int64(), Replaced: g.Int64N(2)})
			c.Drop = append(c.Drop, g.Uint32N(6))
		}
		return c
	case 2:
		return store.PinServer{Pin: store.ServerPin{Address: fmt.Sprint("host:", g.IntN(4)), Key: g.key(), Static: [32]byte([]byte(g.secret()))}}
	}
	return store.Bound{Clear: store.Clear{Store: 1 + g.Uint64N(3), Through: g.Uint64()}}
}

func (g *generator) chain() *store.Chain {
	if g.IntN(3) == 0 {
		return nil
	}
	return &store.Chain{Author: g.key(), Epoch: 1 + g.Uint64N(2), ToEpoch: 1 + g.Uint64N(2), Seq: g.Uint64(), Hash: [32]byte([]byte(g.secret()))}
}

// secret is 32 random bytes.
func (g *generator) secret() string {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(g.Uint32())
	}
	return string(b)
}
