package sim

import (
	"strings"

	"udpchat/peer"
	"udpchat/store"
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
	s := m.shown[g.index]
	if s == nil {
		m.shown[g.index] = &showing{first: l.w.at, line: n.Line, run: g.run}
		l.w.report.Shown++
		l.latency(m)
	} else if !n.Again || s.run == g.run || g.shown[s.line] || s.line != n.Line {
		if !m.lost {
			l.w.fail("duplicated: %s shows %v twice, first at %v", g.name, m, s.first)
		}
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
		if s == nil || later.from != m.from || (later.to == 0) != n.Post || later.lost || m.lost {
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
	open := map[pair]int{}
	for _, o := range outbox {
		if o.To != store.Channel && o.Text.Part == 0 {
			open[pair{g.index, l.w.byKey[o.To]}]++
		}
	}
	for _, to := range l.w.guests {
		p := pair{g.index, to.index}
		l.told_[p] = l.accepted[p] - open[p]
	}
}

// told checks that a receipt is true.
func (l *ledger) told(g *guest, name string) {
	for _, to := range l.w.guests {
		if to.name == name || name == "key:"+to.key.String() {
			p := pair{g.index, to.index}
			if l.told_[p]++; l.told_[p] > l.lines[p] {
				l.w.fail("receipt: %s is told of %d texts delivered to %s, which has %d", g.name, l.told_[p], name, l.lines[p])
			}
			return
		}
	}
	l.w.fail("receipt: %s is told of %q", g.name, name)
}

// missing names the first message that is not where it belongs, nil when none is.
func (l *ledger) missing() (*message, string) {
	for _, m := range l.messages {
		if m.accepted == 0 {
			continue
		}
		if m.to != 0 {
			if m.shown[m.to] == nil {
				return m, l.w.guests[m.to-1].name
			}
			continue
		}
		if m.posted == 0 {
			return m, "the channel"
		}
		for _, g := range l.w.guests {
			if at := l.members[g.index]; g.index != m.from && at != 0 && at < m.posted && !m.lost && m.shown[g.index] == nil {
				return m, g.name
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
	for _, g := range l.w.guests {
		if n := g.unsettled(); n > 0 {
			l.w.fail("stuck: %s has %d parts in its outbox", g.name, n)
		}
		if g.starts > 1 {
			continue
		}
		for _, to := range l.w.guests {
			if p := (pair{g.index, to.index}); l.told_[p] != l.accepted[p] {
				l.w.fail("untold: %s wrote %d texts to %s and is told of %d", g.name, l.accepted[p], to.name, l.told_[p])
			}
		}
	}
}

func (g *guest) unsettled() int {
	loaded, _ := g.profile.Load()
	return len(loaded.Outbox)
}
