package server

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/name"
)

// names are who has a name, or asks for it, by its folded form.
type names struct {
	first  map[string]*client
	others map[string][]*client // besides the first: from before the rules
}

// of is who has a name that is the same as n, or asks for it.
func (s *names) of(n string) []*client {
	f := name.Same(n)
	if first := s.first[f]; first != nil {
		return append([]*client{first}, s.others[f]...)
	}
	return nil
}

// claim notes who has a name. It does so before the row is on disk, so that of two who ask at once one is refused.
func (s *names) claim(n string, cl *client) {
	f := name.Same(n)
	switch first := s.first[f]; {
	case first == nil:
		s.first[f] = cl
	case first != cl && !slices.Contains(s.others[f], cl):
		s.others[f] = append(s.others[f], cl)
	}
}

func (s *names) unclaim(n string, cl *client) {
	f := name.Same(n)
	left := slices.DeleteFunc(s.of(n), func(o *client) bool { return o == cl })
	delete(s.others, f)
	if len(left) == 0 {
		delete(s.first, f)
		return
	}
	if s.first[f] = left[0]; len(left) > 1 {
		s.others[f] = left[1:]
	}
}

// allowed says whether a key may have a name (protocol.md §8.1). The one that it has it may always have, also if it is from before
// the rules. Who owns exactly that name, and whether it is free again, the store knows.
func (c *Core) allowed(from wire.Key, wanted string) wire.Outcome {
	if cl := c.clients.Get(from); cl != nil && cl.published.Revision != 0 && cl.row.Name == wanted {
		return wire.OK
	}
	shown, err := name.Show(wanted)
	if err != nil || shown != wanted {
		return wire.BadName
	}
	for _, cl := range c.names.of(wanted) {
		if cl.key() != from && cl.row.Name != wanted {
			return wire.NameTaken // it differs in capitals only, or is being given
		}
	}
	return wire.OK
}

// forget drops a client that has no row, unless a registration of its own is under way: that decides.
func (c *Core) forget(cl *client) {
	if cl.published.Revision == 0 && cl.joining == 0 {
		c.clients.Delete(cl.key())
	}
}

// freed forgets a client whose name made way.
func (c *Core) freed(k store.Key, n string) {
	cl := c.clients.Get(wire.Key(k))
	if k == (store.Key{}) || cl == nil {
		return
	}
	c.cfg.Log.Info("name free again: not used for long", "name", n, "client", cl.key())
	c.end(cl)
	c.names.unclaim(n, cl)
	none := newClient(cl.key())
	cl.row, cl.published = none.row, none.published
	c.forget(cl)
}

// lookup tells the card of a client, and in a crowd, before it, its row, each time: the one before may have been lost.
func (c *Core) lookup(cl *client, m *wire.Lookup) {
	if c.crowdedOut(cl) {
		return // it comes again
	}
	cl.note(m.Key)
	c.tellOf(cl, m.Key)
	s, of := cl.session, m.Key
	if c.clients.Get(of) == nil {
		c.send(cl.path(), cl.key(), &wire.Found{Key: of})
		return
	}
	c.readCard(cl, of, func(_ time.Time, card string) {
		if cl.session == s {
			c.send(cl.path(), cl.key(), &wire.Found{Key: of, Card: []byte(card)})
		}
	})
}

// find tells who has exactly a name (protocol.md §8.9).
func (c *Core) find(cl *client, m *wire.Find) {
	answer := &wire.Named{Name: m.Name}
	for _, of := range c.names.of(m.Name) {
		if of.published.Revision != 0 && of.published.Name == m.Name {
			cl.note(of.key())
			answer.Rows = []wire.Row{c.row(of, cl.path())}
			break
		}
	}
	c.send(cl.path(), cl.key(), answer)
}
