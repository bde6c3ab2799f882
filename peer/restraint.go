package peer

import "time"

// restraint spaces answers to what should not come again and again, as a page that follows nothing which is here: two parties that answer each
// other at once, since one of them is wrong, would never end. The first one goes at once, and what comes too soon after it has none. The zero value
// is ready.
type restraint struct {
	until time.Time     // before that there is no answer
	gap   time.Duration // from the last answer to that
}

// leastRestraint is the first gap: a server answers a ping by a page within as much (protocol.md §8.7).
const leastRestraint = 100 * time.Millisecond

// allows tells whether it is time for an answer, which goes then: each gap is twice the one before.
func (r *restraint) allows(now time.Time) bool {
	if now.Before(r.until) {
		return false
	}
	r.gap = min(max(2*r.gap, leastRestraint), backoffCap)
	r.until = now.Add(r.gap)
	return true
}

// ease begins with the least gap again: what came is as it should be.
func (r *restraint) ease() { r.gap = 0 }
