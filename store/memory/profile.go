package memory

import (
	"cmp"
	"maps"
	"slices"

	"udpchat/store"
)

// Profile is a client's store.
type Profile struct {
	answers // with the lock of what follows
	closed  bool
	seed    [32]byte
	epoch   uint64
	outbox  outbox
	lanes   []store.Lane            // by last use
	sources map[textID]store.Source // textID.seq is 0
	parts   map[textID]store.Part
	streams map[uint64]store.Marks
	history lines
	keys    known

	room    room
	waiting []waiter // for room, in order
	crowded store.Crowded
	told    bool // crowded knows that some wait
}

var _ store.Profile = (*Profile)(nil)

// NewProfile makes a profile with nothing in it.
func NewProfile(seed [32]byte, epoch uint64) *Profile {
	return &Profile{
		seed: seed, epoch: epoch,
		outbox:  outbox{},
		sources: map[textID]store.Source{},
		parts:   map[textID]store.Part{},
		streams: map[uint64]store.Marks{},
		keys:    newKnown(),
	}
}

// Submit does the change and answers at once.
func (p *Profile) Submit(c store.ProfileChange, done func(error)) {
	p.mu.Lock()
	if p.closed {
		p.add(done, store.ErrClosed)
	} else {
		p.submit(waiter{c, done})
		p.again()
	}
	p.run()
	p.mu.Unlock()
}

// Apply does the change, whatever room there is.
func (p *Profile) Apply(c store.ProfileChange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.change(c)
}

// Close waits for the answers.
func (p *Profile) Close() error {
	p.mu.Lock()
	p.closed = true
	for _, w := range p.waiting {
		p.add(w.done, store.ErrFull)
	}
	p.waiting = nil
	p.run()
	p.mu.Unlock()
	p.wait()
	return nil
}

// Load tells the state.
func (p *Profile) Load() (store.Loaded, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return store.Loaded{}, store.ErrClosed
	}
	l := store.Loaded{Seed: p.seed, Epoch: p.epoch, Lanes: slices.Clone(p.lanes)}
	l.Outbox = p.outbox.load()
	for _, id := range slices.SortedFunc(maps.Keys(p.sources), compareTexts) {
		src := p.sources[id]
		src.Marks = cloneMarks(src.Marks)
		l.Inbox = append(l.Inbox, src)
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.parts), compareTexts) {
		part := p.parts[id]
		part.Text = cloneText(part.Text)
		l.Parts = append(l.Parts, part)
	}
	for _, id := range slices.Sorted(maps.Keys(p.streams)) {
		l.Streams = append(l.Streams, store.Stream{Store: id, Marks: cloneMarks(p.streams[id])})
	}
	for line := range p.history.after(0) {
		if l.Lines = line.Order; line.unshown {
			l.Unshown = append(l.Unshown, line.Line)
		}
	}
	p.keys.load(&l)
	return l, nil
}

// Outgoing is how many texts, or parts of them, are in the outbox.
func (p *Profile) Outgoing() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, l := range p.outbox {
		n += len(l.list)
	}
	return n
}

// History lists lines.
func (p *Profile) History(after uint64, limit int) ([]store.Line, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, store.ErrClosed
	}
	var lines []store.Line
	for l := range p.history.after(after) {
		if len(lines) == limit {
			break
		}
		lines = append(lines, l.Line)
	}
	return lines, nil
}

func (p *Profile) change(c store.ProfileChange) {
	switch c := c.(type) {
	case *store.Accept:
		p.send(c.Items, c.Lane)
		p.history.keep(c.Line)
	case store.Settle:
		p.outbox.settle(laneID(c.To, c.Epoch, c.ToEpoch), c.Seqs, func(o store.Outgoing) { p.room.give(textRoom(o.Text)) })
		p.keys.chain(c.Chain, c.Forget)
		p.history.end(c.Ends)
	case store.Renumber:
		for _, l := range c.Old {
			delete(p.outbox, laneID(l.To, l.Epoch, l.ToEpoch))
		}
		p.send(c.Items, c.New)
		p.history.end(c.Ends)
	case *store.Receive:
		p.receive(c)
	case store.Shown:
		p.history.shown(c.Lines)
	default:
		p.keys.change(c)
	}
}

// send puts texts into the outbox, and notes how far their lane has counted. A new lane is the last in the list, and those to the same
// recipient of which nothing is left go.
func (p *Profile) send(items []store.Outgoing, l store.Lane) {
	for _, o := range items {
		p.outbox.put(o)
	}
	if i := slices.IndexFunc(p.lanes, func(a store.Lane) bool { return a.To == l.To && a.Epoch == l.Epoch && a.ToEpoch == l.ToEpoch }); i >= 0 {
		p.lanes[i] = l
		return
	}
	p.lanes = slices.DeleteFunc(p.lanes, func(a store.Lane) bool {
		id := laneID(a.To, a.Epoch, a.ToEpoch)
		gone := a.To == l.To && p.outbox.empty(id)
		if gone {
			delete(p.outbox, id)
		}
		return gone
	})
	p.lanes = append(p.lanes, l)
}

func (p *Profile) receive(c *store.Receive) {
	if d := c.Drop; d != nil {
		delete(p.sources, sourceID(*d))
		p.dropParts(d.From, d.Marks.Epoch, func(id textID) bool { return id.toEpoch == d.Marks.ToEpoch })
	}
	if g := c.Forget; g != nil {
		p.dropParts(g.Author, g.Epoch, func(id textID) bool { return id.toEpoch == g.ToEpoch })
	}
	if c.Source != nil {
		src := *c.Source
		src.Marks = cloneMarks(src.Marks)
		p.sources[sourceID(src)] = src
	}
	if c.Part != nil {
		part := *c.Part
		part.Text = cloneText(part.Text)
		p.parts[idOf(part.From, part.Text)] = part
	}
	for _, seq := range c.Torn {
		from, epoch, toEpoch := c.TornOf()
		delete(p.parts, textID{from, epochs{epoch, toEpoch}, seq})
	}
	if l := c.Line; l != nil {
		p.dropParts(l.Peer, l.Epoch, func(id textID) bool {
			return l.First <= id.seq && id.seq <= l.Last && meant(c, id.toEpoch)
		})
		p.history.keep(*l)
	}
	if c.Stream != nil {
		p.streams[c.Stream.Store] = cloneMarks(c.Stream.Marks)
	}
	p.keys.chain(c.Chain, c.Forget)
}

// meant tells whether parts that name this epoch are of what is received: a source's name this client's epoch, a post's what its chain
// does, and those of one that nobody signed the server's store.
func meant(c *store.Receive, toEpoch uint64) bool {
	switch {
	case c.Source != nil:
		return toEpoch == c.Source.Marks.ToEpoch
	case c.Chain != nil:
		return toEpoch == c.Chain.ToEpoch
	case c.Stream != nil:
		return toEpoch == c.Stream.Store
	}
	return true
}

func (p *Profile) dropParts(from store.Key, epoch uint64, match func(id textID) bool) {
	maps.DeleteFunc(p.parts, func(id textID, _ store.Part) bool {
		return id.from == from && id.epoch == epoch && match(id)
	})
}

func sourceID(s store.Source) textID {
	return textID{s.From, epochs{s.Marks.Epoch, s.Marks.ToEpoch}, 0}
}

func compareTexts(a, b textID) int {
	return cmp.Or(compareKeys(a.from, b.from), cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.toEpoch, b.toEpoch), cmp.Compare(a.seq, b.seq))
}

func cloneMarks(m store.Marks) store.Marks {
	m.Ranges = slices.Clone(m.Ranges)
	return m
}
