package peer

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/seal"
)

// gatherFor is how long a post waits for others at most: less than anyone sees, and more than a server on the same network takes to answer
// the posts before it.
const gatherFor = 10 * time.Millisecond

// gathers tells whether the posts of a lane wait for more, while earlier ones are on their way (protocol.md §14.4). The server stores them
// after those in any case, and what goes together is one signature for every member to check, and one datagram for the server to
// send to each. What comes alone goes at once, and what fills a batch too.
func (c *Core) gathers(now time.Time, l *lane) bool {
	if l.to != wire.Channel || l.count[depositing] == 0 || l.count[queued] >= seal.MaxBatch || l.awaited() || l.gathered(now) {
		l.goes = time.Time{}
		return false
	}
	if l.goes.IsZero() {
		l.goes = now.Add(gatherFor)
	}
	return true
}

// gathered tells whether what waits has waited for as long as it may.
func (l *lane) gathered(now time.Time) bool { return !l.goes.IsZero() && !now.Before(l.goes) }

// awaited tells whether something on its way comes after what waits, and so waits for that at the server.
func (l *lane) awaited() bool {
	waits := false
	for _, p := range l.parts[min(l.first, len(l.parts)):] {
		switch {
		case p.state == queued:
			waits = true
		case p.state == depositing && waits:
			return true
		}
	}
	return false
}

// gatherDue is when what waits goes; zero when nothing waits.
func (o *outbox) gatherDue() (due time.Time) {
	if w := o.ways[wire.Channel]; w != nil {
		for _, l := range w.lanes {
			if !l.goes.IsZero() && (due.IsZero() || l.goes.Before(due)) {
				due = l.goes
			}
		}
	}
	return due
}

// gather sends what has waited for long enough.
func (c *Core) gather(now time.Time) {
	if due := c.outbox.gatherDue(); due.IsZero() || now.Before(due) {
		return
	}
	w := c.outbox.ways[wire.Channel]
	c.pump(now, w)
	for _, l := range w.lanes {
		if l.gathered(now) { // it can't go now: it does when something else lets it
			l.goes = time.Time{}
		}
	}
}
