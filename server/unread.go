package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// Mail that its recipient can't open, since the key that it is sealed to is gone (an older copy of its profile came back): it stays,
// and its sender is asked to seal it anew (protocol.md §14.2).

// setAside takes such mail out of the window, and lets the stream run on.
func (c *Core) setAside(now time.Time, cl *client, m *wire.Taken) {
	st := &cl.session.stream
	if at, ok := st.place(m.Order); ok {
		c.took(cl, at, at+1, func(it *item) bool {
			if it.Post || wire.Key(it.From) != m.From {
				return false
			}
			if st.unread == nil {
				st.unread = map[uint64]store.Item{}
			}
			st.unread[it.Order] = it.Item
			return true
		})
	}
	if _, ok := st.unread[m.Order]; ok {
		id := pushID{cl.key(), m.Order}
		if !c.unread.Has(id) {
			c.unread.Track(now, id, c.background(cl.session))
			c.askAnew(id)
		}
	}
	c.pump(now, cl)
}

// askAnew tells a sender, if it is there, that its mail can't be opened. What it deposits then takes the place of that.
func (c *Core) askAnew(id pushID) {
	it, ok := c.clients[id.to].session.stream.unread[id.order]
	sender := c.clients[wire.Key(it.From)]
	if ok && sender != nil && sender.session != nil && sender.session.sure {
		x := it.Text
		c.send(sender.session.path, sender.key(), &wire.Stored{To: id.to, Epoch: x.Epoch, ToEpoch: x.ToEpoch, Seq: x.Seq, Verdict: wire.Unreadable})
	}
}

// unreadable finds what a deposit takes the place of, and forgets it: a further try of that deposit finds what the first one laid there.
// back is for when there was no room: the sender is asked again.
func (c *Core) unreadable(to, from wire.Key, x wire.Text) (found bool, back func(now time.Time)) {
	cl := c.clients[to]
	if cl == nil || cl.session == nil {
		return false, nil
	}
	s := cl.session
	for order, it := range s.stream.unread {
		if wire.Key(it.From) == from && it.Text.Epoch == x.Epoch && it.Text.ToEpoch == x.ToEpoch && it.Text.Seq == x.Seq {
			id := pushID{to, order}
			delete(s.stream.unread, order)
			c.unread.Drop(id)
			return true, func(now time.Time) {
				if cl.session == s {
					s.stream.unread[order] = it
					c.unread.Track(now, id, c.background(s))
				}
			}
		}
	}
	return false, nil
}
