package peer

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// reply acknowledges a text or a part of one, once that is on disk.
type reply struct {
	source *source
	seq    uint64
	try    uint8
	path   link.Path // that it came on, if its sender brought it
	at     *span     // its place among what the server kept, if it did
}

func (r *reply) say(c *Core) {
	if r.at == nil {
		c.answer(r.path, r.source.from, r.source, r.seq, r.try)
		return
	}
	c.toServer(&wire.Taken{From: r.source.from, Marks: r.source.marks(r.seq), Order: r.at.order, Try: r.try})
}

// incoming is a text or a part of one that is being committed, with what that takes in one piece. It is used again.
type incoming struct {
	reply
	from, toEpoch uint64
	change        store.Receive
	keeps         store.Source
	line          store.Line // room for change.Line: most texts have one part
}

// receive takes a text or a part of one, whichever way it came. r is said when it is on disk.
func (c *Core) receive(now time.Time, t wire.Text, r reply) {
	s, at, from := r.source, r.at, t.From()
	switch {
	case s.had.HasRange(from, t.Seq):
		r.say(c)
		c.pass(now, at)
		return
	case s.taken.HasRange(from, t.Seq):
		if len(s.waiting[t.Seq]) < maxAnswers || at != nil && len(s.waiting[t.Seq]) < 2*maxAnswers {
			s.waiting[t.Seq] = append(s.waiting[t.Seq], r)
		}
		return
	case !s.taken.FitsRange(from, t.Seq):
		c.ahead(now, r)
		return
	}
	c.mark(&s.taken, from, t.Seq)
	in := spare(&c.incomings)
	in.reply, in.from, in.toEpoch = r, from, t.ToEpoch
	in.store(c, now, t)
	if at != nil {
		at.taken.MarkSpan(at.prev, at.order)
		in.change.Stream = at.record(c.store)
		defer c.catchUp(now, at.stream)
	}
	if c.cfg.Broken == EarlyAck {
		s.had.Mark(t.Seq)
		r.say(c)
	}
	c.commitFor(&in.change, in)
}

// durable acknowledges what came, and shows it.
func (in *incoming) durable(c *Core, now time.Time) {
	s := in.source
	if s.toEpoch == in.toEpoch { // else one's own state became another one meanwhile
		c.mark(&s.had, in.from, in.seq)
	}
	in.say(c)
	if in.change.Line != nil {
		c.enter(now, s, in.change.Line, in.at)
	}
	c.pass(now, in.at)
	c.release(now, s)
	if len(s.waiting) > 0 {
		for _, also := range s.waiting[in.seq] { // behind the line: they let go what waits for it
			also.say(c)
			c.pass(now, also.at)
		}
		delete(s.waiting, in.seq)
	}
	*in = incoming{}
	keep(&c.incomings, in)
}

// store makes the change that keeps a text or part: with the last part, the whole line.
func (in *incoming) store(c *Core, now time.Time, t wire.Text) {
	in.keepText(c, now, t)
	if len(in.source.parts) > 0 {
		in.change.Torn = in.source.torn()
	}
}

// torn forgets the parts of texts that can't become whole, and gives their seqs: all seqs of the text are taken, and some of them as something else. Its
// sender closed them as void (protocol.md §5.6), or lies.
func (s *source) torn() (gone []uint64) {
	for first, parts := range s.parts {
		if s.taken.HasRange(first, parts[0].Text.Last()) {
			gone = appendSeqs(gone, parts)
			delete(s.parts, first)
		}
	}
	slices.Sort(gone)
	return gone
}

func appendSeqs(seqs []uint64, of []*store.Part) []uint64 {
	for _, p := range of {
		seqs = append(seqs, p.Text.Seq)
	}
	return seqs
}

func (in *incoming) keepText(c *Core, now time.Time, t wire.Text) {
	s, mail := in.source, in.at != nil
	in.keeps = s.record()
	in.change = store.Receive{Drop: c.makeRoom(s), Source: &in.keeps}
	if t.Flags&wire.FlagVoid != 0 {
		return
	}
	if t.Parts == 1 && len(s.parts[t.Seq]) == 0 {
		in.line = c.newLine(now, store.Key(s.from), store.Text(t), mail, string(t.Body))
		in.change.Line = &in.line
		return
	}
	p := &store.Part{From: store.Key(s.from), Text: store.Text(t), Mail: mail}
	p.Text.Body = slices.Clone(t.Body)
	first := p.Text.First()
	s.parts[first] = append(s.parts[first], p)
	if in.change.Line = c.whole(now, s.parts[first]); in.change.Line == nil {
		in.change.Part = p
		return
	}
	delete(s.parts, first)
}
