package sim

import (
	"errors"
	"fmt"

	"udpchat/wire"
	"udpchat/wire/link"
)

// A datagram of this world is who speaks, to whom, and the messages, in the clear: what sessions add is not what is tested
// here. It holds as many messages as a sealed one does.
const (
	headSize  = 2 * len(wire.Key{})
	frameSize = headSize + wire.MaxMessage
)

var errHead = errors.New("datagram without its head, or too long")

// packer puts a party's messages into datagrams, as link.Sessions does.
type packer struct {
	me     wire.Key
	packed []packet // in the order of their first messages; their buffers are used again
}

// packet is a datagram to be.
type packet struct {
	path link.Path
	to   wire.Key
	data []byte
}

// add packs a message for a destination. Messages to one destination keep their order.
func (k *packer) add(p link.Path, to wire.Key, m wire.Message) error {
	b := k.latest(p, to)
	longer, err := wire.AppendMessage(b.data, m)
	if err != nil {
		return fmt.Errorf("pack message: %w", err)
	}
	if len(longer) > frameSize {
		b = k.begin(p, to)
		longer, _ = wire.AppendMessage(b.data, m) // it did before
	}
	b.data = longer
	return nil
}

// latest is the last datagram for a destination.
func (k *packer) latest(p link.Path, to wire.Key) *packet {
	for i := len(k.packed) - 1; i >= 0; i-- {
		if b := &k.packed[i]; b.to == to && b.path == p {
			return b
		}
	}
	return k.begin(p, to)
}

func (k *packer) begin(p link.Path, to wire.Key) *packet {
	i := len(k.packed)
	if i < cap(k.packed) {
		k.packed = k.packed[:i+1]
	} else {
		k.packed = append(k.packed, packet{data: make([]byte, 0, frameSize)})
	}
	b := &k.packed[i]
	b.path, b.to = p, to
	b.data = append(append(b.data[:0], k.me[:]...), to[:]...)
	return b
}

// flush writes what was packed.
func (k *packer) flush(p *party) {
	for i := range k.packed {
		if b := &k.packed[i]; len(b.data) > headSize {
			p.w.net.write(p, b.data, b.path)
		}
	}
	k.packed = k.packed[:0]
}

// open takes a datagram apart.
func open(b []byte) (from, to wire.Key, messages []byte, err error) {
	if len(b) <= headSize || len(b) > frameSize {
		return wire.Key{}, wire.Key{}, nil, errHead
	}
	return wire.Key(b), wire.Key(b[headSize/2:]), b[headSize:], nil
}
