package server

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// post appends to the channel's log: one write however many members there are (protocol.md §11). An author's posts are accepted
// in their order only; one that skips comes again after the one before it.
func (c *Core) post(now time.Time, cl *client, m *wire.Deposit) {
	m = keep(m)
	text := store.Text(m.Text)
	counted := c.spent.take(now, cl.key(), text.Room(), c.cfg.AuthorBytes)
	change := store.Post{Author: store.Key(cl.key()), Base: m.Base, Text: text, Longest: c.cfg.Quota.Longest, Room: c.cfg.ChannelBytes, Spent: !counted}
	c.commitFor(cl, change, func(now time.Time, r store.Result) {
		c.foundRoom(r)
		c.stored(cl, m, r, wire.Verdict(r.Verdict))
		if r.Verdict != store.Accepted || r.Order <= c.posted {
			if counted {
				c.spent.back(cl.key(), text.Room())
			}
			return
		}
		c.posted, c.head.Order = r.Order, max(c.head.Order, r.Order)
		it := store.Item{Order: r.Order, From: store.Key(cl.key()), Post: true, Text: text}
		for _, member := range c.online {
			c.offer(now, member, it)
		}
	})
}

// seenPosts: a member has the channel through here on its disk. Its cursor follows; it is written at leisure, since what is
// lost with it is only sent again.
func (c *Core) seenPosts(now time.Time, cl *client, m *wire.Seen) {
	s := cl.session
	if m.Store != c.head.ID {
		return
	}
	s.foreign = false
	c.sample(now, cl, m.Order, m.Try)
	had := store.Marks{Through: m.Through, Ranges: storeMarks(wire.Marks{Ranges: m.Ranges}).Ranges}
	top := m.Through
	if last := len(m.Ranges) - 1; last >= 0 {
		top = m.Ranges[last].Hi
	}
	n, at := s.stream.place(top)
	if at {
		n++
	}
	c.took(cl, 0, n, func(it *item) bool { return it.Post && had.Has(it.Order) })
	c.refused(cl, m.Order)
	if m.Order == s.gone {
		s.gone = 0
	}
	c.moveCursor(now, cl)
	c.pump(now, cl)
}

// moveCursor notes through where a member needs no post any more. A cursor below what is gone stays there until the member knows that it lacks
// something: it is by that that the next session would tell it (protocol.md §11.4).
func (c *Core) moveCursor(now time.Time, cl *client) {
	s := cl.session
	reached := s.stream.reached()
	if reached <= s.cursor || s.gone > 0 {
		return
	}
	if s.cursor == s.stored {
		c.cursors = append(c.cursors, cl)
	}
	s.cursor = reached
	if c.cursorsDue.IsZero() {
		c.cursorsDue = now.Add(cursorPause)
	}
}

// tellGone says beside an answer that posts went before the client had them, until it answers that.
func (c *Core) tellGone(cl *client) {
	if s := cl.session; s.gone > 0 && c.cfg.Broken != SilentTrim {
		c.send(cl.path(), cl.key(), &wire.Gone{Store: c.head.ID, Order: s.gone})
	}
}

// reached is the order through which a member needs no post any more.
func (st *stream) reached() uint64 {
	reached := st.loaded
	if i := slices.IndexFunc(st.queue, func(it store.Item) bool { return it.Post }); i >= 0 {
		reached = min(reached, st.queue[i].Order-1)
	}
	if i := slices.IndexFunc(st.window, func(it item) bool { return it.Post }); i >= 0 {
		reached = min(reached, st.window[i].Order-1)
	}
	return reached
}

// writeCursors writes those that are due, some at a time: 10,000 at once would have all that somebody waits for refused until they are on disk.
func (c *Core) writeCursors(now time.Time) {
	if c.cursorsDue.IsZero() || now.Before(c.cursorsDue) {
		return
	}
	n := min(len(c.cursors), cursorsAtOnce)
	if c.cursorsDue = (time.Time{}); n < len(c.cursors) {
		c.cursorsDue = now.Add(cursorsGap)
	}
	for _, cl := range c.cursors[:n] {
		if s := cl.session; s != nil && s.cursor > s.stored {
			s.stored = s.cursor
			c.commit(store.Advance{Member: cl.row.Key, Order: s.cursor}, func(time.Time, store.Result) {})
		}
	}
	c.cursors = slices.Delete(c.cursors, 0, n)
}
