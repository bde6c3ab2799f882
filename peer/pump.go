package peer

import (
	"math"
	"time"

	"udpchat/wire"
)

func (c *Core) pumpAll(now time.Time) {
	for _, l := range c.outbox.order {
		if l.lanes[0] == l {
			c.pump(now, l.way)
		}
	}
}

// pumpSoon is pump at the next Tick.
func (c *Core) pumpSoon(w *way) {
	if !w.pumped {
		w.pumped = true
		c.outbox.pumping = append(c.outbox.pumping, w)
	}
}

// pumpDue sends what waits on the ways that something came to.
func (c *Core) pumpDue(now time.Time) {
	for i, w := range c.outbox.pumping {
		w.pumped, c.outbox.pumping[i] = false, nil
		c.pump(now, w)
	}
	c.outbox.pumping = c.outbox.pumping[:0]
}

// pumpLane sends what waits in a lane, as far as its window allows, by the way that its recipient can be expected to hear.
func (c *Core) pumpLane(now time.Time, l *lane, mail bool) {
	room := l.room()
	mail = mail || c.mailOnly(now, l)
	if l.count[queued] == 0 || c.gathers(now, l) || !c.equipped(now, l, mail) {
		return
	}
	if mail && l.count[direct] > 0 {
		return // protocol.md §7.2: it goes behind what is still tried directly, and when that is over
	}
	long, limit := -1, l.limit()
	if c.cfg.Broken == FarAhead {
		limit = math.MaxUint64
	}
	for ; room > 0 && l.count[queued] > 0 && l.first < len(l.parts) && !l.parts[l.first].beyond(limit); l.first++ {
		p := l.parts[l.first]
		switch {
		case p.state != queued:
			continue
		case mail && l.to != wire.Channel && p.long():
			if long < 0 {
				long = l.first
			}
			continue
		case mail:
			c.depositPart(now, l, p)
		default:
			c.directPart(now, l, p)
		}
		room--
	}
	if long >= 0 { // it goes when its recipient is there
		l.first = long
		waits := l.lowest() == l.parts[long]
		c.holdBack(l, func(p *part) bool { return p.long() || waits && p.beyond(limit) })
		if p := l.parts[long]; !c.outbox.deposits.Has(p) {
			c.outbox.deposits.Track(now, p, wire.Policy{First: downFirst, Factor: 2, Cap: downCap, Jitter: 0.25})
		}
	}
	if l.blocked() {
		c.tellKept(l)
	}
}

// blocked: so much is refused, or something so far below, that nothing further is offered (protocol.md §7.4).
func (l *lane) blocked() bool {
	switch refused := l.count[kept]; {
	case refused == 0:
		return false
	case refused >= laneWindow:
		return true
	}
	return l.lowest().state == kept && l.first < len(l.parts) && l.parts[l.first].beyond(l.limit())
}

// tellKept tells of the texts that wait behind those.
func (c *Core) tellKept(l *lane) {
	for _, p := range l.parts[min(l.first, len(l.parts)):] {
		if x := p.text; p.state == queued && !x.kept {
			x.kept = true
			c.tell(Kept{Line: x.line, To: c.roster.name(l.to), Why: l.refused})
		}
	}
}

// urge makes what earlier runs left behind as pressing as what was typed in this one: the program waits for it.
func (c *Core) urge(now time.Time) {
	for _, l := range c.outbox.order {
		for _, p := range l.parts {
			p.text.awaited = true
			if p.state == depositing {
				c.depositPart(now, l, p)
			}
		}
		if c.book.lookups.Has(l.to) {
			c.lookup(now, l.to)
		}
	}
}
