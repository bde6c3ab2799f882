package peer

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// NewCore makes the core of the client with these keys over what its profile holds. Nothing is sent before Register.
func NewCore(now time.Time, cfg Config, keys Keys, from store.Loaded) (*Core, error) {
	cfg.defaults()
	c := &Core{cfg: cfg, rand: rand.New(rand.NewPCG(cfg.Seed, 1)), keys: keys, me: keys.Public(), epoch: from.Epoch, limit: wire.MaxText}
	c.requests.Rand, c.outbox.direct.Rand, c.outbox.deposits.Rand, c.book.lookups.Rand = c.rand, c.rand, c.rand, c.rand
	c.roster = roster{contacts: map[wire.Key]*contact{}, byName: map[string]*contact{}, changed: map[wire.Key]bool{}}
	c.outbox.lanes, c.outbox.last = map[wire.Key]*lane{}, map[laneID]uint64{}
	c.inbox.sources, c.inbox.streams = map[sourceID]*source{}, map[uint64]*stream{}
	c.inbox.lines = from.Lines
	c.loadBook(from.Contacts)
	c.loadChains(from)
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

// loadOutbox puts what is unsettled back into its lanes. What became of it is unknown, so all of it goes out again.
func (c *Core) loadOutbox(from store.Loaded) {
	if c.cfg.Broken == ReusedSeqs {
		from.Lanes = nil
	}
	for _, l := range from.Lanes {
		c.outbox.last[laneID{wire.Key(l.To), l.Epoch, l.ToEpoch}] = l.Last
	}
	var x *text
	for _, o := range from.Outbox {
		to := wire.Key(o.To)
		l := c.outbox.lanes[to]
		if l == nil {
			l = &lane{laneID: laneID{to, o.Text.Epoch, o.Text.ToEpoch}}
			c.outbox.lanes[to] = l
			c.outbox.order = append(c.outbox.order, l)
		}
		if x == nil || o.Text.Part == 0 || x.to != to {
			x = &text{to: to, line: o.Line}
		}
		l.add(x, wire.Text(o.Text))
		l.move(x.parts[len(x.parts)-1], queued)
	}
	for _, l := range c.outbox.order {
		if l.epoch != c.epoch { // the new epoch was noted, and the program killed before this lane was
			c.renumber(l, l.toEpoch)
		}
		if l.to == wire.Channel {
			c.recut(l)
		}
	}
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
	c.commitParts(c.rewrite(l, l.laneID), l, slices.Clone(l.parts))
}

// loadChains takes how far the posts of each author have come, and which stores may hold what nobody signed.
func (c *Core) loadChains(from store.Loaded) {
	c.inbox.chains, c.inbox.clear = map[seal.Lane]seal.Chain{}, map[uint64]uint64{}
	for _, end := range from.Chains {
		id := seal.Lane{Channel: c.cfg.ServerKey, Author: end.Author, Epoch: end.Epoch, ToEpoch: end.ToEpoch}
		c.inbox.chains[id] = seal.Chain{Seq: end.Seq, Hash: end.Hash}
	}
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
	id, st := sourceID{from, p.Text.Epoch}, c.inbox.stream(p.Text.ToEpoch)
	if st.parts[id] == nil {
		st.parts[id] = map[uint64][]*store.Part{}
	}
	st.parts[id][first] = append(st.parts[id][first], &p)
}

// highest is the highest number in a window.
func highest(w *wire.Window) uint64 {
	if r := w.Ranges(); len(r) > 0 {
		return r[len(r)-1].Hi
	}
	return w.Through()
}

// loadUnshown sends what was not noted as shown on its way to the screen again. It may have been there: it is marked.
func (c *Core) loadUnshown(now time.Time, lines []store.Line) {
	c.inbox.unshown = len(lines)
	var posts []store.Line
	for _, line := range lines {
		if line.Post {
			posts = append(posts, line)
			continue
		}
		s := c.source(keyOf(line), line.Epoch)
		c.hold(now, &s.gate, held{after: line.First - 1, at: line.Last, pass: func(now time.Time, late bool) {
			c.show(now, arrival{line: line, late: late, again: true})
		}})
	}
	for _, s := range c.inbox.order {
		s.gate.passed = s.shown()
		s.gate.release(now, s.had.Through())
	}
	inOrder(posts)
	for _, line := range posts { // no line knows its place in the server's log
		c.show(now, arrival{line: line, again: true})
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
