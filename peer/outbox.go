package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// outbox is what this client sends and what is not yet delivered: a way to each recipient. Each part in it is on disk.
type outbox struct {
	ways     map[wire.Key]*way
	order    []*lane            // by first use: lanes are served in a reproducible order
	pumping  []*way             // that something came to since the last Tick
	last     map[laneID]*uint64 // seqs given out, also of lanes of which nothing is left
	direct   wire.Tracker[*part]
	deposits wire.Tracker[*part]
	flight   wire.Flight[partID] // deposits, as they left

	answered []*part // scratch: what an acknowledgement speaks of,
	ended    []*text // and what is delivered with that
}

// queue lets a part wait for its turn.
func (l *lane) queue(p *part) {
	l.move(p, queued)
	i, _ := l.place(p.t.Seq)
	l.first = min(l.first, i)
}

// lane gives this run's lane to a recipient, for the epoch that it has now.
func (c *Core) lane(to wire.Key, toEpoch uint64) *lane {
	w := c.outbox.ways[to]
	switch {
	case w == nil:
		w = &way{}
		c.outbox.ways[to] = w
	case slices.Contains(w.past, toEpoch):
		toEpoch = w.present() // the table is behind what the recipient itself said
	}
	if len(w.lanes) > 0 && w.present() != toEpoch {
		c.renumber(w, toEpoch)
	}
	if l := w.run(c.run); l != nil {
		return l
	}
	l := c.outbox.open(w, laneID{to, c.run, toEpoch})
	c.retire(w.lanes[0]) // if it was kept for what it knew
	return l
}

// open begins a lane, behind all others.
func (o *outbox) open(w *way, id laneID) *lane {
	l := &lane{way: w, laneID: id, last: o.counter(id)}
	w.lanes, o.order = append(w.lanes, l), append(o.order, l)
	return l
}

// counter is where a lane counts.
func (o *outbox) counter(id laneID) *uint64 {
	n := o.last[id]
	if n == nil {
		n = new(uint64)
		o.last[id] = n
	}
	return n
}

// next counts a lane on.
func (l *lane) next() uint64 {
	*l.last++
	return *l.last
}

func (l *lane) record() store.Lane {
	return store.Lane{To: store.Key(l.to), Epoch: l.epoch, ToEpoch: l.toEpoch, Last: *l.last}
}

// lane finds what is sent to someone under one of this client's epochs.
func (o *outbox) lane(to wire.Key, epoch uint64) *lane {
	w := o.ways[to]
	if w == nil {
		return nil
	}
	return w.lane(epoch)
}

// part finds one of them by its seq.
func (o *outbox) part(to wire.Key, epoch, seq uint64) (*lane, *part) {
	l := o.lane(to, epoch)
	if l == nil {
		return nil, nil
	}
	return l, l.find(seq)
}

// untrack ends all tries of a part.
func (o *outbox) untrack(p *part) {
	o.direct.Drop(p)
	o.deposits.Drop(p)
}

// settle ends parts: they are delivered. Texts of which all parts are leave the outbox, and whole is told of those that are no
// void; until then their parts stay, since a recipient that loses its state needs all of them again.
func (c *Core) settle(now time.Time, l *lane, parts []*part, whole func(x *text)) {
	texts := c.outbox.ended[:0]
	onWay, room := l.way.onWay(), 0
	for _, p := range parts {
		if p.state == saving || p.state == done {
			continue
		}
		room++
		l.move(p, done)
		c.outbox.untrack(p)
		if p.text.all(done) {
			texts = append(texts, p.text)
		}
	}
	l.congestion.Acked(onWay-l.way.onWay(), onWay)
	if len(texts) > 0 {
		c.remove(l, texts)
	}
	for _, x := range texts {
		if x.parts[0].t.Flags&wire.FlagVoid == 0 {
			whole(x)
		}
	}
	clear(texts)
	c.outbox.ended = texts
	if l.byMail && !l.way.mailed() {
		l.byMail = false // protocol.md §7: the direct way is tried again
	}
	c.retry(now, l, room)
	c.retire(l)
	c.pump(now, l.way)
	c.leaveWhenDecided(now)
}

