package peer

import (
	"time"

	"udpchat/wire"
)

// What a full disk does: the server's, and this client's own (store/full.go).

// unaccepted: there was no room on this client's disk for a typed text. Nothing of it was sent: its seqs are given out again, when none
// above them is in use. Else its recipient finds a hole and gets voids (protocol.md §5.6).
func (c *Core) unaccepted(now time.Time, l *lane, parts []*part) {
	for _, p := range parts {
		p.saves--
	}
	if parts[0].saves > 0 {
		return // it was given another name meanwhile, and is stored with that
	}
	x := parts[0].text
	l.drop(func(p *part) bool { return p.text == x })
	if l.returned == nil {
		l.returned = map[uint64]bool{}
	}
	for _, p := range parts {
		l.returned[p.t.Seq] = true
	}
	for ; l.returned[*l.last]; *l.last-- {
		delete(l.returned, *l.last)
	}
	c.tell(NotSent{Ref: x.fresh.ref, Line: x.line, To: c.roster.name(l.to)})
	c.leaveWhenDecided(now)
}

// Crowded: what was received begins to wait for room on this client's disk, or waits no more.
func (c *Core) Crowded(waits bool) {
	if waits {
		c.tell(DiskFull{})
	} else {
		c.tell(DiskRoom{})
	}
}

// postpone: the server has no room for a new name. It is asked again, with the same request, until it has.
func (c *Core) postpone(now time.Time) {
	c.delayed(NoRoom)
	c.requests.Track(now, c.request, wire.Policy{First: time.Second, Factor: 2, Cap: fullCap, Jitter: 0.25})
}

// delayed tells the user, once for each reason, that a registration takes longer.
func (c *Core) delayed(why Delay) {
	if c.postponed != why {
		c.postponed = why
		c.tell(Postponed{Name: c.cfg.Name, Why: why})
	}
}
