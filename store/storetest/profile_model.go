package storetest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"udpchat/store"
)

// profileModel does random changes, in groups, on a profile and on a model that is one plain Loaded and a list of lines.
func profileModel(t *testing.T, open func(t *testing.T) store.Profile) {
	for i, seed := range seeds(3) {
		t.Run(fmt.Sprint("run ", i), func(t *testing.T) {
			g := &generator{Rand: source(t, seed)}
			p := open(t)
			remember(t, p, store.Clear{Store: 0, Through: 5}, store.Clear{Store: 1, Through: math.MaxUint64})
			m := &plain{Loaded: load(t, p)}
			for round := range 60 {
				var changes []store.ProfileChange
				for range 1 + g.IntN(12) {
					c := g.profileChange(m)
					changes = append(changes, c)
					m.change(c)
				}
				Change(t, p, changes...)
				if round%20 == 19 {
					p = reopen(p)
				}
				if round%5 != 4 {
					continue
				}
				if got, want := sorted(load(t, p)), sorted(m.Loaded); got != want {
					t.Fatalf("round %d: loaded\n%s, want\n%s", round, got, want)
				}
				if got := history(t, p, 0, 10_000); !slices.Equal(got, m.lines) {
					t.Fatalf("round %d: %d lines, want %d", round, len(got), len(m.lines))
				}
				q := store.Query{With: &bob, After: g.Uint64N(m.Lines + 1), Before: g.Uint64N(m.Lines + 2), Oldest: g.IntN(2) == 0, Limit: 10_000}
				if got, want := passage(t, p, q), slices.DeleteFunc(slices.Clone(m.lines), func(l store.Line) bool { return !q.Asks(l) }); !slices.Equal(got, want) {
					t.Fatalf("round %d: %d lines of %+v, want %d", round, len(got), q, len(want))
				}
			}
		})
	}
}

// plain is the model.
type plain struct {
	store.Loaded
	lines []store.Line
}

func (m *plain) change(c store.ProfileChange) {
	switch c := c.(type) {
	case *store.Accept:
		m.send(c.Items, c.Lane)
		m.keep(c.Line)
	case store.Settle:
		m.Outbox = slices.DeleteFunc(m.Outbox, func(o store.Outgoing) bool {
			return laneOf(o.To, ann, o.Text) == lane{c.To, ann, c.Epoch, c.ToEpoch} && slices.Contains(c.Seqs, o.Text.Seq)
		})
		m.extend(c.Chain, c.Forget)
		m.end(c.Ends)
	case store.Renumber:
		m.Outbox = slices.DeleteFunc(m.Outbox, func(o store.Outgoing) bool {
			return slices.ContainsFunc(c.Old, func(l store.Lane) bool { return sent(o, l) })
		})
		m.send(c.Items, c.New)
		m.end(c.Ends)
	case *store.Receive:
		m.receive(c)
	case store.Shown:
		m.Unshown = slices.DeleteFunc(m.Unshown, func(l store.Line) bool { return slices.Contains(c.Lines, l.Order) })
	default:
		m.learn(c)
	}
}

func (m *plain) send(items []store.Outgoing, l store.Lane) {
	m.Outbox = append(m.Outbox, items...)
	if i := slices.IndexFunc(m.Lanes, func(a store.Lane) bool { return a.To == l.To && a.Epoch == l.Epoch && a.ToEpoch == l.ToEpoch }); i >= 0 {
		m.Lanes[i] = l
		return
	}
	m.Lanes = slices.DeleteFunc(m.Lanes, func(a store.Lane) bool {
		return a.To == l.To && !slices.ContainsFunc(m.Outbox, func(o store.Outgoing) bool { return sent(o, a) })
	})
	m.Lanes = append(m.Lanes, l)
}

func (m *plain) end(ends []store.Ended) {
	for i, l := range m.lines {
		for _, e := range ends {
			if l.Order == e.Line && l.End != store.EndUnnoted {
				m.lines[i].End = e.End
			}
		}
	}
}

