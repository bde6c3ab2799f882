package link

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// session is one pair of keys with one remote.
type session struct {
	keys        noise.Keys
	window      noise.Window
	ours        uint32 // index in what we get
	theirs      uint32 // index in what we send
	sent        uint64 // counter of the next datagram
	initiator   bool   // we made message 1
	preferred   bool   // of two made at once this one is for sending: its initiator has the lower static key
	heard       bool   // something was opened with it: the remote has it too
	hasToken    bool
	at          int32   // in expiry
	since       instant // since then
	born        instant
	due         instant       // it ends
	reconfirmed instant       // when we last showed that we have it, on seeing that the remote may not know
	rekey       time.Duration // its age when it is stale
	remote      *remote       // nil until it is confirmed
	unconfirmed *unconfirmed  // nil once it is

	token [noise.MacSize]byte // by which the remote shows that it lost the session
	chain *session            // in Sessions.theirs
}

// instant is a time since Sessions.epoch: a third of a time.Time, and a server has many sessions.
type instant = time.Duration

// unconfirmed is what a responder keeps until the initiator's first datagram shows that the initiation was no replay, and who
// wrote it. Nothing else knows of it before: protocol.md §13.2.
type unconfirmed struct {
	key      wire.Key
	static   [32]byte
	path     Path // that the response was sent on
	mac1     [noise.MacSize]byte
	response []byte // to be sent again when the same initiation comes again
}

// remote is what is known of another party.
type remote struct {
	key      wire.Key
	static   [32]byte
	dialable bool // static is good to dial
	trusted  bool // it stays although there is no session
	verified bool // static is known to be key's
	long     bool // which Lifetime

	cur  *session // for sending
	dial *call    // the handshake under way, nil when there is none
	path Path     // proved; zero when none is
	next *remote  // in Sessions.remotes
	*rest
}

// rest is what a remote has beside one session on one path: mostly nothing, and then it shares Sessions.none, in which nothing is.
type rest struct {
	old       []*session // only for receiving
	waiting   [][]byte   // messages for the session to come
	former    *former    // the path before, nil when there was none
	candidate *candidate // a path that is not proved yet
}

// more gives the rest of a remote, to put something into it: its own.
func (s *Sessions) more(r *remote) *rest {
	if r.rest == &s.none {
		r.rest = new(rest)
	}
	return r.rest
}

const maxOld = 3

func (s *Sessions) remote(key wire.Key) *remote {
	r := s.remotes.Get(key)
	if r == nil {
		r = &remote{key: key, long: s.cfg.Server, rest: &s.none}
		s.remotes.Put(r)
	}
	return r
}

// tidy forgets a remote that nothing is left of, and of one that stays the rest when there is nothing in it.
func (s *Sessions) tidy(r *remote) {
	if len(r.old) == 0 && len(r.waiting) == 0 && r.former == nil && r.candidate == nil {
		r.rest = &s.none
	}
	if r.cur == nil && len(r.old) == 0 && r.dial == nil && !r.trusted {
		s.remotes.Delete(r.key)
	}
}

func (s *Sessions) lifetime(r *remote) Lifetime {
	if s.cfg.Server || r != nil && r.long {
		return s.cfg.Long
	}
	return s.cfg.Peer
}

// session makes a session out of keys.
func (s *Sessions) session(born time.Time, keys noise.Keys, ours, theirs uint32, initiator bool, static [32]byte) *session {
	sess := &session{keys: keys, ours: ours, theirs: theirs, initiator: initiator, born: s.elapsed(born)}
	sess.reconfirmed = sess.born - s.cfg.Retry
	lower := lessKey(s.me.card.Static, static)
	sess.preferred = lower == initiator
	s.sessions[ours] = sess
	return sess
}

func lessKey(a, b [32]byte) bool { return string(a[:]) < string(b[:]) }

