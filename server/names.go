package server

import (
	"slices"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/name"
)

// allowed says whether a key may have a name (protocol.md §8.1). The one that it has it may always have, also if it is from before
// the rules. Who owns exactly that name, and whether it is free again, the store knows.
func (c *Core) allowed(from wire.Key, wanted string) wire.Outcome {
	if cl := c.clients[from]; cl != nil && cl.published.Revision != 0 && cl.row.Name == wanted {
		return wire.OK
	}
	shown, err := name.Show(wanted)
	if err != nil || shown != wanted {
		return wire.BadName
	}
	for _, k := range c.names[name.Same(wanted)] {
		if k != from && c.clients[k].row.Name != wanted {
			return wire.NameTaken // it differs in capitals only, or is being given
		}
	}
	return wire.OK
}

// claim notes who has a name. It does so before the row is on disk, so that of two who ask at once one is refused.
func (c *Core) claim(n string, k wire.Key) {
	if f := name.Same(n); !slices.Contains(c.names[f], k) {
		c.names[f] = append(c.names[f], k)
	}
}

func (c *Core) unclaim(n string, k wire.Key) {
	f := name.Same(n)
	if c.names[f] = slices.DeleteFunc(c.names[f], func(o wire.Key) bool { return o == k }); len(c.names[f]) == 0 {
		delete(c.names, f)
	}
}

// forget drops a client that has no row, unless a registration of its own is under way: that decides.
func (c *Core) forget(cl *client) {
	if cl.published.Revision == 0 && cl.joining == 0 {
		delete(c.clients, cl.key)
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
	c.unclaim(n, cl.key)
	cl.row, cl.published = store.Client{}, store.Client{}
	c.forget(cl)
}

// lookup tells the card of a client.
func (c *Core) lookup(cl *client, m *wire.Lookup) {
	found := &wire.Found{Key: m.Key}
	if of := c.clients[m.Key]; of != nil {
		found.Card = []byte(of.published.Card)
	}
	c.send(cl.session.path, cl.key, found)
	c.concern(cl, m.Key)
}

// find tells who has exactly a name (protocol.md §8.9).
func (c *Core) find(cl *client, m *wire.Find) {
	s, answer := cl.session, &wire.Named{Name: m.Name}
	for _, k := range c.names[name.Same(m.Name)] {
		if of := c.clients[k]; of != nil && of.published.Revision != 0 && of.published.Name == m.Name {
			c.concern(cl, k)
			answer.Rows = []wire.Row{c.row(of, s.path.Remote.Addr(), s.path.Local)}
			break
		}
	}
	c.send(s.path, cl.key, answer)
}
