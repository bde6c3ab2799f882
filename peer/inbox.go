package peer

import (
	"slices"
	"strings"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// inbox is what this client received: which seqs of whom, the parts of texts that are not whole, and what is not yet shown.
type inbox struct {
	sources   map[sourceID]*source
	order     []*source // by first sight
	senders   map[wire.Key]*sender
	age       uint64
	streams   map[uint64]*stream // by the server's store
	lastStore uint64
	lines     uint64 // history orders given out
	unshown   int    // texts that came and are not shown
	full      bool   // there were MaxUnshown of them, and that was told
	authors   map[wire.Key]*author
	posts     map[postID][]*store.Part // of posts that are not whole
	owing     owing
	told      int               // how often the user was told that posts went
	goneDue   time.Time         // when it is answered that posts went; zero when it was, or there was nothing to answer
	clear     map[uint64]uint64 // by store: through which receipt order what is neither sealed nor signed is taken
	holding   []*gate           // that something may wait at
	screen    screen
}

// postID names a post by its author and its first part.
type postID struct {
	seal.Lane
	first uint64
}

type sourceID struct {
	from  wire.Key
	epoch uint64
}

// source is one sender in one of its epochs. What is marked in had is on disk; taken holds that and what is being committed.
type source struct {
	sourceID
	sender     *sender
	age        uint64
	fresh      bool // nothing of it was stored yet
	toEpoch    uint64
	had, taken wire.Window
	waiting    map[uint64][]reply // owed once the seq's commit is done
	parts      map[uint64][]*store.Part
	gate       gate
	lines      int // on their way to the screen
}

// stream is how far one has what a server's store had for one (protocol.md §10), in receipt orders.
type stream struct {
	id         uint64 // the store's
	had, taken wire.Window
	waiting    map[uint64][]func(now time.Time)
	early      []*pushed // that came before what stands before them, by order
	gone       uint64    // posts through here went from the server's log, as this run was told
	gate       gate
	gap        gap
}

func (b *inbox) stream(id uint64) *stream {
	s := b.streams[id]
	if s == nil {
		s = &stream{id: id, waiting: map[uint64][]func(time.Time){}}
		if id != 0 {
			b.streams[id] = s
		}
	}
	return s
}

// listening tells whether texts are taken at all: a client that left neither acknowledges nor shows (protocol.md §8), and a sender
// leaves what waits for it.
func (c *Core) listening() bool {
	return c.cfg.Mode != wire.Sender && (c.phase == ready || c.phase == loading) && c.inbox.unshown < MaxUnshown
}

// mail takes a text that the server kept.
func (c *Core) mail(now time.Time, m *wire.Push) {
	if !c.listening() || !c.gave(m.Order) {
		return
	}
	st := c.inbox.stream(c.store)
	if !st.taken.Has(m.Order) && !st.taken.FitsSpan(m.Prev, m.Order) {
		return // no room: it comes again
	}
	c.counts(now, m.Order)
	c.follows(now, st, m.Prev)
	at := &span{stream: st, prev: m.Prev, order: m.Order}
	seq, order, try, from := m.Text.Seq, m.Order, m.Try, m.From
	if m.Text.ToEpoch != c.epoch {
		c.toServer(&wire.Taken{From: from, Marks: c.present(from, m.Text), Order: order, Try: try})
		c.pass(now, at)
		return
	}
	t := m.Text
	known := c.inbox.sources[sourceID{from, t.Epoch}]
	if known == nil || known.toEpoch != c.epoch || !known.taken.Has(seq) {
		var err error
		if t, at.clear, err = c.uncover(m); err != nil {
			c.refuse(now, m, at, err)
			return
		}
	}
	if known == nil && st.had.Has(order) { // it was taken, and its epoch is forgotten since (protocol.md §6.4)
		had := wire.Marks{Epoch: t.Epoch, ToEpoch: c.epoch, Ranges: []wire.Range{{Lo: seq, Hi: seq}}}
		if seq == 1 {
			had.Through, had.Ranges = 1, nil
		}
		c.toServer(&wire.Taken{From: from, Marks: had, Order: order, Try: try})
		c.pass(now, at)
		return
	}
	c.receive(now, t, reply{source: c.source(from, t.Epoch), seq: seq, try: try, at: at})
}

// present answers a text that was meant for a state of this client's that is gone: it names the present epoch (protocol.md §5),
// and nothing is remembered of it.
func (c *Core) present(from wire.Key, t wire.Text) wire.Marks {
	if s := c.inbox.sources[sourceID{from, t.Epoch}]; s != nil && s.toEpoch == c.epoch {
		return s.marks(t.Seq)
	}
	return wire.Marks{Epoch: t.Epoch, ToEpoch: c.epoch}
}

// span is a piece of mail's or a post's place in the server's stream.
type span struct {
	*stream
	prev, order uint64
	clear       bool // what came there was in the clear
}

// source finds a sender's epoch, or notes it as seen for the first time.
func (c *Core) source(from wire.Key, epoch uint64) *source {
	id := sourceID{from, epoch}
	s := c.inbox.sources[id]
	if s == nil {
		c.inbox.age++
		s = &source{sourceID: id, age: c.inbox.age, fresh: true, toEpoch: c.epoch, waiting: map[uint64][]reply{}, parts: map[uint64][]*store.Part{}}
		c.inbox.sources[id] = s
		c.inbox.order = append(c.inbox.order, s)
		c.inbox.sender(from).add(s)
	}
	if s.toEpoch != c.epoch { // one's own state is another one now: the sender counts anew
		s.toEpoch, s.had, s.taken = c.epoch, wire.Window{}, wire.Window{}
		clear(s.parts)
	}
	return s
}

// marks is what an acknowledgement says: what is on disk, and only that, of the epoch that it was received for.
func (s *source) marks(near uint64) wire.Marks {
	return wire.Marks{Epoch: s.epoch, ToEpoch: s.toEpoch, Through: s.had.Through(), Ranges: s.had.Marks(wire.MaxRanges, near)}
}

// pass notes that a place in the stream is on disk, and lets go what waited behind it.
func (c *Core) pass(now time.Time, at *span) {
	if at == nil {
		return
	}
	at.taken.MarkSpan(at.prev, at.order)
	at.had.MarkSpan(at.prev, at.order)
	at.gate.release(now, at.had.Through())
	c.catchUp(now, at.stream)
}

// whole makes a line of the parts when none is missing.
func (c *Core) whole(now time.Time, parts []*store.Part) *store.Line {
	first := parts[0].Text
	if len(parts) < int(first.Parts) {
		return nil
	}
	slices.SortFunc(parts, func(a, b *store.Part) int { return int(a.Text.Part) - int(b.Text.Part) })
	var text strings.Builder
	text.Grow(int(first.Size))
	mail := false
	for _, p := range parts {
		text.Write(p.Text.Body)
		mail = mail || p.Mail
	}
	line := c.newLine(now, parts[0].From, first, mail, text.String())
	return &line
}

// newLine is what is shown of a text, whose first part is given.
func (c *Core) newLine(now time.Time, from store.Key, first store.Text, mail bool, text string) store.Line {
	c.inbox.lines++
	c.unseen(1)
	return store.Line{Order: c.inbox.lines, Peer: from, Epoch: first.Epoch, First: first.First(), Last: first.Last(),
		Time: first.Time, Arrived: c.cfg.Wall(now).UnixMicro(), Mail: mail, Text: text}
}

// makeRoom forgets the epoch of a sender that was seen first, when a new one makes too many (protocol.md §6).
func (c *Core) makeRoom(s *source) *store.Source {
	if !s.fresh {
		return nil
	}
	s.fresh = false
	w := s.sender
	oldest := w.oldest()
	if len(w.sources) <= maxEpochs || oldest == s || oldest.lines > 0 {
		return nil
	}
	c.forget(oldest)
	return &store.Source{From: store.Key(oldest.from), Age: oldest.age, Marks: store.Marks{Epoch: oldest.epoch, ToEpoch: oldest.toEpoch}}
}

// kept tells whether something of a source was taken: else it is not remembered.
func (s *source) kept() bool { return !s.fresh }

// forget takes a source out of those that are known.
func (c *Core) forget(s *source) {
	gone := func(o *source) bool { return o == s }
	delete(c.inbox.sources, s.sourceID)
	c.inbox.order = slices.DeleteFunc(c.inbox.order, gone)
	if s.sender.sources = slices.DeleteFunc(s.sender.sources, gone); len(s.sender.sources) == 0 {
		delete(c.inbox.senders, s.from)
	}
}

func (s *stream) record(id uint64) *store.Stream {
	return &store.Stream{Store: id, Marks: store.Marks{Through: s.taken.Through(), Ranges: ranges(s.taken.Ranges())}}
}

func ranges(from []wire.Range) []store.Range {
	to := make([]store.Range, len(from))
	for i, r := range from {
		to[i] = store.Range(r)
	}
	return to
}
