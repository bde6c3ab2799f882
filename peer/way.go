package peer

import (
	"slices"
	"time"

	"udpchat/wire"
)

// way is how things stand between this client and one recipient, whichever run its texts are from.
type way struct {
	lanes      []*lane  // by age: what earlier runs left, and then this run's
	past       []uint64 // epochs of the recipient's that are over, the last maxEpochs: an acknowledgement that names one is old
	byMail     bool     // one part missed its direct deadline and is not delivered yet: later ones take the mailbox too
	misses     int      // in a row
	down       time.Time
	rtt        wire.RTT
	congestion wire.Congestion
	voided     time.Time    // when a hole was last closed,
	renewed    time.Time    // and when the recipient last named a new epoch
	pumped     bool         // it is among outbox.pumping
	refused    wire.Verdict // why the server took the last one not
}

// run is the lane of what is typed in this run; nil when nothing was yet.
func (w *way) run(epoch uint64) *lane {
	if n := len(w.lanes); n > 0 && w.lanes[n-1].epoch == epoch {
		return w.lanes[n-1]
	}
	return nil
}

// lane is the one whose texts bear this epoch of the sender's.
func (w *way) lane(epoch uint64) *lane {
	if i := slices.IndexFunc(w.lanes, func(l *lane) bool { return l.epoch == epoch }); i >= 0 {
		return w.lanes[i]
	}
	return nil
}

// present is the epoch of the recipient's, as far as it is known here.
func (w *way) present() uint64 { return w.lanes[len(w.lanes)-1].toEpoch }

// mailed tells whether something is in the mailbox's hands.
func (w *way) mailed() bool { return slices.ContainsFunc(w.lanes, (*lane).mailed) }

// passage is what a lane leaves to those behind it, so that a recipient gets everything in the order in which it was typed
// (protocol.md §7.5).
type passage uint8

const (
	open   passage = iota
	byMail         // all of it is stored: what follows is stored behind it
	shut
)

func (l *lane) passage() passage {
	waits := len(l.parts) - l.count[stored] - l.count[done] - l.held
	switch {
	case len(l.parts) == 0:
		return open
	case waits == 0 && l.to != wire.Channel:
		return byMail
	}
	return shut
}

// pump sends what waits on a way, lane by lane.
func (c *Core) pump(now time.Time, w *way) {
	if c.phase != ready {
		return
	}
	ahead := open
	for _, l := range w.lanes {
		switch {
		case ahead != shut:
			c.pumpLane(now, l, ahead == byMail)
		case w.kept():
			c.tellKept(l)
		}
		ahead = max(ahead, l.passage())
	}
}

// waits tells whether something on it is not delivered.
func (w *way) waits() bool {
	return slices.ContainsFunc(w.lanes, func(l *lane) bool { return len(l.parts) > 0 })
}

// kept tells whether the server refuses something of it for now.
func (w *way) kept() bool {
	return slices.ContainsFunc(w.lanes, func(l *lane) bool { return l.count[kept] > 0 })
}

// open tells whether something on the way is neither stored nor kept nor delivered, and does not wait for what is.
func (w *way) open() bool {
	ahead := open
	for _, l := range w.lanes {
		if l.count[saving]+l.count[direct]+l.count[depositing] > 0 {
			return true
		}
		if l.count[queued] > l.held && !l.blocked() && (ahead != shut || !w.kept()) {
			return true
		}
		ahead = max(ahead, l.passage())
	}
	return false
}

// retire forgets a lane of an earlier run of which nothing is left. The last one of a way stays: it knows the recipient's epoch.
func (c *Core) retire(l *lane) {
	if len(l.parts) > 0 || l.epoch == c.run || len(l.lanes) == 1 {
		return
	}
	gone := func(o *lane) bool { return o == l }
	l.lanes = slices.DeleteFunc(slices.Clone(l.lanes), gone)
	c.outbox.order = slices.DeleteFunc(slices.Clone(c.outbox.order), gone)
}
