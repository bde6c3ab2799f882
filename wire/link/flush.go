package link

import "udpchat/wire"

// Flush seals and writes what was added, and what the sessions themselves have to say. write keeps nothing of b and calls no
// method. Where a write fails the others are still tried: datagrams counts those that were written, err is the first error.
func (s *Sessions) Flush(write func(b []byte, p Path) error) (datagrams int, err error) {
	put := func(b []byte, p Path, to wire.Key, messages []byte) {
		werr := write(b, p)
		s.traceSent(p, to, b, messages, werr)
		if werr == nil {
			datagrams++
		} else if err == nil {
			err = werr
		}
	}
	for _, o := range s.out {
		put(o.data, o.path, wire.Key{}, nil)
	}
	clear(s.out)
	s.out = s.out[:0]
	s.each(func(d *packed) {
		r := s.remotes.Get(d.dest.to)
		if r == nil || r.cur == nil { // it was lost since Add: what was in it comes again from above
			s.Counts.Dropped++
			return
		}
		s.datagram = s.seal(r.cur, s.datagram[:0], d.messages)
		put(s.datagram, d.dest.path, d.dest.to, d.messages)
	})
	s.reset()
	s.forgetAdded()
	// protocol.md §13.2: the responder sends nothing in a session before it got something in it.
	for _, sess := range s.confirms {
		if r := sess.remote; r != nil && r.cur == sess && sess.sent == 0 {
			s.datagram = s.seal(sess, s.datagram[:0], nil)
			put(s.datagram, r.path, r.key, nil)
		}
	}
	clear(s.confirms)
	s.confirms = s.confirms[:0]
	return datagrams, err
}

// send leaves a datagram for Flush.
func (s *Sessions) send(b []byte, p Path) {
	if len(s.out) == maxOut {
		s.Counts.Crowded++
		return
	}
	s.out = append(s.out, outgoingDatagram{b, p})
}
