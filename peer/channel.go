package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// post takes a channel post, or a part of one (protocol.md §11). Its place in the server's log tells a duplicate.
func (c *Core) post(now time.Time, m *wire.PushPost) {
	if !c.listening() {
		return
	}
	st := c.inbox.stream(c.store)
	at := &span{st, m.Prev, m.Order}
	order, try, id := m.Order, m.Try, c.store
	answer := func() {
		c.toServer(&wire.Seen{Store: id, Through: st.had.Through(), Ranges: st.had.Marks(wire.MaxRanges, order), Order: order, Try: try})
	}
	switch {
	case st.had.Has(order):
		answer()
		return
	case st.taken.Has(order):
		st.waiting[order] = append(st.waiting[order], answer)
		return
	case !st.taken.FitsSpan(m.Prev, order):
		return // no room: it comes again
	}
	st.taken.MarkSpan(m.Prev, order)
	change, line := st.store(c, now, m)
	c.commit(change, func(now time.Time) {
		st.had.MarkSpan(at.prev, order)
		answer()
		for _, also := range st.waiting[order] {
			also()
		}
		delete(st.waiting, order)
		if line != nil {
			c.hold(now, &st.gate, held{after: at.prev, at: order, pass: func(now time.Time, late bool) {
				c.show(now, arrival{line: *line, late: late})
			}})
		}
		st.gate.release(now, st.had.Through())
	})
}

// store makes the change that keeps a post or a part of one.
func (s *stream) store(c *Core, now time.Time, m *wire.PushPost) (store.Receive, *store.Line) {
	change := store.Receive{Stream: s.record(c.store)}
	if m.Text.Flags&wire.FlagVoid != 0 {
		return change, nil
	}
	p := &store.Part{From: store.Key(m.Author), Text: store.Text(m.Text), Mail: !m.Live, Post: true}
	p.Text.Body = slices.Clone(m.Text.Body)
	id, first := sourceID{m.Author, m.Text.Epoch}, p.Text.First()
	if s.parts[id] == nil {
		s.parts[id] = map[uint64][]*store.Part{}
	}
	s.parts[id][first] = append(s.parts[id][first], p)
	line := c.whole(now, s.parts[id][first])
	if line == nil {
		change.Part = p
		return change, nil
	}
	delete(s.parts[id], first)
	line.Post = true
	change.Line = line
	return change, line
}
