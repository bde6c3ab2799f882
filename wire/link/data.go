package link

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// A control record is what the sessions say to each other: a msgpack array of a kind and bytes, before the messages of a body
// (protocol.md §13.7). Those above never see one.
const (
	controlChallenge = 120
	controlEcho      = 121
	controlToken     = 122

	controlHead = 4 // array of 2, kind, bin 8, length
	// maxControls is how many records a body begins with: more are no one's need, and each may ask for an answer.
	maxControls = 2

	tokenRecord = controlHead + noise.MacSize

	proofSize     = 8
	proofDatagram = wire.HeaderSize + controlHead + proofSize + noise.TagSize
)

func appendControl(b []byte, kind byte, data []byte) []byte {
	return append(append(b, 0x92, kind, 0xc4, byte(len(data))), data...)
}

// control splits a control record off a body.
func control(body []byte) (kind byte, data, rest []byte, err error) {
	if len(body) < 2 || body[0] != 0x92 || body[1] < controlChallenge || body[1] > controlToken {
		return 0, nil, body, nil
	}
	want := proofSize
	if body[1] == controlToken {
		want = noise.MacSize
	}
	if len(body) < controlHead+want || body[2] != 0xc4 || int(body[3]) != want {
		return 0, nil, nil, errControl
	}
	return body[1], body[controlHead : controlHead+want], body[controlHead+want:], nil
}

// seal appends the next datagram of the session to b, which is empty. An initiator tells its token until it hears something:
// then the responder has it.
func (s *Sessions) seal(sess *session, b, body []byte) []byte {
	b = b[:0]
	length := len(body) + noise.TagSize
	tell := sess.initiator && !sess.heard
	if tell {
		length += tokenRecord
	}
	b = wire.AppendHeader(b, wire.Header{Type: wire.TypeData, Index: sess.theirs, Counter: sess.sent}, length)
	if tell {
		token := s.me.token(sess.ours)
		b = appendControl(b, controlToken, token[:])
	}
	b = append(b, body...)
	head := b[:wire.HeaderSize:wire.HeaderSize]
	b = sess.keys.Seal(&s.nonce, b[:wire.HeaderSize], sess.sent, head, b[wire.HeaderSize:])
	sess.sent++
	return b
}

// data opens what was sealed.
func (s *Sessions) data(now time.Time, p Path, h wire.Header, datagram, body []byte) (wire.Key, Path, []byte, error) {
	sess := s.sessions[h.Index]
	if sess == nil {
		s.sendReset(now, p, h.Index, len(datagram))
		return wire.Key{}, Path{}, nil, ErrUnknown
	}
	if sess.due <= s.elapsed(now) { // Tick is late
		return wire.Key{}, Path{}, nil, ErrUnknown
	}
	// protocol.md §13.5: looked up before the work of opening it, noted only after the tag was right.
	if !sess.window.Fresh(h.Counter) && !s.cfg.NoReplayWindow {
		return wire.Key{}, Path{}, nil, ErrReplay
	}
	plain, err := sess.keys.Open(&s.nonce, body[:0], h.Counter, datagram[:wire.HeaderSize], body)
	if err != nil {
		return wire.Key{}, Path{}, nil, ErrForged
	}
	newest := sess.window.Mark(h.Counter)
	if sess.unconfirmed != nil {
		s.confirm(now, p, sess)
	}
	r := sess.remote
	if !sess.heard {
		sess.heard, sess.since = true, s.elapsed(now)
	}
	if r.cur == sess && len(r.old) > 0 {
		s.retire(now, r)
	}
	s.notice(r, sess, p, newest, len(datagram))
	plain, err = s.controls(now, p, r, sess, plain)
	if err != nil {
		return wire.Key{}, Path{}, nil, err
	}
	s.challenge(now, r, sess, p)
	s.reconfirm(now, r, sess)
	if len(plain) == 0 {
		return wire.Key{}, Path{}, nil, nil
	}
	if !r.path.Remote.IsValid() {
		return wire.Key{}, Path{}, nil, ErrUnproved
	}
	return r.key, r.path, plain, nil
}

// reconfirm is key confirmation once more: it shows the remote that we have a newer session than the one it used, when it has not been
// heard in that: what told it
// was lost.
func (s *Sessions) reconfirm(now time.Time, r *remote, sess *session) {
	cur := r.cur
	at := s.elapsed(now)
	if cur == nil || cur == sess || !cur.initiator || cur.heard || at-cur.reconfirmed < s.cfg.Retry || !r.path.Remote.IsValid() {
		return
	}
	cur.reconfirmed = at
	s.send(s.seal(cur, nil, nil), r.path)
}

// controls carries out the control records before the messages, and returns the messages.
func (s *Sessions) controls(now time.Time, p Path, r *remote, sess *session, body []byte) ([]byte, error) {
	for range maxControls {
		kind, data, rest, err := control(body)
		if err != nil || kind == 0 {
			return rest, err
		}
		body = rest
		switch kind {
		case controlChallenge:
			s.sendControl(r, sess, p, controlEcho, data)
		case controlEcho:
			s.echoed(now, r, p, data)
		case controlToken:
			if !sess.hasToken {
				sess.token, sess.hasToken = [noise.MacSize]byte(data), true
				s.list(sess)
			}
		}
	}
	if kind, _, _, err := control(body); err != nil || kind != 0 {
		return nil, errControl
	}
	return body, nil
}
