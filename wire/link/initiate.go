package link

import (
	"encoding/binary"
	"slices"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// The sizes of the handshake's bodies (protocol.md §13.1). The response is smaller than the initiation, so that nobody's
// address is worth forging.
const (
	macsSize       = 2 * noise.MacSize
	message1Size   = noise.OpenSize + credentialSize
	message2Size   = noise.CloseSize + 4 + noise.MacSize + credentialSize
	initiationSize = message1Size + macsSize
	responseSize   = message2Size + macsSize
)

// call is a handshake that we began.
type call struct {
	index  uint32
	state  *noise.Initiator // nil: it has not begun, only its time is set,
	queued bool             // or it is among the chores
	static [32]byte
	path   Path
	born   time.Time
	sent   time.Time

	datagram []byte              // the initiation, the same at every try: whichever is answered, the answer counts
	mac1     [noise.MacSize]byte // in it
	cookie   *noise.Mac          // what the responder asked for, nil when it did not
	given    [noise.MacSize]byte
	cookieAt time.Time
}

// policy of a handshake's tries (protocol.md §13.4).
func (s *Sessions) policy(first time.Duration) wire.Policy {
	return wire.Policy{First: first, Factor: 2, Cap: s.cfg.RetryCap, Deadline: s.cfg.GiveUp, Jitter: 0.2}
}

// dial begins a handshake, unless there is one: then it goes on on the path p, and sooner than it would if nothing was heard of the remote. Who has
// something to say has it again and again, and the handshake must not be rarer than that. (Nobody waits for what a server has to say.)
func (s *Sessions) dial(now time.Time, r *remote, p Path) {
	if d := r.dial; d != nil && d.queued {
		d.path = p
		return
	} else if d != nil && d.state != nil {
		// On another path it has not been tried: the one that it was begun on may be that of a remote that is there no more.
		if d.path.Remote != p.Remote || now.Sub(d.sent) >= s.cfg.Retry && d.cookie == nil && !s.cfg.Server {
			d.path = p
			s.tries.Hasten(now, r.key)
		}
		return
	}
	s.tries.Drop(r.key) // the time that was set
	r.dial = &call{path: p, queued: true}
	if s.cfg.later {
		s.leave(chore{dial: r})
		return
	}
	_ = s.do(now, s.begin(r)) // it has none: what failed is given up
}

// begin makes the initiation of a handshake, and sends it.
func (s *Sessions) begin(r *remote) job {
	d, index := r.dial, s.index()
	d.static = r.static
	var err error
	return job{d.path, func(func(wire.Key, [32]byte) bool) {
		var message []byte
		if d.state, message, err = noise.Initiate(s.cfg.Rand, s.me.static, d.static, prologue(index), s.me.credential(nil)); err != nil {
			return
		}
		d.datagram = wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation, Index: index}, initiationSize)
		d.datagram = append(d.datagram, message...)
		d.mac1 = noise.MacFor(d.static).Sum(d.datagram)
		d.datagram = append(d.datagram, d.mac1[:]...)
	}, func(now time.Time) error {
		switch {
		case r.dial != d: // it came by itself meanwhile
		case err != nil:
			s.giveUp(r.key) // no key of anyone's: nothing can come of it
		default:
			d.index, d.born, d.queued = index, now, false
			s.dialling[index] = r
			s.tries.Track(now, r.key, s.policy(s.cfg.Retry))
			s.initiate(now, d)
		}
		return nil
	}}
}

// redial sets the time of a handshake that nothing waits for.
func (s *Sessions) redial(now time.Time, r *remote, within time.Duration) {
	r.dial = &call{path: r.path}
	s.tries.Track(now, r.key, wire.Policy{First: time.Duration(s.jitter.Int64N(int64(within)))}) // once: dial sets its own
}

// initiate sends the initiation, with mac2 while a cookie is good.
func (s *Sessions) initiate(now time.Time, d *call) {
	d.sent = now
	var mac2 [noise.MacSize]byte
	if d.cookie != nil && now.Sub(d.cookieAt) < noise.CookieLife {
		mac2 = d.cookie.Sum(d.datagram)
	}
	s.send(append(slices.Clip(d.datagram), mac2[:]...), d.path)
}

// retry is called when the next try of a handshake is due.
func (s *Sessions) retry(now time.Time, key wire.Key) {
	r := s.remotes.Get(key)
	switch {
	case r == nil || r.dial == nil:
		s.tries.Drop(key)
	case r.dial.state == nil:
		s.dial(now, r, r.dial.path)
	default:
		s.initiate(now, r.dial)
	}
}