// sent tells whether a text is of a lane.
func sent(o store.Outgoing, l store.Lane) bool {
	return laneOf(o.To, ann, o.Text) == lane{l.To, ann, l.Epoch, l.ToEpoch}
}

func (m *plain) keep(l store.Line) {
	m.lines = append(m.lines, l)
	m.Lines = l.Order
	if !l.Out {
		m.Unshown = append(m.Unshown, l)
	}
}

func (m *plain) receive(c *store.Receive) {
	same := func(a, b store.Source) bool { return laneIn(a) == laneIn(b) }
	if c.Drop != nil {
		m.Inbox = slices.DeleteFunc(m.Inbox, func(s store.Source) bool { return same(s, *c.Drop) })
		m.Parts = slices.DeleteFunc(m.Parts, func(p store.Part) bool { return laneOf(ann, p.From, p.Text) == laneIn(*c.Drop) })
	}
	if g := c.Forget; g != nil {
		m.Parts = slices.DeleteFunc(m.Parts, func(p store.Part) bool { return laneOf(ann, p.From, p.Text) == lane{ann, g.Author, g.Epoch, g.ToEpoch} })
	}
	if c.Source != nil {
		m.Inbox = slices.DeleteFunc(m.Inbox, func(s store.Source) bool { return same(s, *c.Source) })
		m.Inbox = append(m.Inbox, *c.Source)
	}
	if c.Part != nil {
		m.Parts = slices.DeleteFunc(m.Parts, func(p store.Part) bool {
			return laneOf(ann, p.From, p.Text) == laneOf(ann, c.Part.From, c.Part.Text) && p.Text.Seq == c.Part.Text.Seq
		})
		m.Parts = append(m.Parts, *c.Part)
	}
	if len(c.Torn) > 0 {
		from, epoch, toEpoch := c.TornOf()
		m.Parts = slices.DeleteFunc(m.Parts, func(p store.Part) bool {
			return laneOf(ann, p.From, p.Text) == lane{ann, from, epoch, toEpoch} && slices.Contains(c.Torn, p.Text.Seq)
		})
	}
	if c.Line != nil {
		m.Parts = slices.DeleteFunc(m.Parts, func(p store.Part) bool {
			return p.From == c.Line.Peer && p.Text.Epoch == c.Line.Epoch && p.Text.Seq >= c.Line.First && p.Text.Seq <= c.Line.Last &&
				(c.Source == nil || p.Text.ToEpoch == c.Source.Marks.ToEpoch) &&
				(c.Source != nil || c.Chain == nil || p.Text.ToEpoch == c.Chain.ToEpoch) &&
				(c.Source != nil || c.Chain != nil || c.Stream == nil || p.Text.ToEpoch == c.Stream.Store)
		})
		m.keep(*c.Line)
	}
	if c.Stream != nil {
		m.Streams = slices.DeleteFunc(m.Streams, func(s store.Stream) bool { return s.Store == c.Stream.Store })
		m.Streams = append(m.Streams, *c.Stream)
	}
	m.extend(c.Chain, c.Forget)
}

func laneIn(s store.Source) lane { return lane{ann, s.From, s.Marks.Epoch, s.Marks.ToEpoch} }

func (g *generator) profileChange(m *plain) store.ProfileChange {
	switch n := g.IntN(100); {
	case n < 25:
		return g.accept(m)
	case n < 40 && len(m.Outbox) > 0:
		o := m.Outbox[g.IntN(len(m.Outbox))]
		return store.Settle{To: o.To, Epoch: o.Text.Epoch, ToEpoch: o.Text.ToEpoch, Seqs: []uint64{o.Text.Seq, g.Uint64N(50)}, Chain: g.chain(), Ends: g.ends(m)}
	case n < 45 && len(m.Lanes) > 0:
		a := g.accept(m)
		old := m.Lanes[g.IntN(len(m.Lanes))]
		same := slices.DeleteFunc(slices.Clone(m.Lanes), func(l store.Lane) bool { return l.To != old.To || l != old && g.IntN(2) == 0 })
		return store.Renumber{Old: same, New: a.Lane, Items: a.Items, Ends: g.ends(m)}
	case n < 60 && m.Lines > 0:
		return store.Shown{Lines: []uint64{1 + g.Uint64N(m.Lines), 1 + g.Uint64N(m.Lines)}}
	case n < 75:
		return g.known()
	}
	return g.receive(m)
}

