package server

import "time"

// missing are the clients who were there when the last server stopped and are not back yet. To ping all at once would take a handshake with
// each of them, and with 100,000 nobody would be answered for half a minute: so they are asked as fast as they answer (protocol.md §8.6).
type missing struct {
	unasked  []*client
	asked    []question    // the last ones, in their order
	awaited  int           // of those, without an answer
	patience time.Duration // how long the next one is waited for
}

// question is a ping to somebody who is missed.
type question struct {
	session *session
	until   time.Time // it is waited for
}

// askMissing asks some of those who are still to be asked, but for those who came by themselves meanwhile.
func (c *Core) askMissing(now time.Time) {
	m := &c.missing
	for len(m.asked) > 0 && !m.asked[0].until.After(now) {
		s := m.asked[0].session
		s.overdue = s.asked
		m.forget(s)
		m.asked = m.asked[1:]
	}
	for len(m.unasked) > 0 && m.awaited < askAtOnce {
		cl := m.unasked[0]
		m.unasked = m.unasked[1:]
		if cl.session == nil {
			continue
		}
		cl.session.unasked = false
		if cl.session.sure || c.probes.Has(cl.key()) {
			continue
		}
		cl.session.asked = true
		m.asked = append(m.asked, question{cl.session, now.Add(m.wait())})
		m.awaited++
		c.probe(now, cl)
	}
	if len(m.unasked) == 0 {
		m.unasked, m.asked = nil, nil
	}
}

// wait is how long the next one is waited for: those who answer late have much to do, or this server has, and more questions would not help.
func (m *missing) wait() time.Duration { return max(m.patience, askPatience) }

// answered ends the wait for a client who has answered.
func (m *missing) answered(s *session) {
	switch {
	case s.asked:
		m.patience -= m.patience / 16
	case s.overdue:
		m.patience = min(2*m.wait(), maxPatience)
	}
	s.overdue = false
	m.forget(s)
}

// forget ends the wait for a client.
func (m *missing) forget(s *session) {
	if s.asked {
		s.asked = false
		m.awaited--
	}
}

// Spread is within which time those whom a restarted server does not know any more should come back who have nothing to say: it asks them
// itself meanwhile, and has a handshake with each of them only once (protocol.md §13.8). 0: as soon as ever.
func (c *Core) Spread() time.Duration {
	return time.Duration(len(c.missing.unasked)) * time.Second / returnRate
}

// next is when the next one may be asked at the latest.
func (m *missing) next() (time.Time, bool) {
	if len(m.asked) == 0 {
		return time.Time{}, false
	}
	return m.asked[0].until, true
}
