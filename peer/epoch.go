package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// current compares what a recipient says with what this client knows. False: the marks do not speak of this lane, or no longer.
func (c *Core) current(now time.Time, l *lane, m wire.Marks) bool {
	if m.Epoch != l.epoch {
		return false
	}
	if m.ToEpoch != l.toEpoch {
		// protocol.md §5: a recipient with a new epoch has lost its state, or gone back to an older one. An epoch that was
		// over before is only an old acknowledgement that took its time.
		if !slices.Contains(l.past, m.ToEpoch) {
			c.renumber(l, m.ToEpoch)
		}
		return false
	}
	top := m.Through
	if n := len(m.Ranges); n > 0 {
		top = m.Ranges[n-1].Hi
	}
	if top > c.outbox.last[l.laneID] && c.cfg.Broken != KeptEpoch {
		c.rolledBack(now)
		return false
	}
	return true
}

// rolledBack: a recipient has more than this client ever sent, so this state is an older copy. A new epoch keeps its seqs apart
// from those; what is of unknown outcome goes out again under it (protocol.md §5).
func (c *Core) rolledBack(now time.Time) {
	c.epoch = c.rand.Uint64() | 1
	c.cfg.Log.Warn("this profile is an older copy: it goes on with a new epoch")
	c.commit(store.NewEpoch{Epoch: c.epoch}, func(time.Time) {})
	for _, l := range c.outbox.order {
		c.renumber(l, l.toEpoch)
	}
	for _, s := range c.inbox.order { // senders count anew for it
		s.gate.pass(now, len(s.gate.held))
		s.gate.passed = 0
	}
	c.announce(now) // the table tells the others
}

// renumber gives what is unsettled in a lane identities for another epoch, its own or the recipient's, in one change.
func (c *Core) renumber(l *lane, toEpoch uint64) {
	old := l.laneID
	if old.toEpoch != toEpoch {
		l.past = append(l.past, old.toEpoch)
		c.book.entry(l.to).fresh = time.Time{} // another state of theirs has other prekeys
	}
	l.epoch, l.toEpoch, l.returned = c.epoch, toEpoch, nil
	l.past = slices.DeleteFunc(l.past, func(e uint64) bool { return e == toEpoch })
	if len(l.parts) == 0 {
		return
	}
	for _, p := range l.parts {
		c.outbox.direct.Drop(partID{l.to, p.t.Seq})
		c.outbox.deposits.Drop(partID{l.to, p.t.Seq})
	}
	for _, p := range l.parts {
		p.t.Epoch, p.t.ToEpoch, p.t.Seq = l.epoch, l.toEpoch, c.outbox.next(l.laneID)
		l.move(p, saving)
	}
	l.uncover(0)
	c.commitParts(c.rewrite(l, old), l, slices.Clone(l.parts))
}

// contactChanged follows a row of the table: where someone is, and which epoch they have.
func (c *Core) contactChanged(now time.Time, old, next *contact) {
	l := c.outbox.lanes[next.key]
	if l == nil {
		return
	}
	l.misses, l.down = 0, time.Time{}
	if old == nil || old.epoch != next.epoch {
		c.book.entry(next.key).fresh = time.Time{} // another state of theirs has other prekeys
		if l.toEpoch != next.epoch {
			c.renumber(l, next.epoch)
		}
	}
	if l.byMail && !l.mailed() {
		l.byMail = false
	}
	if next.online {
		c.retry(now, l, laneWindow)
	}
	c.pump(now, l)
}
