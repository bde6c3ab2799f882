package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// pushID names what left for a client together: the items of its window from order on that have this lead. They are tried together, and
// each ends by itself.
type pushID struct {
	to    wire.Key
	order uint64
}

// launch puts what was first in the queue into the window, from where it leaves with the next Take (row.go): with what left just now for the
// same client, if it is still there.
func (c *Core) launch(now time.Time, cl *client, first store.Item) {
	st := &cl.session.stream
	it := item{Item: first, prev: st.pushed, lead: first.Order, first: now}
	if st.sent == st.pushed {
		c.launched = append(c.launched, cl)
	}
	st.pushed = it.Order
	if n := len(st.window); n > 0 && st.window[n-1].first.Equal(now) && c.pushes.Tries(pushID{cl.key(), st.window[n-1].lead}) == 1 {
		it.lead = st.window[n-1].lead
	} else {
		c.pushes.Track(now, pushID{cl.key(), it.lead}, c.patience(cl.session))
	}
	st.window = append(st.window, it)
	if c.cfg.Broken == DeleteOnPush && !it.Post {
		c.deletePushed(cl, &it)
	}
}

// push sends one item of the window by itself.
func (c *Core) push(cl *client, it *item, try uint8) {
	s := cl.session
	c.concern(cl, wire.Key(it.From)) // whose name is to be shown
	if !it.Post {
		c.send(cl.path(), cl.key(), &wire.Push{Prev: it.prev, Order: it.Order, Try: try, From: wire.Key(it.From), Text: wire.Text(it.Text)})
		return
	}
	live := it.Order > s.since
	if p := c.posting; p == nil || p.Order != it.Order || p.Prev != it.prev || p.Try != try || p.Live != live {
		c.posting = &wire.PushPost{Prev: it.prev, Order: it.Order, Try: try, Live: live, Author: wire.Key(it.From), Text: wire.Text(it.Text)}
	}
	c.send(cl.path(), cl.key(), c.posting)
}

// pushAgain sends what is left of what left together. From the third try on a ping goes with it: a client that can take nothing now
// still answers that (protocol.md §8).
func (c *Core) pushAgain(now time.Time, id pushID, try uint8) {
	cl := c.clients.Get(id.to)
	s := cl.session
	s.stream.congestion.Lost(now, c.pushes.Lost(id))
	for i, _ := s.stream.place(id.order); s.stream.leads(id.order, i); i++ {
		s.stream.alone(i)
		c.push(cl, &s.stream.window[i], try)
	}
	if try >= 3 {
		c.ping(cl)
	}
}

// leads tells whether what is at a place of the window left with the item of that order.
func (st *stream) leads(order uint64, at int) bool {
	return at < len(st.window) && st.window[at].lead == order
}

// land ends the tries of what left with the item of that order, when nothing of it is in the window any more.
func (c *Core) land(cl *client, order uint64) {
	st := &cl.session.stream
	if i, _ := st.place(order); !st.leads(order, i) {
		c.pushes.Drop(pushID{cl.key(), order})
	}
}

// pushFailed: items were tried as often as presence is judged by. Who was silent all that time is offline; for who was
// heard they are tried on in the background, as long as the lease lives.
func (c *Core) pushFailed(now time.Time, id pushID) {
	cl := c.clients.Get(id.to)
	if c.silent(now, cl) {
		return
	}
	c.pushes.Track(now, id, c.background(cl.session))
}

// hasten tries what a client left unanswered for long again, when it says by itself that it is there. (Its answer to a ping is no
// reason: pings go with the pushes.)
func (c *Core) hasten(now time.Time, cl *client) {
	if c.pages.Tries(cl.key()) > patientTries {
		c.pages.Hasten(now, cl.key())
	}
	last := uint64(0)
	for _, it := range cl.session.stream.window {
		if it.lead == last {
			continue
		}
		last = it.lead
		if id := (pushID{cl.key(), it.lead}); c.pushes.Tries(id) > patientTries {
			c.pushes.Hasten(now, id)
		}
	}
}

// sample takes the round trip that an answer to a push measured.
func (c *Core) sample(now time.Time, cl *client, order uint64, try uint8) {
	st := &cl.session.stream
	i, ok := st.place(order)
	if !ok {
		return
	}
	if rtt, sampled := c.pushes.Sample(now, pushID{cl.key(), st.window[i].lead}, try); sampled {
		st.rtt.Sample(rtt)
	}
}
