package peer

import "time"

// maxGap is how long a client lets the server's row stand behind a place that does not come: longer than a push takes that is lost five times in a row.
const maxGap = 15 * time.Second

// gap is what a stream waits for: everything through a place is there, and what came since then stands behind something that is not.
type gap struct {
	through uint64
	since   time.Time
}

// follows looks whether what came stands behind a gap that does not close, and registers again then: the server begins its row anew, with what it has
// (protocol.md §10.2). It may hold for taken what is missing here: a push that was on its way since before the registration names what the server had
// pushed until then as what stands before it, and this client answered for it.
func (c *Core) follows(now time.Time, st *stream, prev uint64) {
	through := st.taken.Through()
	switch {
	case prev <= through:
	case st.gap.since.IsZero() || st.gap.through != through:
		st.gap = gap{through, now}
	case now.Sub(st.gap.since) >= maxGap:
		st.gap = gap{}
		c.registerAgain(now)
	}
}
