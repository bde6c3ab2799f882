package link

import (
	"errors"

	"udpchat/wire"
)

// ErrForeign is a datagram of a type that this version does not open, or for a session, of which it has none.
var ErrForeign = errors.New("datagram of a foreign type")

// seal appends the datagram that carries the packed messages from one key to another. Sessions take their place here: the
// type and the index will then name a session, and what follows the header is encrypted under the counter.
func seal(b []byte, from, to wire.Key, counter uint64, messages []byte) []byte {
	start := len(b)
	h := wire.Header{Type: wire.TypeOpen, Index: 0, Counter: counter}
	b = wire.AppendHeader(b, h, 0)
	b = wire.AppendEnvelope(b, from, to)
	b = append(b, messages...)
	wire.AppendHeader(b[:start], h, len(b)-start-wire.HeaderSize) // its length is fixed: it goes over the first one
	return b
}

// Open opens a datagram, and is the one place where that is done. The keys are those that the datagram names, and nothing
// proves them: sessions take their place here, and will. body is a part of datagram: one or more messages, not yet checked.
// The errors are made once, so that a flood of rubbish costs no allocation; each wraps wire.ErrMalformed or is ErrForeign.
func Open(datagram []byte) (from, to wire.Key, body []byte, err error) {
	h, plain, err := wire.ParseDatagram(datagram)
	if err != nil {
		return wire.Key{}, wire.Key{}, nil, err
	}
	if h.Type != wire.TypeOpen || h.Index != 0 {
		return wire.Key{}, wire.Key{}, nil, ErrForeign
	}
	return wire.ParseEnvelope(plain)
}
