package link

import (
	"encoding/binary"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// maxAsked is how many unconfirmed sessions there may be in one name. A replayed initiation takes one: with several, whoever
// holds a few old ones can't push out the one that counts before it is confirmed.
const maxAsked = 4

// respond answers an initiation, if there is room for it.
func (s *Sessions) respond(now time.Time, p Path, h wire.Header, datagram, body []byte) error {
	if len(body) != initiationSize || h.Counter != 0 {
		return errLength
	}
	before := datagram[:len(datagram)-macsSize]
	mac1 := [noise.MacSize]byte(datagram[len(before):])
	if !s.mac.Check(mac1[:], before) {
		return ErrStranger
	}
	if busy := s.load.ask(s.elapsed(now)); busy && !s.admits(now, p, datagram) {
		return s.sendCookie(now, p, h, mac1)
	}
	// An initiation is sent again until it is answered: it is the same one, and gets the same response.
	if again := s.pending[mac1]; again != nil {
		s.send(again.unconfirmed.response, p)
		return nil
	}
	if s.crowded() || !s.answers.take(s.elapsed(now), perSecond(s.cfg.Answers, s.cfg.Answers/4)) {
		return s.sendCookie(now, p, h, mac1)
	}
	if s.cfg.later {
		return s.leaveDatagram(p, datagram)
	}
	return s.do(now, s.meet(p, h, datagram, body))
}

// crowded reports whether there is no room for another handshake. Those that are left for later have theirs already.
func (s *Sessions) crowded() bool {
	left := s.chores.datagrams
	return left == maxLeft || len(s.pending)+left >= s.cfg.MaxPending || len(s.sessions)+left >= s.cfg.MaxSessions
}

// meet makes the response to an initiation, and does nothing else (protocol.md §13.2).
func (s *Sessions) meet(p Path, h wire.Header, datagram, body []byte) job {
	u := &unconfirmed{path: p, mac1: [noise.MacSize]byte(datagram[len(datagram)-macsSize:])}
	index := s.index()
	token := s.me.token(index)
	var keys noise.Keys
	var err error
	return job{p, func(knows func(wire.Key, [32]byte) bool) {
		keys, err = s.response(u, h, body, append(binary.BigEndian.AppendUint32(nil, index), token[:]...), knows)
	}, func(now time.Time) error {
		if err != nil || u.key == s.me.key {
			return ErrForged
		}
		if again := s.pending[u.mac1]; again != nil { // it came again before it was its turn
			s.send(again.unconfirmed.response, p)
			return nil
		}
		sess := s.session(now, keys, index, h.Index, false, u.static)
		sess.unconfirmed = u
		s.pend(now, sess)
		s.send(u.response, p)
		return nil
	}}
}

// response reads an initiation and writes the response with what it is to say before our name, both for u. It may be at work beside the owner.
func (s *Sessions) response(u *unconfirmed, h wire.Header, body, says []byte, knows func(wire.Key, [32]byte) bool) (noise.Keys, error) {
	hs, err := noise.Respond(s.cfg.Rand, s.me.static, prologue(h.Index), body[:message1Size])
	if err != nil {
		return noise.Keys{}, err
	}
	u.static = hs.Remote
	if u.key, err = readCredential(hs.Payload, hs.Remote, knows); err != nil {
		return noise.Keys{}, err
	}
	message, keys, err := hs.Answer(s.me.credential(says))
	if err != nil {
		return noise.Keys{}, err
	}
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeResponse, Index: h.Index}, responseSize)
	b = append(b, message...)
	sum := noise.MacFor(hs.Remote).Sum(b)
	u.response = append(append(b, sum[:]...), make([]byte, noise.MacSize)...)
	return keys, nil
}

// admits reports whether an initiator has proved its address with a cookie, and its network was not here too often.
func (s *Sessions) admits(now time.Time, p Path, datagram []byte) bool {
	before, mac2 := datagram[:len(datagram)-noise.MacSize], datagram[len(datagram)-noise.MacSize:]
	return s.jar.Check(now, p.Remote, mac2, before) && s.sources.take(s.elapsed(now), network(p.Remote.Addr()))
}

// sendCookie refuses a handshake for now, and answers with a cookie: it lets in who has none yet, and tells who has one that we are there
// (protocol.md §13.3).
func (s *Sessions) sendCookie(now time.Time, p Path, h wire.Header, mac1 [noise.MacSize]byte) error {
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeCookie, Index: h.Index}, noise.CookieSize)
	if b, err := s.jar.Give(b, now, p.Remote, mac1[:]); err == nil {
		s.Counts.Cookies++
		s.send(b, p)
	}
	return ErrBusy
}

// pend keeps a session until it is confirmed.
func (s *Sessions) pend(now time.Time, sess *session) {
	u := sess.unconfirmed
	if asked := s.askers[u.key]; len(asked) == maxAsked {
		s.end(asked[0])
	}
	s.askers[u.key] = append(s.askers[u.key], sess)
	s.pending[u.mac1] = sess
	s.expiry.put(sess, s.elapsed(now)+s.cfg.Confirm)
}

// unpend takes a session out of those that are not confirmed.
func (s *Sessions) unpend(sess *session) {
	u := sess.unconfirmed
	sess.unconfirmed = nil
	delete(s.pending, u.mac1)
	asked := s.askers[u.key]
	for i, a := range asked {
		if a == sess {
			asked = append(asked[:i:i], asked[i+1:]...)
			break
		}
	}
	if s.askers[u.key] = asked; len(asked) == 0 {
		delete(s.askers, u.key)
	}
}

// confirm makes a session of one whose first datagram was opened: its initiator is who it said it is, and is there now.
func (s *Sessions) confirm(now time.Time, p Path, sess *session) {
	u := sess.unconfirmed
	s.unpend(sess)
	r := s.remote(u.key)
	r.static, r.verified = u.static, true
	if !s.cfg.Server { // a server waits for its clients to come
		r.dialable = true
	}
	s.establish(now, r, sess)
	if p.Remote == u.path.Remote { // it got there what was sent there
		s.move(now, r, p)
	}
	if r.dial != nil {
		s.hangUp(r)
	}
	if r.path.Remote.IsValid() {
		s.release(r)
	}
}
