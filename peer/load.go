package peer

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// NewCore makes the core of the client with these keys over what its profile holds. Nothing is sent before Register.
func NewCore(now time.Time, cfg Config, keys Keys, from store.Loaded) (*Core, error) {
	cfg.defaults()
	c := &Core{cfg: cfg, rand: rand.New(rand.NewPCG(cfg.Seed, 1)), keys: keys, me: keys.Public(), epoch: from.Epoch, limit: wire.MaxText}
	c.outbox.direct.Slot = func(p *part) *wire.Slot[*part] { return &p.copies }
	c.outbox.deposits.Slot = func(p *part) *wire.Slot[*part] { return &p.deposits }
	c.requests.Rand, c.outbox.direct.Rand, c.outbox.deposits.Rand, c.book.lookups.Rand = c.rand, c.rand, c.rand, c.rand
	c.roster = newRoster()
	c.run = c.runEpoch(from.Lanes)
	c.outbox.ways, c.outbox.last = map[wire.Key]*way{}, map[laneID]*uint64{}
	c.inbox.sources, c.inbox.streams = map[sourceID]*source{}, map[uint64]*stream{}
	c.inbox.senders = map[wire.Key]*sender{}
	c.inbox.lines, c.inbox.posts = from.Lines, map[postID][]*store.Part{}
	c.loadBook(from.Contacts)
	c.loadAuthors(from)
	c.loadClear(from)
	c.loadOutbox(from)
	if err := c.loadPrekeys(now, from.Prekeys); err != nil {
		return nil, fmt.Errorf("read prekey: %w", err)
	}
	if err := c.loadInbox(from); err != nil {
		return nil, err
	}
	c.loadUnshown(now, from.Unshown)
	return c, nil
}

// runEpoch draws the epoch of this run: higher than that of any run before, by so much that no run of another copy of this profile has
// the same (protocol.md §5.1). Epochs of version 1 had no order.
func (c *Core) runEpoch(lanes []store.Lane) uint64 {
	last := uint64(0)
	for _, l := range lanes {
		if l.Epoch < 1<<63 {
			last = max(last, l.Epoch)
		}
	}
	return c.later(last)
}

// later draws an epoch above another.
func (c *Core) later(epoch uint64) uint64 { return epoch + minLeap + c.rand.Uint64N(minLeap) }

// loadOutbox puts what is unsettled back into its lanes. What became of it is unknown, so all of it goes out again.
func (c *Core) loadOutbox(from store.Loaded) {
	switch c.cfg.Broken {
	case ReusedSeqs:
		c.run, from.Lanes = c.epoch, nil
	case KeptEpoch:
		c.run = c.epoch
	}
	for _, l := range from.Lanes { // by first use
		id := laneID{wire.Key(l.To), l.Epoch, l.ToEpoch}
		*c.outbox.counter(id) = l.Last
		if slices.ContainsFunc(from.Outbox, func(o store.Outgoing) bool { return id.names(o) }) {
			c.left(id)
		}
	}
	var x *text
	for _, o := range from.Outbox {
		to := wire.Key(o.To)
		l := c.left(laneID{to, o.Text.Epoch, o.Text.ToEpoch})
		if x == nil || o.Text.Part == 0 || x.to != to {
			x = &text{to: to, line: o.Line}
		}
		*l.last = max(*l.last, o.Text.Seq)
		l.add(x, wire.Text(o.Text))
		l.move(x.parts[len(x.parts)-1], queued)
	}
	for _, l := range slices.Clone(c.outbox.order) {
		if l.to == wire.Channel {
			c.recut(l)
		} else {
			c.renumber(l.way, l.present()) // the program was killed between the lanes
		}
	}
}

func (id laneID) names(o store.Outgoing) bool {
	return id == laneID{wire.Key(o.To), o.Text.Epoch, o.Text.ToEpoch}
}

// left finds the lane of an earlier run, which holds something still.
func (c *Core) left(id laneID) *lane {
	w := c.outbox.ways[id.to]
	if w == nil {
		w = &way{}
		c.outbox.ways[id.to] = w
	}
	if l := w.lane(id.epoch); l != nil {
		return l
	}
	return c.outbox.open(w, id)
}

// recut gives posts that version 1 cut into parts too long to be signed new parts, behind all others, and closes the old ones as
// void, in one change.
func (c *Core) recut(l *lane) {
	var old []*text
	for _, p := range l.parts {
		if p.long() && (len(old) == 0 || old[len(old)-1] != p.text) {
			old = append(old, p.text)
		}
	}
	if len(old) == 0 {
		return
	}
	for _, x := range old {
		var whole []byte
		for _, p := range x.parts {
			whole = append(whole, p.t.Body...)
		}
		again := &text{to: l.to, line: x.line}
		c.cut(l, again, string(whole), x.parts[0].t.Time)
		c.blank(l, x)
	}
	for _, p := range l.parts {
		l.move(p, saving)
	}
	c.commitParts(c.rewrite(l), slices.Clone(l.parts))
}