func (g *generator) accept(m *plain) *store.Accept {
	l := store.Lane{To: g.key(), Epoch: 1 + g.Uint64N(2), ToEpoch: 1 + g.Uint64N(2)}
	for _, old := range m.Lanes {
		if old.To == l.To && old.Epoch == l.Epoch && old.ToEpoch == l.ToEpoch {
			l = old
		}
	}
	a := &store.Accept{Line: g.line(m, true)}
	a.Line.End = store.End(g.IntN(2))
	for range 1 + g.IntN(3) {
		l.Last++
		x := g.text()
		x.Epoch, x.ToEpoch, x.Seq = l.Epoch, l.ToEpoch, l.Last
		a.Items = append(a.Items, store.Outgoing{To: l.To, Text: x, Line: a.Line.Order})
	}
	a.Lane = l
	return a
}

func (g *generator) ends(m *plain) (ends []store.Ended) {
	for range g.IntN(3) {
		ends = append(ends, store.Ended{Line: g.Uint64N(m.Lines + 2), End: store.EndDelivered + store.End(g.IntN(2))})
	}
	return ends
}

func (g *generator) receive(m *plain) *store.Receive {
	c := &store.Receive{}
	if g.IntN(2) == 0 {
		c.Source = &store.Source{From: g.key(), Age: g.Uint64(), Marks: g.marks()}
	}
	if g.IntN(2) == 0 {
		c.Part = &store.Part{From: g.key(), Text: g.text(), Mail: g.IntN(2) == 0}
	} else if g.IntN(2) == 0 {
		l := g.line(m, false)
		c.Line = &l
	}
	if g.IntN(4) == 0 {
		c.Stream = &store.Stream{Store: 1 + g.Uint64N(3), Marks: g.marks()}
		c.Stream.Marks.Epoch, c.Stream.Marks.ToEpoch = 0, 0
		c.Chain = g.chain()
	}
	if g.IntN(8) == 0 {
		c.Forget = g.chain()
	}
	if c.Source != nil || c.Chain != nil {
		for range g.IntN(3) {
			c.Torn = append(c.Torn, 1+g.Uint64N(12))
		}
	}
	if g.IntN(8) == 0 && len(m.Inbox) > 0 {
		drop := m.Inbox[g.IntN(len(m.Inbox))]
		c.Drop = &drop
	}
	return c
}

func (g *generator) line(m *plain, out bool) store.Line {
	first := 1 + g.Uint64N(10)
	return store.Line{
		Order: m.Lines + 1, Peer: g.key(), Epoch: 1 + g.Uint64N(6), First: first, Last: first + g.Uint64N(3),
		Time: g.Int64(), Arrived: g.Int64(), Out: out, Post: g.IntN(2) == 0, Mail: g.IntN(2) == 0, Text: fmt.Sprint(g.Uint64()),
	}
}

// sorted is all that was loaded as text, with what has no order put into one.
func sorted(l store.Loaded) string {
	return fmt.Sprintln(l.Seed, l.Epoch, l.Lines, l.Lanes, l.Unshown, lines(l.Outbox), lines(l.Inbox), lines(l.Parts), lines(l.Streams),
		l.Contacts, l.Prekeys, l.Chains, l.Servers, l.Clear)
}

func lines[T any](list []T) (out []string) {
	for _, v := range list {
		out = append(out, fmt.Sprintf("%+v", v))
	}
	slices.Sort(out)
	return out
}
