package link

import "udpchat/wire"

// Traced is one datagram as it went, for who watches (SessionConfig.Trace).
type Traced struct {
	Sent bool // by us; else it came
	Path Path
	Who  wire.Key // at the other end: proved, or addressed; zero when the sessions alone were concerned
	Type uint8    // protocol.md §13.1; 0: what came is none of ours
	Size int      // bytes of the datagram
	Body []byte   // its messages, opened and not checked; borrowed, and empty when there are none
	Err  error    // why it was dropped, or did not leave
}

// traceSent tells of a datagram of ours.
func (s *Sessions) traceSent(p Path, to wire.Key, datagram, messages []byte, err error) {
	if s.cfg.Trace != nil {
		s.cfg.Trace(Traced{Sent: true, Path: p, Who: to, Type: datagram[1], Size: len(datagram), Body: messages, Err: err})
	}
}

// traceCame tells of one that Open took: what its header says is still in it.
func (s *Sessions) traceCame(p Path, from wire.Key, datagram, messages []byte, err error) {
	if s.cfg.Trace == nil {
		return
	}
	h, _, bad := wire.ParseDatagram(datagram)
	if bad != nil {
		h.Type = 0
	}
	s.cfg.Trace(Traced{Path: p, Who: from, Type: h.Type, Size: len(datagram), Body: messages, Err: err})
}