// retry offers some of what the server had no room for again: there is reason to believe that it has now.
func (c *Core) retry(now time.Time, l *lane, parts int) {
	for i := 0; i < len(l.parts) && min(parts, l.count[kept]) > 0; i++ {
		if p := l.parts[i]; p.state == kept {
			c.outbox.deposits.Hasten(now, p)
			parts--
		}
	}
}

// remove takes the texts that are delivered out of the outbox. Posts leave in their order: those that stay are signed with what was
// before them, and may have to be signed again.
func (c *Core) remove(l *lane, texts []*text) {
	if l.to == wire.Channel {
		texts = l.leading()
	}
	if len(texts) == 0 {
		return
	}
	change := store.Settle{To: store.Key(l.to), Epoch: l.epoch, ToEpoch: l.toEpoch,
		Seqs: make([]uint64, 0, len(texts)), Ends: make([]store.Ended, 0, len(texts))}
	change.Chain, change.Forget = c.leave(l, texts[len(texts)-1])
	l.dropTexts(texts, func(p *part) {
		if change.Seqs = append(change.Seqs, p.t.Seq); p.text.line != 0 && p == p.text.parts[0] {
			change.Ends = append(change.Ends, store.Ended{Line: p.text.line, End: store.EndDelivered})
		}
	})
	c.commit(change, func(time.Time) {})
}

// pause stops all sending: what was on its way begins anew with the next registration.
func (o *outbox) pause() {
	o.flight = wire.Flight[partID]{}
	for _, l := range o.order {
		l.first = 0
		for _, p := range l.parts {
			if p.state == direct || p.state == depositing || p.state == kept {
				l.move(p, queued)
				o.untrack(p)
			}
		}
	}
}

// forgetStored puts back what another store had taken; of the channel also what is on its way: a store takes an author's posts in their order
// only, and what waits there for an earlier one must not fill the room that this one needs.
func (o *outbox) forgetStored() {
	for _, l := range o.order {
		l.forgetStored()
		if l.to != wire.Channel {
			continue
		}
		for _, p := range l.parts {
			if p.state == depositing {
				p.skipped = false
				l.move(p, queued)
				o.deposits.Drop(p)
			}
		}
	}
}

func (w *way) forgetStored() {
	for _, l := range w.lanes {
		l.forgetStored()
	}
}

func (l *lane) forgetStored() {
	l.first = 0
	for _, p := range l.parts {
		if p.state == stored || p.state == done && l.to == wire.Channel {
			l.move(p, queued)
		}
	}
}

// waits tells whether a text is neither stored nor kept nor delivered: a drain waits for it.
func (o *outbox) waits() bool {
	return slices.ContainsFunc(o.order, func(l *lane) bool { return l.lanes[0] == l && l.open() })
}

// accepting tells whether a typed text is on its way to the disk, and its user has not heard of it.
func (o *outbox) accepting() bool {
	return slices.ContainsFunc(o.order, func(l *lane) bool {
		return l.count[saving] > 0 && slices.ContainsFunc(l.parts, func(p *part) bool { return p.state == saving && p.text.fresh.typed != "" })
	})
}

// undecided are the texts of which only this client is known to have them. Unknown: an earlier run left them, and it is not told yet whether the
// server has them.
type undecided struct{ Kept, Unknown int }

func (o *outbox) undecided() (u undecided) {
	for _, l := range o.order {
		u.count(l)
	}
	return u
}

// count adds those of a lane.
func (u *undecided) count(l *lane) {
	var last *text
	for _, p := range l.parts {
		if p.text == last || p.state >= stored && p.state != kept || p.t.Flags&wire.FlagVoid != 0 {
			continue
		}
		if last = p.text; !last.typed && !last.kept {
			u.Unknown++
		} else {
			u.Kept++
		}
	}
}
