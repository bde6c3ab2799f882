package server

import (
	"net/netip"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// deposit stores a text for someone else, or a post for the channel (protocol.md §10). The answer follows the commit. The
// same identity again gets the same answer.
func (c *Core) deposit(now time.Time, cl *client, m *wire.Deposit) {
	if c.crowdedOut(cl) {
		return // it comes again
	}
	if m.Text.Flags&wire.FlagCovered == 0 {
		return // protocol.md §14.5: nothing in the clear is stored
	}
	if m.To == wire.Channel {
		c.post(now, cl, m)
		return
	}
	if c.cfg.Broken == LimitFirst && int(m.Text.Size) > c.cfg.MaxMessage {
		c.stored(cl, m, store.Result{}, wire.TooLong)
		return
	}
	m = keep(m)
	anew, back := c.unreadable(m.To, cl.key(), m.Text)
	change := store.Deposit{To: store.Key(m.To), From: store.Key(cl.key()), Text: store.Text(m.Text), Quota: c.cfg.Quota, Anew: anew}
	if c.cfg.Broken == EarlyStored {
		c.stored(cl, m, store.Result{}, wire.Accepted)
	}
	c.commitFor(cl, change, func(now time.Time, r store.Result) {
		c.foundRoom(r)
		c.stored(cl, m, r, wire.Verdict(r.Verdict))
		if anew && r.Verdict == store.FullDisk {
			back(now)
		}
		if r.Verdict != store.Accepted {
			return
		}
		c.head.Order = max(c.head.Order, r.Order)
		// protocol.md §10: what is stored for who is there is pushed at once, and the push is the server's ping.
		if to := c.clients.Get(m.To); to != nil && to.session != nil && to.session.mode != wire.Sender {
			c.offer(now, to, store.Item{Order: r.Order, From: store.Key(cl.key()), Text: change.Text})
		}
	})
}

// foundRoom notes whether the disk had room for a text, so that the log tells it once.
func (c *Core) foundRoom(r store.Result) {
	switch {
	case r.Verdict == store.FullDisk && !c.full:
		c.full = true
		c.cfg.Log.Error("the disk is full: new texts and new names are refused until there is room")
	case r.Verdict == store.Accepted && r.Order > c.head.Order && c.full:
		c.full = false
		c.cfg.Log.Info("the disk has room again")
	}
}

// keep copies a deposit out of the datagram that it came in.
func keep(m *wire.Deposit) *wire.Deposit {
	kept := *m
	kept.Text.Body = slices.Clone(m.Text.Body)
	return &kept
}

// stored answers a deposit, and says what the server knows of the recipient.
func (c *Core) stored(cl *client, m *wire.Deposit, r store.Result, v wire.Verdict) {
	if cl.session == nil {
		return // it left meanwhile; it asks again when it is back
	}
	state, addr := wire.Offline, netip.AddrPort{}
	if to := c.clients.Get(m.To); to != nil && to.session != nil {
		row := c.row(to, cl.path())
		state, addr = row.State, row.Addr
	}
	c.concern(cl, m.To)
	c.send(cl.path(), cl.key(), &wire.Stored{To: m.To, Epoch: m.Text.Epoch, ToEpoch: m.Text.ToEpoch, Seq: m.Text.Seq,
		Try: m.Try, Verdict: v, State: state, Addr: addr, Order: r.Order, Again: v == wire.Accepted && r.Order <= c.head.Order})
}

// takenMail: the recipient has mail of one sender on its disk. Only now it is deleted here, and the sender is told.
func (c *Core) takenMail(now time.Time, cl *client, m *wire.Taken) {
	if m.Marks.ToEpoch != cl.row.Epoch { // one of the two is of a state of the recipient's that is gone: it says which when it registers
		if at, ok := cl.session.stream.place(m.Order); ok && at == 0 {
			c.send(cl.path(), cl.key(), c.pong(0, false))
		}
		return
	}
	if cl.session.foreign { // protocol.md §9.2
		return // in the stream of this store the client may lack that place, and then all posts behind it
	}
	if c.crowdedOut(cl) {
		return // it is pushed again
	}
	c.sample(now, cl, m.Order, m.Try)
	marks := storeMarks(m.Marks)
	if m.Refusal == wire.Anew {
		c.setAside(now, cl, m)
		return
	}
	// Only the push that it answers has ended: the places of others that the marks cover too would stay open in the client's
	// stream, and what comes after them would wait there.
	at, ok := cl.session.stream.place(m.Order)
	if !ok {
		return
	}
	orders := c.took(cl, at, at+1, func(it *item) bool {
		if it.Post || wire.Key(it.From) != m.From {
			return false
		}
		if m.Refusal == wire.Forged {
			return true // protocol.md §14.3: it is not what its sender sealed
		}
		if it.Text.ToEpoch != marks.ToEpoch {
			return true // protocol.md §5: meant for a state of the recipient's that is gone
		}
		return it.Text.Epoch == marks.Epoch && marks.Has(it.Text.Seq)
	})
	if len(orders) == 0 {
		return
	}
	c.endMail(store.Take{To: store.Key(cl.key()), From: store.Key(m.From), Marks: marks, Orders: orders, Refused: m.Refusal == wire.Forged})
	c.pump(now, cl)
}

// owe tells a sender what its recipient has, until it confirms (protocol.md §10).
func (c *Core) owe(now time.Time, sender *client, to wire.Key, marks wire.Marks) {
	s := sender.session
	f := c.flows(s)
	if f.owed == nil {
		f.owed = map[receipt]wire.Marks{}
	}
	id := receipt{sender.key(), to, marks.Epoch, marks.ToEpoch}
	f.owed[id] = unite(f.owed[id], marks)
	c.receipts.Drop(id)
	c.receipts.Track(now, id, c.background(s))
	c.sendReceipt(id)
}

// unite is what either of two marks has, with the epochs of the second: an answer of the recipient's may come late.
func unite(a, b wire.Marks) wire.Marks {
	w, err := wire.LoadWindow(a.Through, a.Ranges)
	if err != nil {
		return b
	}
	w.MarkRange(1, b.Through)
	for _, r := range b.Ranges {
		w.MarkRange(r.Lo, r.Hi)
	}
	b.Through, b.Ranges = w.Through(), w.Marks(wire.MaxRanges, 0)
	return b
}

func (c *Core) sendReceipt(id receipt) {
	cl := c.clients.Get(id.sender)
	c.send(cl.path(), id.sender, &wire.Receipt{To: id.to, Marks: cl.session.stream.owed[id]})
}

func (c *Core) receiptAck(cl *client, m *wire.ReceiptAck) {
	id := receipt{cl.key(), m.To, m.Marks.Epoch, m.Marks.ToEpoch}
	owed, ok := cl.session.stream.owed[id]
	if !ok || c.crowdedOut(cl) || owed.Through != m.Marks.Through || !slices.Equal(owed.Ranges, m.Marks.Ranges) {
		return
	}
	delete(cl.session.stream.owed, id)
	c.receipts.Drop(id)
	c.commitFor(cl, store.Told{Sender: store.Key(cl.key()), To: store.Key(m.To), Marks: storeMarks(m.Marks)}, func(time.Time, store.Result) {})
}

// recallReceipts reads the receipts that a client that comes back was not told of.
func (c *Core) recallReceipts(cl *client) {
	s, key := cl.session, store.Key(cl.key())
	var untold []store.Delivery
	c.readFor(cl, func(from store.Server) (err error) {
		if !s.stream.over.Load() {
			untold, err = from.Untold(key)
		}
		return err
	}, func(now time.Time) {
		if cl.session != s {
			return
		}
		for _, d := range untold {
			// protocol.md §5.4: what a state had that is gone would be taken for the word of a newer one.
			if to := c.clients.Get(wire.Key(d.To)); to != nil && to.row.Epoch != d.Marks.ToEpoch {
				continue
			}
			c.owe(now, cl, wire.Key(d.To), wireMarks(d.Marks)) // with what is owed already: either may have more
		}
	})
}

func storeMarks(m wire.Marks) store.Marks {
	ranges := make([]store.Range, len(m.Ranges))
	for i, r := range m.Ranges {
		ranges[i] = store.Range(r)
	}
	return store.Marks{Epoch: m.Epoch, ToEpoch: m.ToEpoch, Through: m.Through, Ranges: ranges}
}

func wireMarks(m store.Marks) wire.Marks {
	ranges := make([]wire.Range, min(len(m.Ranges), wire.MaxRanges))
	for i := range ranges {
		ranges[i] = wire.Range(m.Ranges[i])
	}
	return wire.Marks{Epoch: m.Epoch, ToEpoch: m.ToEpoch, Through: m.Through, Ranges: ranges}
}
