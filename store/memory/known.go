package memory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"udpchat/store"
)

// known is what a profile knows of keys: other clients', its own, servers'.
type known struct {
	contacts map[store.Key]store.Contact
	prekeys  map[uint32]store.Prekey
	chains   map[textID]store.Chain // textID.seq is 0
	servers  map[string]store.ServerPin
	clear    map[uint64]uint64
}

func newKnown() known {
	return known{
		contacts: map[store.Key]store.Contact{},
		prekeys:  map[uint32]store.Prekey{},
		chains:   map[textID]store.Chain{},
		servers:  map[string]store.ServerPin{},
		clear:    map[uint64]uint64{},
	}
}

// Remember makes a server's store one that this client knew before mail was sealed. In a file only the migration from the first
// version does so: this is for tests and simulations.
func (p *Profile) Remember(c store.Clear) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys.clear[c.Store] = c.Through
}

func (n *known) change(c store.ProfileChange) {
	switch c := c.(type) {
	case store.Meet:
		for _, x := range c.Contacts {
			n.contacts[x.Key] = x
		}
	case store.Rotate:
		for _, x := range c.Put {
			n.prekeys[x.ID] = x
		}
		for _, id := range c.Drop {
			delete(n.prekeys, id)
		}
	case store.PinServer:
		n.servers[c.Pin.Address] = c.Pin
	case store.Bound:
		_, known := n.clear[c.Clear.Store]
		if _, next := n.clear[0]; next && !known {
			delete(n.clear, 0)
			known = true
		}
		if known {
			n.clear[c.Clear.Store] = c.Clear.Through
		}
	default:
		panic(fmt.Sprintf("store: unknown change %T", c))
	}
}

// chain moves the end of an author's posts, and forgets another; nil moves and forgets none.
func (n *known) chain(c, gone *store.Chain) {
	if c != nil {
		n.chains[chainID(c)] = *c
	}
	if gone != nil {
		delete(n.chains, chainID(gone))
	}
}

func chainID(c *store.Chain) textID { return textID{c.Author, epochs{c.Epoch, c.ToEpoch}, 0} }

func (n *known) load(l *store.Loaded) {
	l.Contacts = sorted(n.contacts, compareKeys)
	l.Prekeys = sorted(n.prekeys, cmp.Compare[uint32])
	l.Chains = sorted(n.chains, compareTexts)
	l.Servers = sorted(n.servers, cmp.Compare[string])
	for _, id := range slices.Sorted(maps.Keys(n.clear)) {
		l.Clear = append(l.Clear, store.Clear{Store: id, Through: n.clear[id]})
	}
}

// sorted gives a map's values by key; nil when there are none.
func sorted[K comparable, V any](m map[K]V, compare func(a, b K) int) (list []V) {
	for _, k := range slices.SortedFunc(maps.Keys(m), compare) {
		list = append(list, m[k])
	}
	return list
}
