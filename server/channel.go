package server

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// post appends to the channel's log: one write however many members there are (protocol.md §11). An author's posts are accepted
// in their order only; one that skips comes again after the one before it.
func (c *Core) post(cl *client, m *wire.Deposit) {
	m = keep(m)
	change := store.Post{Author: store.Key(cl.key()), Base: m.Base, Text: store.Text(m.Text), Longest: c.cfg.Quota.Longest}
	c.commitFor(cl, change, func(now time.Time, r store.Result) {
		c.foundRoom(r)
		c.stored(cl, m, r, wire.Verdict(r.Verdict))
		if r.Verdict != store.Accepted || r.Order <= c.posted {
			return
		}
		c.posted, c.head.Order = r.Order, max(c.head.Order, r.Order)
		it := store.Item{Order: r.Order, From: change.Author, Post: true, Text: change.Text}
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
	if reached := s.stream.reached(); reached > s.cursor {
		if s.cursor == s.stored {
			c.cursors = append(c.cursors, cl)
		}
		s.cursor = reached
		if c.cursorsDue.IsZero() {
			c.cursorsDue = now.Add(cursorPause)
		}
	}
	c.pump(now, cl)
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
