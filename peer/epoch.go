package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// current compares what a recipient says with what this client knows. False: the marks do not speak of this lane, or no longer.
func (c *Core) current(now time.Time, l *lane, m wire.Marks) bool {
	if m.ToEpoch == l.toEpoch {
		return true
	}
	// protocol.md §5: a recipient with a new epoch has lost its state. An epoch that was over before is only an old acknowledgement
	// that took its time. Nobody loses one state after another in a moment: who says so may have this client write what waits again and again.
	switch {
	case slices.Contains(l.past, m.ToEpoch):
		if c.roster.crowd != (wire.Crowd{}) {
			c.lookup(now, l.to) // unless the directory told of an older one meanwhile: it does not tell of all that it learns (protocol.md §8.12)
		}
	case now.Sub(l.renewed) >= c.cfg.AckTimeout:
		l.renewed = now
		c.renumber(l.way, m.ToEpoch)
	}
	return false
}

// renumber addresses all that is unsettled on a way to another epoch of the recipient's. Nothing else of a text's name changes, so that it
// has the same one whenever that is done, also by an older copy of this state. What lies between the texts was delivered to the state
// that is gone: it is closed as void.
func (c *Core) renumber(w *way, toEpoch uint64) {
	if before := w.present(); before != toEpoch {
		w.past = append(w.past, before)
		w.past = w.past[max(len(w.past)-maxEpochs, 0):]
		c.book.entry(w.lanes[0].to).fresh = time.Time{} // another state of theirs has other prekeys
	}
	w.past = slices.DeleteFunc(w.past, func(e uint64) bool { return e == toEpoch })
	for _, l := range slices.Clone(w.lanes) {
		if l.toEpoch != toEpoch {
			c.readdress(l, toEpoch)
		}
	}
}

func (c *Core) readdress(l *lane, toEpoch uint64) {
	old := l.record()
	l.toEpoch, l.returned = toEpoch, nil
	l.last = c.outbox.counter(l.laneID)
	*l.last = max(*l.last, old.Last)
	if len(l.parts) == 0 {
		if l.epoch == c.run { // a further text shall not wait for what that state never had
			c.run = c.later(c.run)
		}
		return
	}
	for _, p := range l.parts {
		c.outbox.untrack(p)
		p.t.ToEpoch = toEpoch
		l.move(p, saving)
	}
	l.closeGaps()
	l.uncover(0)
	change := c.rewrite(l)
	change.Old = []store.Lane{old}
	c.commitParts(change, slices.Clone(l.parts))
}

// closeGaps puts voids between the parts of a lane.
func (l *lane) closeGaps() {
	end := &text{to: l.to, told: true, kept: true}
	next := uint64(1)
	for _, p := range slices.Clone(l.parts) {
		if from := p.t.From(); from > next {
			i, _ := l.place(p.t.Seq)
			void := &part{lane: l, text: end, t: wire.Void(l.epoch, l.toEpoch, next, from-1)}
			l.parts = slices.Insert(l.parts, i, void)
			l.count[saving]++
			end.parts = append(end.parts, void)
		}
		next = p.t.Seq + 1
	}
}

// contactChanged follows a row of the table: where someone is, and which epoch they have.
func (c *Core) contactChanged(now time.Time, old, next *contact) {
	w := c.outbox.ways[next.key]
	if w == nil || len(w.lanes) == 0 {
		return
	}
	w.misses, w.down = 0, time.Time{}
	if old == nil || old.epoch != next.epoch {
		c.book.entry(next.key).fresh = time.Time{} // another state of theirs has other prekeys
		if w.present() != next.epoch {
			c.renumber(w, next.epoch)
		}
	}
	if w.byMail && !w.mailed() {
		w.byMail = false
	}
	if next.online {
		for _, l := range w.lanes {
			c.retry(now, l, laneWindow)
		}
	}
	c.pump(now, w)
}
