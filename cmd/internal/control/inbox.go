package control

import (
	"cmp"
	"slices"
)

// inbox is the messages that came and were not taken by all who were to have them. Owned by the Hub's mutex.
type inbox struct {
	front   bool // a front end shows them
	lines   map[uint64]*message
	order   uint64
	full    bool    // the client takes nothing more
	crowded bool    // what the client receives waits for room on the disk
	untold  []Event // news that nobody was there for, at most maxUntold
}

// maxUntold is how much news waits: a server that forges much has been told of enough by then.
const maxUntold = 64

// message is one of them.
type message struct {
	event  Event
	line   uint64
	order  uint64         // among those that came
	front  bool           // the front end has not shown it yet
	needs  map[*conn]bool // that have not taken it yet
	orphan bool           // nobody has it who was to have it: it waits for the next tail
}

// arrive gives a message to all who want it.
func (b *inbox) arrive(h *Hub, line uint64, e Event) {
	b.order++
	m := &message{event: e, line: line, order: b.order, front: b.front, needs: map[*conn]bool{}}
	for c := range h.conns {
		if c.wants(e) {
			m.needs[c] = true
		}
		if c.wants(e) || c.listens {
			c.out.Put(e)
		}
	}
	m.orphan = !b.front && len(m.needs) == 0
	b.lines[line] = m
}

// news tells all who wait for messages what the client is told once: that posts went, or whose are missing or forged. Without a front end it
// waits for the first who comes, the same sentence once.
func (b *inbox) news(h *Hub, e Event) {
	told := func(other Event) bool { return other.Event == e.Event && other.Why == e.Why }
	if !b.tell(h, e) && !b.front && len(b.untold) < maxUntold && !slices.ContainsFunc(b.untold, told) {
		b.untold = append(b.untold, e)
	}
}

// tell tells all who wait for messages; false: nobody does.
func (b *inbox) tell(h *Hub, e Event) (heard bool) {
	for c := range h.conns {
		if c.tails || c.listens {
			c.out.Put(e)
			heard = true
		}
	}
	return heard
}

// warn tells one who begins to wait for messages that none are taken or kept, and what nobody heard before it came.
func (b *inbox) warn(c *conn) {
	c.out.Put(b.untold...)
	b.untold = nil
	if b.full {
		c.out.Put(full)
	}
	if b.crowded {
		c.out.Put(crowded)
	}
}

func (b *inbox) printed(h *Hub, line uint64) {
	if m := b.lines[line]; m != nil {
		m.front = false
		b.settle(h, m)
	}
}

// taken: a connection has a message. One that only listens may take what nobody else was to have.
func (b *inbox) taken(h *Hub, c *conn, line uint64) {
	m := b.lines[line]
	if m == nil {
		return
	}
	if delete(m.needs, c); c.listens && !c.tails {
		m.orphan = false
	}
	b.settle(h, m)
}

// settle ends a message that everybody has.
func (b *inbox) settle(h *Hub, m *message) {
	if !m.front && !m.orphan && len(m.needs) == 0 {
		delete(b.lines, m.line)
		h.client.Shown([]uint64{m.line})
	}
}

// tail begins to give a connection all messages, or those of one sender: first those that wait for somebody.
func (b *inbox) tail(c *conn, from string) {
	if c.tails {
		return
	}
	c.tails, c.from = true, from
	b.warn(c)
	var waiting []*message
	for _, m := range b.lines {
		if m.orphan && c.wants(m.event) {
			waiting = append(waiting, m)
		}
	}
	slices.SortFunc(waiting, func(a, b *message) int { return cmp.Compare(a.order, b.order) })
	for _, m := range waiting {
		m.orphan, m.needs[c] = false, true
		c.out.Put(m.event)
	}
}

// forget: what a connection has not taken waits for the next one.
func (b *inbox) forget(c *conn) {
	for _, m := range b.lines {
		if m.needs[c] {
			delete(m.needs, c)
			m.orphan, m.event.Again = true, true
		}
	}
}
