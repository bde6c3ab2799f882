package server

import (
	"cmp"
	"slices"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/name"
)

// allowed says whether a key may have a name (protocol.md §8.1). The one that it has it may always have, also if it is from before
// the rules. Who owns exactly that name, and whether it is free again, the store knows.
func (c *Core) allowed(from wire.Key, wanted string) wire.Outcome {
	if cl := c.clients[from]; cl != nil && cl.row.Name == wanted {
		return wire.OK
	}
	shown, err := name.Show(wanted)
	if err != nil || shown != wanted {
		return wire.BadName
	}
	owner, taken := c.names[fold(wanted)]
	if taken && owner != from && c.clients[owner].row.Name != wanted {
		return wire.NameTaken // it differs in capitals only
	}
	return wire.OK
}

// fold is the form in which names are compared; a name from before the rules is only itself.
func fold(n string) string {
	if f, err := name.Fold(n); err == nil {
		return f
	}
	return n
}

func (c *Core) claim(n string, k wire.Key) {
	if f := fold(n); c.clients[c.names[f]] == nil { // of two from before the rules the older one counts
		c.names[f] = k
	}
}

// claimAll gives the names to who registered them first.
func (c *Core) claimAll() {
	rows := slices.Clone(c.table.log)
	slices.SortFunc(rows, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.cl.row.Registered, b.cl.row.Registered), cmp.Compare(a.revision, b.revision))
	})
	for _, e := range rows {
		c.claim(e.cl.row.Name, e.cl.key)
	}
}

// freed forgets a client whose name made way.
func (c *Core) freed(k store.Key, n string) {
	cl := c.clients[wire.Key(k)]
	if k == (store.Key{}) || cl == nil {
		return
	}
	c.cfg.Log.Info("name free again: not used for long", "name", n, "client", cl.key)
	c.end(cl)
	cl.published.Revision = 0
	delete(c.clients, cl.key)
	delete(c.names, fold(n))
}

// lookup tells the card of a client.
func (c *Core) lookup(cl *client, m *wire.Lookup) {
	found := &wire.Found{Key: m.Key}
	if of := c.clients[m.Key]; of != nil {
		found.Card = []byte(of.published.Card)
	}
	c.send(cl.session.path, cl.key, found)
}
