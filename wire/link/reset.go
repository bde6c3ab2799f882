package link

import (
	"crypto/subtle"
	"encoding/binary"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

const (
	resetSize = wire.HeaderSize + noise.MacSize
	// maxChain is how many sessions with the same index of the remotes' choice are listed, and a reset is compared with. Indices are
	// random; a longer chain is someone's work, and would have to be searched for each of them.
	maxChain = 8
)

// token is what shows that we lost the session with this index of ours: who has our seed can make it again, and nobody else
// (RFC 9000 §10.3.2).
func (i *Identity) token(index uint32) [noise.MacSize]byte {
	return i.reset.Sum(binary.BigEndian.AppendUint32(nil, index))
}

// sendReset answers a datagram of a session that we do not have (protocol.md §13.8): with no more bytes than it had, and only data,
// so that no two parties answer each other's resets; per address once a second.
func (s *Sessions) sendReset(now time.Time, p Path, index uint32, size int) {
	if size < resetSize || !s.resets.take(s.elapsed(now), endpoint(p.Remote)) {
		return
	}
	token := s.me.token(index)
	h := wire.Header{Type: wire.TypeReset, Index: index}
	if s.cfg.Spread != nil {
		h.Counter = uint64(min(s.cfg.Spread(), MaxSpread) / time.Millisecond)
	}
	b := wire.AppendHeader(nil, h, noise.MacSize)
	s.send(append(b, token[:]...), p)
	s.Counts.Resets++
}

// takeReset takes a reset. It counts only when it bears the token that came with the session, inside the encryption.
func (s *Sessions) takeReset(now time.Time, h wire.Header, body []byte) error {
	if len(body) != noise.MacSize {
		return errLength
	}
	for sess := s.theirs[h.Index]; sess != nil; sess = sess.chain {
		if subtle.ConstantTimeCompare(body, sess.token[:]) == 1 {
			s.replace(now, sess, time.Duration(min(h.Counter, uint64(MaxSpread/time.Millisecond)))*time.Millisecond)
			return nil
		}
	}
	return ErrUnknown
}

// replace ends a session that the remote lost, and makes a new one: at once when there is something to send, else within
// ResetJitter, or what the remote wants if that is more, so that those whom a server lost do not all come in the same moment.
func (s *Sessions) replace(now time.Time, sess *session, within time.Duration) {
	r := sess.remote
	s.Counts.Lost++
	if r.cur != sess {
		s.end(sess)
		return
	}
	if s.cfg.Lost != nil {
		s.cfg.Lost(now, r.key)
	}
	var successor *session
	for _, o := range r.old { // of two made at once the remote may have lost only one
		if s.collide(o, sess) && o.due > s.elapsed(now) {
			successor = o
		}
	}
	if successor != nil {
		s.end(sess)
		s.promote(r, successor)
		return
	}
	if r.dialable && r.dial == nil && r.path.Remote.IsValid() {
		s.redial(now, r, max(s.cfg.ResetJitter, within)) // before the end: a remote that is dialled is not forgotten
	}
	s.end(sess)
}

// promote makes an old session the one for sending.
func (s *Sessions) promote(r *remote, sess *session) {
	for i, o := range r.old {
		if o == sess {
			r.old = append(r.old[:i:i], r.old[i+1:]...)
			break
		}
	}
	r.cur = sess
	s.expiry.move(sess, s.ending(r, sess))
}

// list makes a session known by the remote's index, once its token is, unless too many have that index.
func (s *Sessions) list(sess *session) {
	first, n := s.theirs[sess.theirs], 0
	for o := first; o != nil; o = o.chain {
		n++
	}
	if n < maxChain {
		sess.chain = first
		s.theirs[sess.theirs] = sess
	}
}

func (s *Sessions) unlist(sess *session) {
	if !sess.hasToken {
		return
	}
	first := s.theirs[sess.theirs]
	if first == sess {
		if sess.chain == nil {
			delete(s.theirs, sess.theirs)
		} else {
			s.theirs[sess.theirs] = sess.chain
		}
		return
	}
	for o := first; o != nil; o = o.chain {
		if o.chain == sess {
			o.chain = sess.chain
			return
		}
	}
}
