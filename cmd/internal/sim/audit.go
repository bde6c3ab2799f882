package sim

import (
	"strings"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
)

// arrived checks a text on a screen.
func (l *ledger) arrived(g *guest, n peer.Arrived) {
	m := l.find(n.Text)
	switch {
	case m == nil || m.text != n.Text:
		l.w.fail("phantom: %s shows %.40q", g.name, n.Text)
		return
	case m.accepted == 0:
		l.w.fail("phantom: %s shows %v, which was never accepted", g.name, m)
	case n.Post != (m.to == 0) || m.to == 0 && m.from == g.index || m.to != 0 && m.to != g.index:
		l.w.fail("wrong recipient: %s shows %v", g.name, m)
	case n.From != l.w.guests[m.from-1].name && !strings.HasPrefix(n.From, "key:"):
		l.w.fail("wrong sender: %s shows %v as from %s", g.name, m, n.From)
	}
	if n.Clear || n.Doubt {
		l.w.fail("doubt: %s shows %v, in the clear: %t, from who may be someone else: %t", g.name, m, n.Clear, n.Doubt)
	}
	if n.Again && !g.unsure[n.Line] {
		l.w.fail("marked: %s shows %v as shown before, which it was not", g.name, m)
	}
	s := &m.shown[g.index]
	if s.first == 0 {
		*s = showing{first: l.w.at, line: n.Line, run: g.run}
		l.w.report.Shown++
		l.latency(m)
	} else if !n.Again || s.run == g.run || g.shown[s.line] || s.line != n.Line {
		if !m.lost {
			l.w.fail("duplicated: %s shows %v twice, first at %v", g.name, m, s.first)
		}
		l.w.report.Repeated++
	} else {
		s.run = g.run
		l.w.report.Again++
	}
	l.inOrder(g, m, n)
}

func (l *ledger) latency(m *message) {
	switch {
	case m.healed:
		l.w.report.Fresh.add(l.w.at - m.accepted)
		if l.w.at-m.accepted > slow {
			l.w.tracef("SLOW: %v took %v", m, l.w.at-m.accepted)
		}
	case l.w.healed:
		l.w.report.Left.add(l.w.at - l.w.mix.Length)
		if l.w.at-l.w.mix.Length > slow {
			l.w.tracef("SLOW: %v took %v", m, l.w.at-l.w.mix.Length)
		}
	}
}

// unordered: its sender does not know of it any more, or it may come a second time.
func (m *message) unordered() bool { return m.lost || m.gone }

// inOrder checks that no later text of the sender's is on the screen already, unless the line says so. A line that a killed
// program did not know to be shown does not count: it comes again. Nor does for a post that comes again, which does not
// remember its place, what earlier runs showed.
func (l *ledger) inOrder(g *guest, m *message, n peer.Arrived) {
	if n.Late {
		l.w.report.Late++
		return
	}
	for _, later := range l.messages[m.number:] {
		s := later.shown[g.index]
		if s.first == 0 || later.from != m.from || (later.to == 0) != n.Post || later.unordered() || m.unordered() {
			continue
		}
		if s.run == g.run || g.shown[s.line] && (!n.Post || !n.Again) {
			l.w.fail("order: %s shows %v after %v", g.name, m, later)
			return
		}
	}
}

// restarted corrects the count of receipts: those that a killed program could not note come again.
func (l *ledger) restarted(g *guest, outbox []store.Outgoing) {
	told := &l.told_[g.index]
	*told = l.accepted[g.index]
	for _, o := range outbox {
		if o.To != store.Channel && o.Text.Part == 0 && o.Text.Flags&wire.FlagVoid == 0 {
			told[l.w.byKey[o.To]]--
		}
	}

}

// told checks that a receipt is true.
func (l *ledger) told(g *guest, name string) {
	for _, to := range l.w.guests {
		if to.name == name || name == "key:"+to.key.String() {
			told, lines := &l.told_[g.index][to.index], l.lines[g.index][to.index]
			if *told++; *told > lines && *told > lines+l.vague(g.index, to.index) {
				l.w.fail("receipt: %s is told of %d texts delivered to %s, which has %d", g.name, *told, name, lines)
			}
			return
		}
	}
	l.w.fail("receipt: %s is told of %q", g.name, name)
}

// vague counts the texts that may be over without being delivered: the server may have refused them, or a state that is gone received a
// part.
func (l *ledger) vague(from, to int) (n int) {
	for _, m := range l.messages {
		large := l.w.mix.Limit > 0 && len(m.text) > l.w.mix.Limit
		if m.from == from && m.to == to && (large || m.erased[to] && len(m.text) > wire.PartSize) {
			n++
		}
	}
	return n
}

// missing names the first message that is not where it belongs, nil when none is.
func (l *ledger) missing() (*message, string) {
	for _, m := range l.messages {
		if m.accepted == 0 || m.gone || l.w.mix.Limit > 0 && len(m.text) > l.w.mix.Limit {
			continue
		}
		if m.to != 0 {
			if m.shown[m.to].first == 0 && !m.erased[m.to] {
				return m, l.w.guests[m.to-1].name
			}
			continue
		}
		if m.posted == 0 {
			return m, "the channel"
		}
		for _, g := range l.w.guests {
			if at := l.members[g.index]; g.index != m.from && at != 0 && at < m.posted && !m.lost && !m.erased[g.index] && m.shown[g.index].first == 0 {
				if cut := m.cut[g.index]; cut == 0 || g.toldGone < cut {
					return m, g.name
				}
			}
		}
	}
	return nil, ""
}

// audit is the last check: nothing is lost or stuck, and every sender knows.
func (l *ledger) audit() {
	if m, where := l.missing(); m != nil {
		l.w.fail("lost: %v, accepted at %v, is not at %s", m, m.accepted, where)
	}
	if m := l.pending(); m != nil {
		l.w.fail("undecided: %v, typed at %v", m, m.typed)
	}
	l.holes()
	for _, g := range l.w.guests {
		if n := g.unsettled(); n > 0 {
			l.w.fail("stuck: %s has %d parts in its outbox", g.name, n)
		}
		if g.starts > 1 {
			continue
		}
		for _, to := range l.w.guests {
			accepted, told := l.accepted[g.index][to.index], l.told_[g.index][to.index]
			if told != accepted && l.w.mix.Limit == 0 {
				l.w.fail("untold: %s wrote %d texts to %s and is told of %d", g.name, accepted, to.name, told)
			}
		}
	}
}

// holes checks that every seq of every lane has ended: its recipient has all through the last one. A recipient whose state is an
// older one learns with the next text what it need not wait for.
func (l *ledger) holes() {
	for _, to := range l.w.guests {
		if to.copied {
			continue
		}
		loaded, _ := to.profile.Load()
		for _, in := range loaded.Inbox {
			m := in.Marks
			last := l.lanes[laneID{in.From, store.Key(to.key), m.Epoch, m.ToEpoch}]
			if from := l.w.guests[l.w.byKey[in.From]-1]; m.Through < last || len(m.Ranges) > 0 && !from.copied {
				l.w.fail("hole: %s has of %s all through %d, and %v of %d", to.name, from.name, m.Through, m.Ranges, last)
			}
		}
	}
}

func (g *guest) unsettled() int { return g.profile.Outgoing() }
