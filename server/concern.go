package server

import (
	"cmp"
	"slices"

	"udpchat/wire"
)

// maxConcerns bounds those of whom one client is told: whoever uses more names asks for the others each time.
const maxConcerns = 1024

// crowded tells whether there are so many clients that each is told only of those that concern it: a change then costs as many
// datagrams as there are who use that name, and not one for everybody (protocol.md §8.12).
func (c *Core) crowded() bool {
	return c.cfg.TableClients > 0 && c.clients.Len() > c.cfg.TableClients
}

// concern notes that a client has to do with another one. In a crowd it is told of that one at once.
func (c *Core) concern(cl *client, key wire.Key) {
	if cl.session != nil && cl.note(key) {
		c.tellOf(cl, key)
	}
}

// note has a client told of what changes of another one. It says whether there is reason to tell what that one is now.
func (cl *client) note(key wire.Key) bool {
	s := cl.session
	switch {
	case key == wire.Channel || key == cl.key() || s.mode == wire.Sender || s.concerns[key]:
		return false
	case len(s.concerns) == maxConcerns:
		return true
	case s.concerns == nil:
		s.concerns = map[wire.Key]bool{}
	}
	s.concerns[key] = true
	return true
}

// tellOf sends the row of a client, in a crowd, if it has one. It may be lost: who needs it looks it up (protocol.md §8.12).
func (c *Core) tellOf(cl *client, key wire.Key) {
	of := c.clients.Get(key)
	if c.crowded() && of != nil && of.published.Revision != 0 {
		c.send(cl.path(), cl.key(), &wire.Named{Name: of.published.Name, Rows: []wire.Row{c.row(of, cl.path())}})
	}
}

// tellSize says beside an answer how many clients there are: in a crowd its reader sees but a few of them.
func (c *Core) tellSize(cl *client) {
	if s := cl.session; c.crowded() && s.mode != wire.Sender {
		c.send(cl.path(), cl.key(), &wire.Crowd{Clients: uint32(c.clients.Len()), Present: uint32(c.present)})
	}
}

// concerning is what changed of those that concern a client, and of itself, since it was told; by revision.
func (c *Core) concerning(cl *client) (news []entry) {
	s := cl.session
	add := func(of *client) {
		if of != nil && of.published.Revision > s.told {
			news = append(news, entry{of.published.Revision, of})
		}
	}
	add(cl)
	for key := range s.concerns {
		add(c.clients.Get(key))
	}
	slices.SortFunc(news, func(a, b entry) int { return cmp.Compare(a.revision, b.revision) })
	return news
}

// spared tells whether a client in a crowd needs nothing of what changed. One that has just come waits for a page all the same.
func (c *Core) spared(cl *client) bool {
	s := cl.session
	if !c.crowded() || s.had < s.awaits || len(c.concerning(cl)) > 0 {
		return false
	}
	s.told = c.head.Revision
	return true
}
