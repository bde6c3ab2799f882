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
type Sealer struct {
	me      wire.Key
	counter uint64 // of the last datagram sealed; the first one has 1

	packer
	message  []byte // scratch: the message being added
	datagram []byte // scratch: the datagram being written
}

// NewSealer makes the sealer of a party that is known by the key me.
func NewSealer(me wire.Key) *Sealer {
	return &Sealer{me: me, packer: newPacker(room)}
}

// Add packs a message for a destination. Messages to one path and key keep their order. When it fails nothing was added;
// the error is the codec's: the message is not allowed, or wire.ErrTooLong, a mistake of the program.
func (s *Sealer) Add(p Path, to wire.Key, m wire.Message) error {
	b, err := wire.AppendMessage(s.message[:0], m)
	if err != nil {
		return fmt.Errorf("pack message: %w", err)
	}
	s.message = b
	s.add(destination{p, to}, b)
	return nil
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
	}
	s.reset()
	return datagrams, err
}