// giveUp ends a handshake without a session. What waited for it is repeated from above.
func (s *Sessions) giveUp(key wire.Key) {
	r := s.remotes.Get(key)
	if r == nil {
		return
	}
	s.hangUp(r)
	s.Counts.Dropped += uint64(len(r.waiting))
	r.waiting = nil
	s.tidy(r)
}

// hangUp forgets the handshake with a remote, if there is one.
func (s *Sessions) hangUp(r *remote) {
	if r.dial == nil {
		return
	}
	s.tries.Drop(r.key)
	delete(s.dialling, r.dial.index)
	r.dial = nil
}

// finish takes the response to a handshake of ours.
func (s *Sessions) finish(now time.Time, p Path, h wire.Header, datagram, body []byte) error {
	if len(body) != responseSize || h.Counter != 0 {
		return errLength
	}
	macs := datagram[len(datagram)-macsSize:]
	if !s.mac.Check(macs[:noise.MacSize], datagram[:len(datagram)-macsSize]) {
		return ErrStranger
	}
	if s.dialling[h.Index] == nil {
		return ErrUnknown
	}
	if s.cfg.later {
		return s.leaveDatagram(p, datagram)
	}
	return s.do(now, s.conclude(p, h, body))
}

// conclude makes the session that a response completes.
func (s *Sessions) conclude(p Path, h wire.Header, body []byte) job {
	r := s.dialling[h.Index]
	if r == nil {
		return job{}
	}
	d, known := r.dial, s.knows(r.key, r.dial.static)
	var payload []byte
	var keys noise.Keys
	var key wire.Key
	var err, other error
	return job{p, func(func(wire.Key, [32]byte) bool) {
		if payload, keys, err = d.state.Finish(body[:message2Size]); err == nil {
			key, other = readCredential(payload[4+noise.MacSize:], d.static, func(key wire.Key, _ [32]byte) bool { return known && key == r.key })
		}
	}, func(now time.Time) error {
		switch {
		case err != nil:
			return ErrForged
		case r.dial != d:
			return ErrUnknown
		case other != nil || key != r.key:
			// Whoever has the static key is not whom we dialled, and will not be the next time.
			r.dialable = false
			s.giveUp(r.key)
			return ErrForged
		}
		sess := s.session(d.born, keys, h.Index, binary.BigEndian.Uint32(payload), true, d.static)
		sess.token, sess.hasToken = [noise.MacSize]byte(payload[4:]), true
		s.complete(now, p, r, sess)
		return nil
	}}
}

// complete gives a session that we began to its remote, and what waited for it to the session.
func (s *Sessions) complete(now time.Time, p Path, r *remote, sess *session) {
	to := r.dial.path
	s.hangUp(r)
	s.reached(now, r)
	r.verified = true
	s.list(sess)
	// The path that we were told to dial has answered. An answer from elsewhere proves no other one.
	if p.Remote == to.Remote {
		s.move(now, r, p)
	} else if !r.path.Remote.IsValid() {
		s.move(now, r, to)
	}
	s.establish(now, r, sess)
	if r.cur == sess {
		s.confirms = append(s.confirms, sess)
	}
	s.release(r)
}

// reached tells the owner that a remote is there.
func (s *Sessions) reached(now time.Time, r *remote) {
	if s.cfg.Answered != nil {
		s.cfg.Answered(now, r.key)
	}
}

// release packs what waited for a session.
func (s *Sessions) release(r *remote) {
	for _, m := range r.waiting {
		s.add(destination{r.path, r.key}, m)
	}
	r.waiting = nil
}

// cookie takes the answer of a responder that has too much to do (protocol.md §13.3).
func (s *Sessions) cookie(now time.Time, h wire.Header, body []byte) error {
	if len(body) != noise.CookieSize {
		return errLength
	}
	r := s.dialling[h.Index]
	if r == nil {
		return ErrUnknown
	}
	d := r.dial
	given, err := noise.OpenCookie(d.static, body, d.mac1[:])
	if err != nil {
		return ErrForged
	}
	s.reached(now, r)
	again := d.cookie != nil && given == d.given
	d.cookie, d.given, d.cookieAt = noise.NewMac(given[:]), given, now
	if !again { // the same cookie a second time says that one has to wait, and is not worth a datagram
		s.initiate(now, d)
	}
	return nil
}
