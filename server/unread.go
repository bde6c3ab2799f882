package server

import (
	"time"

	"udpchat/wire"
)

// Mail that its recipient can't take as it is, since the key that it is sealed to is gone (an older copy of its profile came back), or it is too far
// ahead of what stands behind it here (protocol.md §6.2): it stays, and its sender is asked to deposit it anew (protocol.md §14.2).

// sealed names a mail (protocol.md §5).
type sealed struct {
	to, from            wire.Key
	epoch, toEpoch, seq uint64
}

// maxUnread is how many mails of one client are known to be such. What is beyond that is found out in its next session.
const maxUnread = 4096

// setAside takes such mail out of the window, and lets the stream run on.
func (c *Core) setAside(now time.Time, cl *client, m *wire.Taken) {
	st := &cl.session.stream
	if at, ok := st.place(m.Order); ok {
		c.took(cl, at, at+1, func(it *item) bool {
			if it.Post || wire.Key(it.From) != m.From {
				return false
			}
			if len(st.unread) < maxUnread {
				x := it.Text
				id := sealed{cl.key(), m.From, x.Epoch, x.ToEpoch, x.Seq}
				c.remind(now, cl.session, id)
				c.askAnew(id)
			}
			return true
		})
	}
	c.pump(now, cl)
}

// remind notes a mail that can't be opened, and has its sender told again and again until it comes anew.
func (c *Core) remind(now time.Time, s *session, id sealed) {
	f := c.flows(s)
	if f.unread == nil {
		f.unread = map[sealed]bool{}
	}
	f.unread[id] = true
	c.unread.Track(now, id, c.background(s))
}

// askAnew tells a sender, if it is there, that its mail can't be opened. What it deposits then takes the place of that.
func (c *Core) askAnew(id sealed) {
	sender := c.clients.Get(id.from)
	if sender != nil && sender.session != nil && sender.session.sure {
		c.send(sender.path(), id.from, &wire.Stored{To: id.to, Epoch: id.epoch, ToEpoch: id.toEpoch, Seq: id.seq, Verdict: wire.Unreadable})
	}
}

// unreadable tells whether a deposit takes the place of such mail, which is forgotten then: a further try of that deposit finds what the first
// one laid there. back is for when there was no room: the sender is asked again.
func (c *Core) unreadable(to, from wire.Key, x wire.Text) (found bool, back func(now time.Time)) {
	cl, id := c.clients.Get(to), sealed{to, from, x.Epoch, x.ToEpoch, x.Seq}
	if cl == nil || cl.session == nil || !cl.session.stream.unread[id] {
		return false, nil
	}
	s := cl.session
	delete(s.stream.unread, id)
	c.unread.Drop(id)
	return true, func(now time.Time) {
		if cl.session == s {
			c.remind(now, s, id)
		}
	}
}
