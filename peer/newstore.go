package peer

import "time"

// strayTime is how long what a server said before it was started again may still come: the keys of a session before open datagrams for as long
// (protocol.md §13.6).
const strayTime = 10 * time.Second

// changeStore notes which store the server has. What another one was told is void (protocol.md §9.1): the table comes anew,
// and mail that it held is deposited again, and so are the parts of posts that it did not have whole.
func (c *Core) changeStore(now time.Time, id uint64) {
	if id == c.store {
		return
	}
	if c.inbox.lastStore != id && c.inbox.lastStore != 0 {
		c.strays = now.Add(strayTime)
	}
	c.store, c.stored, c.counted = id, 0, 0
	c.roster.forget()
	c.inbox.lastStore = id
	c.outbox.forgetStored()
}

// maxLead is how far a server's store counts at most before it says how far it is: it does so with every keepalive (protocol.md §8.3).
const maxLead = 1 << 30

// counts notes how far the server's store has counted. Each run of a server begins with a leap.
func (c *Core) counts(now time.Time, order uint64) {
	if c.counted != 0 && !c.gave(order) {
		c.strays = now.Add(strayTime)
	}
	c.counted = max(c.counted, order)
}

// gave tells whether the server's store can have given a receipt order. One that is far above all that the server said is of another copy of the store,
// and late on its way (protocol.md §9.2).
func (c *Core) gave(order uint64) bool { return order <= c.counted+maxLead }

// stray tells whether a Stored may be of an earlier run of the server, and late on its way: the present one may have an older copy of the store, without the text.
func (c *Core) stray(now time.Time, order uint64) bool {
	return now.Before(c.strays) && order+maxLead < c.counted
}

// depositAgain deposits once more what such an answer was for, when none can come any more. A copy of a text costs nothing.
func (c *Core) depositAgain(now time.Time) {
	if c.strays.IsZero() || now.Before(c.strays) {
		return
	}
	c.strays = time.Time{}
	for _, l := range c.outbox.order {
		for _, p := range l.parts {
			if p.stray && p.state == stored {
				l.move(p, queued)
				l.first = 0
			}
			p.stray = false
		}
	}
	c.pumpAll(now)
}

// outlasts tells whether this client waits for a revision of the table that the server has not reached: it registered with a newer copy of the store, and
// nobody has told this one.
func (c *Core) outlasts(now time.Time, revision uint64) bool {
	return c.phase == loading && revision < c.awaited && now.Sub(c.asked) >= c.cfg.AckTimeout
}