// loadClear takes which stores may hold what nobody signed.
func (c *Core) loadClear(from store.Loaded) {
	c.inbox.clear = map[uint64]uint64{}
	for _, b := range from.Clear {
		c.inbox.clear[b.Store] = b.Through
	}
}

func (c *Core) loadInbox(from store.Loaded) error {
	if c.cfg.Broken == ForgottenMarks {
		from.Inbox, from.Streams = nil, nil
	}
	slices.SortFunc(from.Inbox, func(a, b store.Source) int { return cmp.Compare(a.Age, b.Age) })
	for _, in := range from.Inbox {
		if in.Marks.ToEpoch != c.epoch {
			continue // of a state that is gone
		}
		w, err := window(in.Marks)
		if err != nil {
			return fmt.Errorf("read marks of %v: %w", wire.Key(in.From), err)
		}
		s := c.source(wire.Key(in.From), in.Marks.Epoch)
		s.age, s.fresh = in.Age, false
		s.had, _ = window(in.Marks)
		s.taken = w
		c.inbox.age = max(c.inbox.age, in.Age)
	}
	for _, in := range from.Streams {
		s := c.inbox.stream(in.Store)
		var err error
		if s.had, err = window(in.Marks); err != nil {
			return fmt.Errorf("read stream %x: %w", in.Store, err)
		}
		s.taken, _ = window(in.Marks)
		s.gate.passed = highest(&s.had)
		c.inbox.lastStore = in.Store
	}
	for _, p := range from.Parts {
		c.loadPart(p)
	}
	return nil
}

func (c *Core) loadPart(p store.Part) {
	from, first := wire.Key(p.From), p.Text.First()
	if !p.Post {
		s := c.source(from, p.Text.Epoch)
		s.parts[first] = append(s.parts[first], &p)
		return
	}
	c.inbox.posts[c.postOf(&p)] = append(c.inbox.posts[c.postOf(&p)], &p)
}

// highest is the highest number in a window.
func highest(w *wire.Window) uint64 {
	if r := w.Ranges(); len(r) > 0 {
		return r[len(r)-1].Hi
	}
	return w.Through()
}

// loadUnshown sends what was not noted as shown on its way to the screen again. What may have been there is marked.
func (c *Core) loadUnshown(now time.Time, lines []store.Line) {
	c.unseen(len(lines))
	var posts []store.Line
	for _, line := range lines {
		if line.Post {
			posts = append(posts, line)
			continue
		}
		s := c.source(keyOf(line), line.Epoch)
		s.lines++
		c.line(now, s, held{after: line.First - 1, at: line.Last}, arrival{line: line, again: !c.cfg.Unprinted(line.Order)})
	}
	for _, s := range c.inbox.order {
		if s.gate.passed = s.shown(); s.gate.passed > 0 {
			w := c.inbox.sender(s.from)
			w.shown = max(w.shown, s.epoch)
		}
	}
	for _, s := range c.inbox.order {
		c.release(now, s)
	}
	inOrder(posts)
	for _, line := range posts { // no line knows its place in the server's log
		c.show(now, arrival{line: line, again: !c.cfg.Unprinted(line.Order)})
	}
}

// shown is the highest seq that was on the screen for certain: had, not in a text that is not whole, and not waiting.
func (s *source) shown() uint64 {
	top := highest(&s.had)
	for i := len(s.gate.held) - 1; top > 0; top-- {
		for i >= 0 && s.gate.held[i].after >= top {
			i--
		}
		waits := i >= 0 && top <= s.gate.held[i].at
		if s.had.Has(top) && !waits && !s.partial(top) {
			break
		}
	}
	return top
}

// partial tells whether a seq is of a text that is not whole.
func (s *source) partial(seq uint64) bool {
	for _, parts := range s.parts {
		for _, p := range parts {
			if p.Text.Seq == seq {
				return true
			}
		}
	}
	return false
}

// inOrder puts the posts of each author in the order in which they were written, into the places that these have.
func inOrder(posts []store.Line) {
	of := map[sourceID][]store.Line{}
	id := func(l store.Line) sourceID { return sourceID{keyOf(l), l.Epoch} }
	for _, l := range posts {
		of[id(l)] = append(of[id(l)], l)
	}
	for _, own := range of {
		slices.SortStableFunc(own, func(a, b store.Line) int { return cmp.Compare(a.First, b.First) })
	}
	for i, l := range posts {
		own := of[id(l)]
		posts[i], of[id(l)] = own[0], own[1:]
	}
}

func keyOf(line store.Line) wire.Key { return wire.Key(line.Peer) }

func window(m store.Marks) (wire.Window, error) {
	ranges := make([]wire.Range, len(m.Ranges))
	for i, r := range m.Ranges {
		ranges[i] = wire.Range(r)
	}
	return wire.LoadWindow(m.Through, ranges)
}
