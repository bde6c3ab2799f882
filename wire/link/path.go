package link

import (
	"crypto/subtle"
	"time"
)

// candidate is a path that a remote seems to have moved to. Whoever copies a datagram and is faster than it can make any path
// seem so: nothing but a challenge goes there, and no more bytes than came from there (RFC 9000 §9.3, §8.2).
type candidate struct {
	path   Path
	credit int // bytes that came from it, less those that went there
	proof  [proofSize]byte
	asked  time.Time // the last challenge, zero when there was none
}

// former is a path that was proved before the present one.
type former struct {
	path Path
	left time.Time
}

const (
	challengeGap = 300 * time.Millisecond
	// redirectTime is how long after a move what is meant for the old path goes to the new one: until those above have heard of it.
	redirectTime = time.Minute
)

// route is the path for what the caller wants to send on p.
func (s *Sessions) route(now time.Time, r *remote, p Path) Path {
	switch {
	case !r.path.Remote.IsValid():
		return p
	case p.Remote == r.path.Remote:
		return r.path // the caller may not know from which address of ours to send
	case r.former != nil && p.Remote == r.former.path.Remote && now.Sub(r.former.left) < redirectTime:
		return r.path
	}
	return p
}

// move makes a path the one that is proved.
func (s *Sessions) move(now time.Time, r *remote, p Path) {
	if r.path.Remote.IsValid() && r.path.Remote != p.Remote {
		s.more(r).former = &former{r.path, now}
		s.Counts.Moves++
	}
	r.path = p
	if r.candidate != nil && r.candidate.path.Remote == p.Remote {
		r.candidate = nil
	}
}

// notice looks at where an authentic datagram came from. Only the newest of a session can speak of a new path: an older one
// may have been on its way since before the move (RFC 9000 §9.3).
func (s *Sessions) notice(r *remote, sess *session, p Path, newest bool, size int) {
	switch c := r.candidate; {
	case p.Remote == r.path.Remote:
		if newest && sess == r.cur {
			r.path = p
		}
	case c != nil && c.path.Remote == p.Remote:
		c.credit += size
	case newest:
		s.more(r).candidate = &candidate{path: p, credit: size}
	}
}

// challenge begins the validation of the path that a datagram came on, if it is not proved (RFC 9000 §8.2).
func (s *Sessions) challenge(now time.Time, r *remote, sess *session, p Path) {
	c := r.candidate
	if c == nil || c.path.Remote != p.Remote || c.credit < proofDatagram || !c.asked.IsZero() && now.Sub(c.asked) < challengeGap {
		return
	}
	if c.asked.IsZero() {
		draw(s.cfg.Rand, c.proof[:])
	}
	c.asked = now
	s.sendControl(r, sess, p, controlChallenge, c.proof[:])
}

// sendControl sends a challenge, or the echo of one, on the path p: to one that is not proved only what it has credit for.
func (s *Sessions) sendControl(r *remote, sess *session, p Path, kind byte, data []byte) {
	b := s.seal(sess, nil, appendControl(nil, kind, data))
	if p.Remote != r.path.Remote {
		if r.candidate == nil || r.candidate.path.Remote != p.Remote || r.candidate.credit < len(b) {
			return
		}
		r.candidate.credit -= len(b)
	}
	s.send(b, p)
}

// echoed takes the answer to a challenge, which validates the path. It has to come on the path that it proves.
func (s *Sessions) echoed(now time.Time, r *remote, p Path, data []byte) {
	c := r.candidate
	if c == nil || c.asked.IsZero() || c.path.Remote != p.Remote || subtle.ConstantTimeCompare(c.proof[:], data) != 1 {
		return
	}
	s.move(now, r, p)
	s.release(r)
}
