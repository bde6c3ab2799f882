package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// seldom is how often the row of a client without presence is written for nothing but that its name is in use (protocol.md §8.10).
const seldom = 24 * time.Hour

// shown is what others see of a client that is there in this way.
func shown(m wire.Mode) store.State {
	if m == wire.Present {
		return store.Online
	}
	return store.Left
}

// same tells whether the row that a client without presence asks for is the one that is on disk, but for the card.
func (c *Core) same(now time.Time, cl *client, row store.Client) bool {
	have := *cl.published
	age := c.cfg.Wall(now).Sub(time.UnixMicro(have.LastSeen))
	row.Card = ""
	have.Revision, have.Registered, have.LastSeen = row.Revision, row.Registered, row.LastSeen
	return have == row && age.Abs() < seldom
}

// joinAsItIs begins the session of a client whose row is on disk already. Its channel cursor goes to where the client says it is, forward or back
// (protocol.md §11.4); a sender needs none.
func (c *Core) joinAsItIs(now time.Time, cl *client, p link.Path, m *wire.Register, seen *uint64) {
	if seen == nil || m.Mode == wire.Sender {
		c.join(now, cl, p, m)
		return
	}
	c.commitFor(cl, store.Advance{Member: cl.row.Key, Order: *seen, Back: true}, func(now time.Time, _ store.Result) {
		c.join(now, cl, p, m)
	})
}