// establish gives a session to its remote, to be used for sending.
//
// protocol.md §13.6: when both sides began a handshake at about the same time, both sessions come to be, and each side may see them
// in another order. The rule that picks one does not depend on the order.
func (s *Sessions) establish(now time.Time, r *remote, sess *session) {
	s.Counts.Handshakes++
	life := s.lifetime(r)
	sess.remote = r
	sess.rekey = time.Duration(float64(life.Rekey) * (0.9 + 0.2*s.jitter.Float64()))
	due := s.ending(r, sess)
	if int(sess.at) < len(s.expiry) && s.expiry[sess.at] == sess {
		s.expiry.move(sess, due)
	} else {
		s.expiry.put(sess, due)
	}
	before := s.usable(now, r)
	if before != nil && !sess.initiator && sess.outlives(before) && s.cfg.Lost != nil {
		s.cfg.Lost(now, r.key) // or it wants new keys: then it is told for nothing
	}
	if before != nil && s.collide(before, sess) && !sess.preferred {
		s.demote(r, sess)
		if before.heard {
			s.retire(now, r)
		}
		return
	}
	if r.cur != nil {
		s.demote(r, r.cur)
	}
	r.cur = sess
}

// ending is when a session that is used ends. A server has no room for all that strangers may begin: who does not register makes a new one
// if need be.
func (s *Sessions) ending(r *remote, sess *session) instant {
	if s.cfg.Server && !r.trusted {
		return sess.born + s.cfg.Stranger
	}
	return sess.born + s.lifetime(r).Reject
}

// collide reports whether two sessions come from handshakes that the two sides began at about the same time (an exchange collision, RFC 7296 §2.25).
// Who has a session in use begins no other one for long: a handshake that comes after the remote was heard in a session was begun by a remote that
// has that no more.
func (s *Sessions) collide(a, b *session) bool {
	return a.initiator != b.initiator && (a.born-b.born).Abs() < s.cfg.GiveUp && !a.outlives(b) && !b.outlives(a)
}

// outlives reports whether a session was begun when the remote had used another one already.
func (sess *session) outlives(o *session) bool { return o.heard && sess.born > o.since }

// demote keeps a session for receiving only.
func (s *Sessions) demote(r *remote, sess *session) {
	if len(r.old) == maxOld {
		s.end(r.old[0])
	}
	more := s.more(r)
	more.old = append(more.old, sess)
}

// retire lets the old sessions end soon: the remote was heard in the present one.
func (s *Sessions) retire(now time.Time, r *remote) {
	end := s.elapsed(now) + s.cfg.Linger
	for _, sess := range r.old {
		if sess.due > end {
			s.expiry.move(sess, end)
		}
	}
}

// end forgets a session.
func (s *Sessions) end(sess *session) {
	delete(s.sessions, sess.ours)
	s.expiry.remove(sess)
	s.unlist(sess)
	if sess.unconfirmed != nil {
		s.unpend(sess)
		return
	}
	r := sess.remote
	sess.remote = nil
	if r.cur == sess {
		r.cur = nil
	}
	for i, o := range r.old {
		if o == sess {
			r.old = append(r.old[:i:i], r.old[i+1:]...)
			break
		}
	}
	s.tidy(r)
}

// usable is the session to send in, nil when there is none.
func (s *Sessions) usable(now time.Time, r *remote) *session {
	sess := r.cur
	if sess == nil || s.elapsed(now)-sess.born >= s.lifetime(r).Reject || sess.sent >= 2*s.cfg.RekeyDatagrams {
		return nil
	}
	return sess
}

// stale reports whether it is time for new keys. It is the initiator's business; the responder steps in late, when
// the initiator has not cared.
func (s *Sessions) stale(now time.Time, sess *session) bool {
	age, most := s.elapsed(now)-sess.born, s.cfg.RekeyDatagrams
	if !sess.initiator {
		age -= (s.lifetime(sess.remote).Reject - sess.rekey) / 2
		most += most / 2
	}
	return age >= sess.rekey || sess.sent >= most || sess.window.Next() >= most
}
