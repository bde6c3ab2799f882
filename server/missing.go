package server

import "time"

// missing are the clients who were there when the last server stopped and are not back yet. To ping all at once would take a handshake with
// each of them, and with 100,000 nobody would be answered for half a minute: so they are asked as fast as they answer (protocol.md §8.6).
type missing struct {
	unasked []*client
	asked   []question // the last ones, in their order
	awaited int        // of those, without an answer
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
		m.answered(m.asked[0].session)
		m.asked = m.asked[1:]
	}
	for len(m.unasked) > 0 && m.awaited < askAtOnce {
		cl := m.unasked[0]
		m.unasked = m.unasked[1:]
		if cl.session == nil || cl.session.sure || c.probes.Has(cl.key()) {
			continue
		}
		cl.session.asked = true
		m.asked = append(m.asked, question{cl.session, now.Add(askPatience)})
		m.awaited++
		c.probe(now, cl)
	}
	if len(m.unasked) == 0 {
		m.unasked, m.asked = nil, nil
	}
}

// answered ends the wait for a client, who has answered, or has not for too long.
func (m *missing) answered(s *session) {
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
