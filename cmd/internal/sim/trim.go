package sim

import (
	"sort"

	"udpchat/store"
)

// logged is what the ledger knows of the channel's log.
type logged struct {
	parts []part // all that were ever in it, by order
	gone  int    // how many of them went
	has   map[onePart]bool
	top   uint64 // the last order
}

// part is a part of a post.
type part struct {
	onePart
	order uint64
	m     *message // nil of a void
	last  bool     // of its text
}

// onePart names a part of a post.
type onePart struct {
	author     store.Key
	epoch, seq uint64
}

// reset: the server's store is another one, or an older copy.
func (g *logged) reset(top, gone uint64) {
	g.top = top
	g.parts = g.parts[:g.through(top)]
	g.gone = g.through(gone)
	clear(g.has)
	for _, p := range g.parts {
		g.has[p.onePart] = true
	}
}

// through is how many parts there were up to an order.
func (g *logged) through(order uint64) int {
	return sort.Search(len(g.parts), func(i int) bool { return g.parts[i].order > order })
}

// logs notes a post that the server took. One that it has had already it must not take again, also when it has let go of it.
func (l *ledger) logs(c store.Post, order uint64) {
	if order <= l.log.top {
		return
	}
	p := part{onePart{c.Author, c.Text.Epoch, c.Text.Seq}, order, l.posts[firstPart(c)], c.Text.Part == c.Text.Parts-1}
	if l.log.has[p.onePart] {
		l.w.fail("duplicated: the server takes a part of %v again", p.m)
	}
	l.log.top, l.log.has[p.onePart] = order, true
	l.log.parts = append(l.log.parts, p)
}

// trimmed notes that posts went from the log. Where it has no bounds everybody must have had them.
func (l *ledger) trimmed(gone uint64) {
	for ; l.log.gone < len(l.log.parts) && l.log.parts[l.log.gone].order <= gone; l.log.gone++ {
		p := l.log.parts[l.log.gone]
		if l.w.report.Trimmed++; p.m == nil {
			continue
		}
		for _, g := range l.w.guests {
			at := l.members[g.index]
			if g.index == p.m.from || at == 0 || at >= p.m.posted || p.m.had[g.index] || p.m.lost {
				continue
			}
			if p.last && !l.w.mix.bounded() && !p.m.erased[g.index] {
				l.w.fail("lost: %v goes from the log before %s has it", p.m, g.name)
			}
			if l.w.mix.bounded() && p.m.cut[g.index] == 0 {
				p.m.cut[g.index] = l.w.at
				l.w.report.Cut++
			}
		}
	}
}

// lostPosts tells whether the server lost posts of someone's, or some went before a guest had them: then it is true that some are missing.
func (l *ledger) lostPosts(to *guest, author string) bool {
	for _, m := range l.messages {
		if from := l.w.guests[m.from-1]; m.to == 0 && (m.lost || m.cut[to.index] > 0) && (from.name == author || author == "key:"+from.key.String()) {
			return true
		}
	}
	return false
}
