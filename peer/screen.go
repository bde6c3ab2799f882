package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// screen is what is ready to be shown and waits for the first table, or for its sender's name.
type screen struct {
	queue []arrival // by since
	named bool      // somebody is known who was not when the queue was last looked through
}

// arrival is a whole text on its way to the user.
type arrival struct {
	line        store.Line
	late, again bool
	clear       bool
	old         bool
	since       time.Time
}

// place is a receipt order in a store.
type place struct{ store, order uint64 }

// old tells whether what has this place was there when this run registered first.
func (c *Core) old(store, order uint64) bool { return store == c.began.store && order <= c.began.order }

// enter sends a line that is on disk on its way: mail first waits for what came before it on the server, so that all is shown in
// order of receipt; then everything waits for what its sender wrote before (protocol.md §6).
func (c *Core) enter(now time.Time, s *source, line *store.Line, at *span) {
	s.lines++
	x := arrival{line: *line, clear: at != nil && at.clear, old: at != nil && c.old(at.id, at.order)}
	if at == nil || at.had.Has(at.order) {
		c.sequence(now, s, x, now)
		return
	}
	c.queueUp(now, s, x, at)
}

// queueUp lets a line of mail wait for what came before it on the server.
func (c *Core) queueUp(arrived time.Time, s *source, a arrival, at *span) {
	c.hold(arrived, &at.gate, held{after: at.prev, at: at.order, pass: func(now time.Time, _ bool) { c.sequence(now, s, a, arrived) }})
}

// hold puts something before a gate, from now on unless it waited at another one before.
func (c *Core) hold(now time.Time, g *gate, h held) {
	if h.since.IsZero() {
		h.since = now
	}
	g.enter(h)
	if !g.listed {
		g.listed = true
		c.inbox.holding = append(c.inbox.holding, g)
	}
}

// expire lets go what has waited too long.
func (b *inbox) expire(now time.Time, c *Core) {
	for _, g := range slices.Clone(b.holding) {
		g.expire(now, now.Add(-c.cfg.Hold))
	}
	b.holding = slices.DeleteFunc(b.holding, func(g *gate) bool {
		g.listed = len(g.held) > 0
		return !g.listed
	})
	if due, ok := b.screen.due(c.cfg.Hold); b.screen.named || ok && !now.Before(due) {
		b.release(now, c)
	}
}

// next is when something held goes on at the latest: to the screen only while that is allowed.
func (b *inbox) next(hold time.Duration, screen bool) (time.Time, bool) {
	var first time.Time
	earliest := func(t time.Time, ok bool) {
		if ok && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, g := range b.holding {
		earliest(g.next(hold))
	}
	due, waits := b.screen.due(hold)
	earliest(due, screen && waits)
	return first, !first.IsZero()
}

// due is when the first in the queue, which has waited for longest, has waited for hold.
func (s *screen) due(hold time.Duration) (time.Time, bool) {
	if len(s.queue) == 0 {
		return time.Time{}, false
	}
	return s.queue[0].since.Add(hold), true
}

// awaits tells whether something waits for that sender's name.
func (s *screen) awaits(from wire.Key) bool {
	return slices.ContainsFunc(s.queue, func(a arrival) bool { return keyOf(a.line) == from })
}

// show gives a line to the user, as soon as there is a table and in it the sender's name. What waits in the queue waits for other names.
func (c *Core) show(now time.Time, a arrival) {
	a.since = now
	if c.inbox.screen.named {
		c.inbox.release(now, c)
	}
	if c.phase != ready || !c.tellArrived(now, &a) {
		c.inbox.screen.queue = append(c.inbox.screen.queue, a)
	}
}

func (b *inbox) release(now time.Time, c *Core) {
	if c.phase == ready {
		b.screen.named = false
		b.screen.queue = slices.DeleteFunc(b.screen.queue, func(a arrival) bool { return c.tellArrived(now, &a) })
	}
}

// tellArrived tells of a line, unless its sender's name may still come.
func (c *Core) tellArrived(now time.Time, a *arrival) bool {
	key := keyOf(a.line)
	contact := c.roster.contacts[key]
	if contact == nil && now.Sub(a.since) < c.cfg.Hold {
		if !c.book.lookups.Has(key) {
			c.lookup(now, key) // protocol.md §8.12: in a crowd the row may have been lost on its way
		}
		return false
	}
	from, doubt := "", false
	if contact != nil {
		from, doubt = contact.name, c.meet(contact)
	} else {
		from = c.roster.name(key)
	}
	c.tell(Arrived{Line: a.line.Order, From: from, Text: a.line.Text, Time: a.line.Time,
		Post: a.line.Post, Mail: a.line.Mail, Late: a.late, Again: a.again, Clear: a.clear, Doubt: doubt, Old: a.old})
	return true
}

// Shown notes that lines are on the screen, so that they are never shown again.
func (c *Core) Shown(lines []uint64) {
	c.unseen(-len(lines))
	c.commit(store.Shown{Lines: lines}, func(time.Time) {})
}

// unseen counts so many more texts that are not shown, and tells when there are too many, once: until half of them are.
func (c *Core) unseen(more int) {
	c.inbox.unshown += more
	switch {
	case c.inbox.unshown >= MaxUnshown && !c.inbox.full:
		c.inbox.full = true
		c.tell(InboxFull{})
	case c.inbox.unshown <= MaxUnshown/2 && c.inbox.full:
		c.inbox.full = false
		c.tell(InboxRoom{})
	}
}
