package link

import (
	"fmt"

	"udpchat/wire"
)

// room is how many bytes of messages a datagram has: what the header and the envelope leave. It is no less than the largest
// message that the codec makes, so that each one fits.
const room = wire.MaxMessage

// Sealer is the sending half of a party: it packs messages into datagrams, as many as fit into one for the same
// destination, seals them and writes them. Not safe for concurrent use: owned by a loop.
//
// Invariant: latest names, for every destination in packed, the last of its datagrams, the one that may still have room.
type Sealer struct {
	me      wire.Key
	counter uint64 // of the last datagram sealed; the first one has 1

	packed []packed // in the order of their first messages
	latest map[destination]int

	message  []byte // scratch: the message being added
	datagram []byte // scratch: the datagram being written
}

type destination struct {
	path Path
	to   wire.Key
}

// packed is a datagram to be: messages for one destination. Its buffer is used again after Flush.
type packed struct {
	dest     destination
	messages []byte
}

// NewSealer makes the sealer of a party that is known by the key me.
func NewSealer(me wire.Key) *Sealer {
	return &Sealer{me: me, latest: make(map[destination]int)}
}

// Add packs a message for a destination. Messages to one path and key keep their order. When it fails nothing was added;
// the error is the codec's: the message is not allowed, or wire.ErrTooLong, a mistake of the program.
func (s *Sealer) Add(p Path, to wire.Key, m wire.Message) error {
	b, err := wire.AppendMessage(s.message[:0], m)
	if err != nil {
		return fmt.Errorf("pack message: %w", err)
	}
	s.message = b
	dest := destination{p, to}
	i, ok := s.latest[dest]
	if !ok || len(s.packed[i].messages)+len(b) > room {
		i = s.begin(dest)
	}
	s.packed[i].messages = append(s.packed[i].messages, b...)
	return nil
}

// begin starts a datagram, in a buffer that an earlier one left if there is one, and returns its place.
func (s *Sealer) begin(dest destination) int {
	i := len(s.packed)
	if i < cap(s.packed) {
		s.packed = s.packed[:i+1]
	} else {
		s.packed = append(s.packed, packed{})
	}
	s.packed[i].dest, s.packed[i].messages = dest, s.packed[i].messages[:0]
	s.latest[dest] = i
	return i
}

// Flush seals and writes what was added, in the order of the datagrams' first messages, and forgets it. write keeps nothing
// of b and does not call Add. Where a write fails the others are still tried: datagrams counts those that were written, err
// is the first error.
func (s *Sealer) Flush(write func(b []byte, p Path) error) (datagrams int, err error) {
	for i := range s.packed {
		d := &s.packed[i]
		s.counter++
		s.datagram = seal(s.datagram[:0], s.me, d.dest.to, s.counter, d.messages)
		if werr := write(s.datagram, d.dest.path); werr == nil {
			datagrams++
		} else if err == nil {
			err = werr
		}
		delete(s.latest, d.dest) // one by one: clear would cost as much as the largest flush ever
	}
	s.packed = s.packed[:0]
	return datagrams, err
}
