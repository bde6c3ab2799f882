package server

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// stream is what the server has for one client, in receipt order: mail and posts together (protocol.md §10). What was pushed
// and not yet taken is the window; behind it stands what was read or offered; behind that, the store.
type stream struct {
	*flow          // never nil, but perhaps Core.still
	loaded  uint64 // everything up to this order was read, or never was for this client
	pushed  uint64 // order of the last item that entered the window,
	sent    uint64 // and of the last one that was sent
	deaf    int8   // how many rows the client left unanswered; takesRows: it has answered one
	more    bool   // the store may hold more above loaded
	reading bool

	over atomic.Bool // the session is: nothing more need be read for it
}

// flow is what a stream has of a client for whom something waited since it is there: most have none, and share one in which nothing is.
type flow struct {
	window []item // on its way, by order
	queue  []store.Item
	owed   map[receipt]wire.Marks // receipts that this client was not yet told of
	unread map[sealed]bool        // mail that this client can't open

	rtt        wire.RTT
	congestion wire.Congestion
}

// flows gives the client's flow, to put something into it: its own.
func (c *Core) flows(s *session) *flow {
	if s.stream.flow == &c.still {
		s.stream.flow = new(flow)
	}
	return s.stream.flow
}

// ebb gives up the room in which nothing waits any more: what grew when a client had much would stay as long as its session. In the way of
// mail it is used again, so it is called where a client shows that it does nothing else.
func (st *stream) ebb() {
	if f := st.flow; len(f.window)+len(f.queue) == 0 && cap(f.window)+cap(f.queue) > 0 {
		f.window, f.queue = nil, nil
	}
}

type item struct {
	store.Item
	prev  uint64    // nothing else waits for the client between prev and Order
	lead  uint64    // order of the first one that left with it,
	row   uint64    // and of the first one in the same row; 0: it went by itself
	first time.Time // it left then
}

// fill reads the next page for a client. then is told how much waited.
func (c *Core) fill(cl *client, then func(found int)) {
	s := cl.session
	st := &s.stream
	if st.reading {
		return
	}
	st.reading, st.more = true, false
	var items []store.Item
	var damaged int
	after, key := st.loaded, store.Key(cl.key())
	c.readFor(cl, func(from store.Server) (err error) {
		if !st.over.Load() {
			items, damaged, err = from.Waiting(key, after, mailPage)
		}
		return err
	}, func(now time.Time) {
		if cl.session != s {
			return
		}
		st.reading = false
		if damaged > 0 {
			c.cfg.Log.Error("records are damaged and were left out: restore the database from a backup", "client", cl.key(), "records", damaged)
		}
		if len(items) == mailPage {
			st.more = true
		}
		found := 0
		for _, it := range items {
			st.loaded = max(st.loaded, it.Order)
			c.head.Order = max(c.head.Order, it.Order) // its commit's end may not be known here yet
			if it.Gone {
				s.gone = it.Order
				continue
			}
			if c.meant(cl, it) {
				f := c.flows(s)
				f.queue = append(f.queue, it)
				if it.Post || it.Text.ToEpoch == cl.row.Epoch {
					found++ // mail for a state that is gone will not be shown
				}
			}
		}
		then(found)
		c.tellGone(cl)
		c.pump(now, cl)
	})
}

// meant tells whether an item is to be sent: one's own posts are not.
func (c *Core) meant(cl *client, it store.Item) bool {
	return !it.Post || wire.Key(it.From) != cl.key()
}

// offer gives a client what was just stored.
func (c *Core) offer(now time.Time, cl *client, it store.Item) {
	st := &cl.session.stream
	if !cl.session.sure {
		return // it is read when the client is served
	}
	if st.more || st.reading || len(st.queue) >= mailPage {
		st.more = true
		return
	}
	if it.Order <= st.loaded {
		return // an old deposit again
	}
	st.loaded = it.Order
	if c.meant(cl, it) {
		f := c.flows(cl.session)
		f.queue = append(f.queue, it)
	} else {
		c.moveCursor(now, cl) // who only posts has nothing to answer
	}
	c.pump(now, cl)
}

// pump fills the window from the queue, and the queue from the store.
func (c *Core) pump(now time.Time, cl *client) {
	st := &cl.session.stream
	if n := min(st.congestion.Window()-len(st.window), len(st.queue)); n > 0 {
		for _, it := range st.queue[:n] {
			c.launch(now, cl, it)
		}
		clear(st.queue[:n])
		if n == len(st.queue) {
			st.queue = st.queue[:0]
		} else {
			st.queue = st.queue[n:] // what waits does not move: it may be a page
		}
	}
	if len(st.queue) < mailPage/2 && st.more {
		c.fill(cl, func(int) {})
	}
}

// place is where the item with that order is in the window, or would be.
func (st *stream) place(order uint64) (int, bool) {
	return slices.BinarySearchFunc(st.window, order, func(it item, o uint64) int { return cmp.Compare(it.Order, o) })
}

// took removes from the window what the predicate names from one place to before n. It gives the orders removed.
func (c *Core) took(cl *client, from, n int, gone func(it *item) bool) (orders []uint64) {
	st := &cl.session.stream
	onWay, stay := len(st.window), from
	c.leads, orders = c.leads[:0], make([]uint64, 0, n-from)
	for i := from; i < n; i++ {
		it := &st.window[i]
		if !gone(it) {
			st.window[stay] = *it
			stay++
			continue
		}
		if it.row != 0 {
			st.deaf = takesRows
		}
		orders = append(orders, it.Order)
		if last := len(c.leads) - 1; last < 0 || c.leads[last] != it.lead {
			c.leads = append(c.leads, it.lead)
		}
	}
	if left := len(st.window) - n; from == 0 && stay == 0 && left > 64 { // the oldest are taken: nothing behind them moves
		clear(st.window[:n])
		st.window = st.window[n:]
	} else {
		st.window = slices.Delete(st.window, stay, n)
	}
	for _, lead := range c.leads {
		c.land(cl, lead)
	}
	st.congestion.Acked(len(orders), onWay)
	return orders
}
