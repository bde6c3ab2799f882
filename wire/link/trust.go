package link

import "udpchat/wire"

// Trust says how to dial key, and keeps what is known of it until Forget. The caller has Verified the Card that static is
// from, or else a handshake shows that key does not have it, and ends.
func (s *Sessions) Trust(key wire.Key, static [32]byte) { s.trust(key, static, s.cfg.Server, false) }

// TrustServer is Trust for a server: its sessions are Long. The caller has verified, or pinned, that static is key's.
func (s *Sessions) TrustServer(key wire.Key, static [32]byte) { s.trust(key, static, true, true) }

// TrustClient is Trust for a client of a server: key has said itself, in a session, that static is its own.
func (s *Sessions) TrustClient(key wire.Key, static [32]byte) { s.trust(key, static, true, true) }

func (s *Sessions) trust(key wire.Key, static [32]byte, long, verified bool) {
	if key == s.me.key || static == s.me.card.Static {
		return // nobody talks to oneself
	}
	r := s.remote(key)
	r.verified = verified || r.verified && r.static == static
	r.static, r.dialable, r.trusted, r.long = static, true, true, long
	if r.cur != nil {
		s.expiry.move(r.cur, s.ending(r, r.cur))
	}
}

// Forget ends everything with key.
func (s *Sessions) Forget(key wire.Key) {
	r := s.remotes.Get(key)
	if r == nil {
		return
	}
	r.trusted, r.dialable = false, false
	s.hangUp(r)
	for _, sess := range append(r.old, r.cur) {
		if sess != nil {
			s.end(sess)
		}
	}
	s.tidy(r)
}
