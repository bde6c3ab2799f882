package peer

import (
	"time"

	"udpchat/wire"
)

// strayTime is how long what a server said before may still come: the keys of a session before open datagrams for as long (protocol.md §13.6).
const strayTime = 10 * time.Second

// changeStore notes which store the server has. What another one was told is void (protocol.md §9.1): the table comes anew,
// and mail that it held is deposited again, and so are the parts of posts that it did not have whole.
func (c *Core) changeStore(now time.Time, id uint64) {
	if id == c.store {
		return
	}
	if c.inbox.lastStore != id && c.inbox.lastStore != 0 {
		c.doubtful = now.Add(strayTime)
	}
	c.store, c.stored, c.counted = id, 0, 0
	c.roster.forget()
	c.inbox.lastStore = id
	c.outbox.forgetStored()
}

// depositAgain deposits mail once more when nothing of the store before can come any more: a *Stored* of that one's, late on its way, is taken for one of this
// one's. A copy of a text costs nothing.
func (c *Core) depositAgain(now time.Time) {
	if c.doubtful.IsZero() || now.Before(c.doubtful) {
		return
	}
	c.doubtful, c.stored = time.Time{}, 0
	for _, l := range c.outbox.order {
		if l.to != wire.Channel {
			l.forgetStored()
		}
	}
	c.pumpAll(now)
}

// maxLead is how far a server's store counts at most before it says how far it is: it does so with every keepalive (protocol.md §8.3).
const maxLead = 1 << 30

// counts notes how far the server's store has counted.
func (c *Core) counts(order uint64) { c.counted = max(c.counted, order) }

// gave tells whether the server's store can have given a receipt order. One that is far above all that the server said is of another copy of the store,
// and late on its way (protocol.md §9.2).
func (c *Core) gave(order uint64) bool { return order <= c.counted+maxLead }

// outlasts tells whether this client waits for a revision of the table that the server has not reached: it registered with a newer copy of the store, and
// nobody has told this one.
func (c *Core) outlasts(now time.Time, revision uint64) bool {
	return c.phase == loading && revision < c.awaited && now.Sub(c.asked) >= c.cfg.AckTimeout
}
