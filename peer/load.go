package peer

import (
	"fmt"
	"math/rand/v2"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// NewCore makes the core of the client me over what its profile holds. Nothing is sent before Register.
func NewCore(now time.Time, cfg Config, me wire.Key, from store.Loaded) (*Core, error) {
	cfg.defaults()
	c := &Core{cfg: cfg, rand: rand.New(rand.NewPCG(cfg.Seed, 1)), me: me, epoch: from.Epoch, limit: wire.MaxText}
	c.requests.Rand, c.outbox.direct.Rand, c.outbox.deposits.Rand = c.rand, c.rand, c.rand
	c.roster = roster{contacts: map[wire.Key]*contact{}, byName: map[string]*contact{}, changed: map[wire.Key]bool{}}
	c.outbox.lanes, c.outbox.last = map[wire.Key]*lane{}, map[laneID]uint64{}
	c.inbox.sources, c.inbox.streams = map[sourceID]*source{}, map[uint64]*stream{}
	c.inbox.lines = from.Lines
	c.loadOutbox(now, from)
	if err := c.loadInbox(from); err != nil {
		return nil, err
	}
	c.loadUnshown(now, from.Unshown)
	return c, nil
}

// loadOutbox puts what is unsettled back into its lanes. What became of it is unknown, so all of it goes out again.
func (c *Core) loadOutbox(now time.Time, from store.Loaded) {
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
			x = &text{to: to}
		}
		l.add(x, wire.Text(o.Text))
		x.parts[len(x.parts)-1].state = queued
	}
	for _, l := range c.outbox.order {
		if l.epoch != c.epoch { // the new epoch was noted, and the program killed before this lane was
			c.renumber(now, l, l.toEpoch)
		}
	}
}

func (c *Core) loadInbox(from store.Loaded) error {
	for _, in := range from.Inbox {
		w, err := window(in.Marks)
		if err != nil {
			return fmt.Errorf("read marks of %v: %w", wire.Key(in.From), err)
		}
		s := c.source(wire.Key(in.From), in.Marks.Epoch)
		s.age, s.fresh, s.toEpoch = in.Age, false, in.Marks.ToEpoch
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
	id := sourceID{from, p.Text.Epoch}
	for _, st := range c.inbox.streams {
		if st.parts[id] == nil {
			st.parts[id] = map[uint64][]*store.Part{}
		}
		st.parts[id][first] = append(st.parts[id][first], &p)
	}
}

// loadUnshown sends what was not noted as shown on its way to the screen again. It may have been there: it is marked.
func (c *Core) loadUnshown(now time.Time, lines []store.Line) {
	c.inbox.unshown = len(lines)
	for _, line := range lines {
		if line.Post {
			c.show(now, arrival{line: line, again: true})
			continue
		}
		s := c.source(keyOf(line), line.Epoch)
		c.hold(now, &s.gate, held{after: line.First - 1, at: line.Last, pass: func(now time.Time, late bool) {
			c.show(now, arrival{line: line, late: late, again: true})
		}})
		s.gate.release(now, s.had.Through())
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
