package sim

import (
	"slices"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
)

// A disk that comes back older is one that has done only some of the changes that it did: the first ones. Half of the copies lack but
// the last few: what a file loses with its newest meta page.
//
// What can be promised then, and is checked:
//
//   - a text that a state accepted, or received, after its copy was made is gone with it: nothing is promised of it but that it is
//     shown at most once in any history;
//   - every other text, accepted before the copy or after the return, is in its recipient's history exactly once.

// older draws how many of n changes a copy has.
func (w *World) older(n int) int {
	if n > 0 && w.chance(.5) {
		return max(n-1-w.rand.IntN(4), 0)
	}
	return w.rand.IntN(n + 1)
}

// restore ends the program, and puts an older copy into the place of its profile.
func (g *guest) restore() {
	g.kill("and its profile comes back older")
	g.goBack(max(g.w.older(len(g.past)), min(1, len(g.past)))) // nobody copies what has no keys yet
}

// goBack makes the profile the one of after so many changes.
func (g *guest) goBack(n int) {
	g.w.tracef("%s: RESTORED, without the last %d changes of %d", g.name, len(g.past)-n, len(g.past))
	g.copied = true
	g.w.ledger.wentBack(g, g.past[n:])
	g.past = g.past[:n]
	g.profile = memory.NewProfile(g.seed, g.born)
	for _, c := range g.past {
		g.profile.Apply(c)
	}
}

// forget ends the program and takes its profile away, all but the secret that it is known by.
func (g *guest) forget() {
	g.kill("and its profile is lost")
	g.w.tracef("%s: PROFILE LOST", g.name)
	g.copied = true
	g.w.ledger.wentBack(g, g.past)
	g.past, g.born = nil, g.w.rand.Uint64()|1
	g.profile = memory.NewProfile(g.seed, g.born)
}

// restore ends the server, and puts an older copy into the place of its store.
func (h *host) restore() {
	h.kill("and its store comes back older")
	n := h.w.older(len(h.past))
	h.w.tracef("server: RESTORED, without the last %d changes of %d", len(h.past)-n, len(h.past))
	h.w.ledger.serverWentBack(h.past[:n], h.past[n:])
	h.past = h.past[:n]
	h.store = h.w.blank(h.born)
	for _, c := range h.past {
		h.store.Apply(c)
	}
	head, _ := h.store.Head()
	h.w.ledger.log.reset(head.Order, h.store.Gone())
}

// decade is how far clocks are wrong, at most.
const decade = 10 * 365 * 24 * time.Hour

// jump sets a party's clock on the wall wrong, or right again. What is waited for goes by another clock.
func (p *party) jump() {
	switch {
	case p.wrong == 0:
		p.wrong = p.w.upTo(2*decade) - decade
		p.skew = p.wrong
	case p.skew == 0:
		p.skew = p.wrong
	default:
		p.skew = 0
	}
	p.w.tracef("world: the clock of %s is wrong by %v", p.name, p.skew)
}

func (p *party) wall(now time.Time) time.Time { return now.Add(p.skew) }

// copied is a change as it is now: once it is durable its memory is used again.
func copied(c store.ProfileChange) store.ProfileChange {
	switch c := c.(type) {
	case *store.Accept:
		a := *c
		a.Items = slices.Clone(c.Items)
		return &a
	case *store.Receive:
		r := *c
		if r.Source != nil {
			s := *r.Source
			r.Source = &s
		}
		if r.Line != nil {
			l := *r.Line
			r.Line = &l
		}
		return &r
	}
	return c
}

// wentBack notes what is gone with a guest's profile.
func (l *ledger) wentBack(g *guest, gone []store.ProfileChange) {
	for _, c := range gone {
		switch c := c.(type) {
		case *store.Accept:
			m := l.find(c.Line.Text)
			m.gone = true
			delete(l.lanes, laneID{store.Key(g.key), c.Lane.To, c.Lane.Epoch, c.Lane.ToEpoch})
			l.accepted[m.from][m.to]--
		case *store.Receive:
			if c.Part != nil { // a text counts as received with its first part
				if m := l.find(string(c.Part.Text.Body)); m != nil {
					m.erased[g.index] = true
				}
			}
			if c.Line != nil {
				m := l.find(c.Line.Text)
				m.had[g.index], m.erased[g.index], m.shown[g.index] = false, true, showing{}
				delete(g.lines, c.Line.Order)
				delete(g.shown, c.Line.Order)
			}
		case store.Shown:
			for _, line := range c.Lines {
				delete(g.shown, line)
			}
		}
	}
}

// serverWentBack notes what is gone with the server's store.
func (l *ledger) serverWentBack(left, gone []store.Change) {
	for _, c := range gone {
		if c, ok := c.(store.Post); ok {
			if m := l.posts[firstPart(c)]; m != nil && m.posted != 0 {
				m.lost = true
			}
		}
	}
	clear(l.deposits)
	for _, m := range l.messages {
		m.stored = false // some are, and it need not be known which
	}
	known := make([]bool, len(l.members))
	for _, c := range left {
		if c, ok := c.(store.PutClient); ok {
			known[l.w.byKey[c.Client.Key]] = true
		}
	}
	for i := range l.members {
		if !known[i] {
			l.members[i] = 0
		}
	}
}
