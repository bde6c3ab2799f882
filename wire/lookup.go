package wire

import (
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Lookup asks the server for the card of a client (§4, §14.1). The answer is Found.
type Lookup struct{ Key Key }

// Found answers Lookup. What it says of the key the key itself has signed.
type Found struct {
	Key  Key
	Card []byte // CardSize bytes, or none when the server has no card; decoded: a part of the datagram
}

const (
	lookupFields = 1
	foundFields  = 2
)

func (*Lookup) Kind() Kind { return KindLookup }
func (*Found) Kind() Kind  { return KindFound }

func (*Lookup) check() error { return nil }

func (m *Found) check() error {
	if len(m.Card) == 0 {
		return nil
	}
	return checkCard(m.Card)
}

// CardPrekey is the id of the prekey in a card, 0 for no card: of two cards of a client the one with the higher id is newer.
func CardPrekey[T string | []byte](card T) uint32 {
	if len(card) != CardSize {
		return 0
	}
	id := uint32(0)
	for i := 32 + 64; i < 32+64+4; i++ {
		id = id<<8 | uint32(card[i])
	}
	return id
}

func checkCard(card []byte) error {
	if len(card) != CardSize {
		return fmt.Errorf("%w: card of %d bytes", ErrMalformed, len(card))
	}
	return nil
}

func (m *Lookup) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindLookup, lookupFields)
	w.key(&m.Key)
	return w.err
}

func (m *Lookup) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindLookup, lookupFields)
	r.key(&m.Key)
	return r.done(m)
}

func (m *Found) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindFound, foundFields)
	w.key(&m.Key)
	w.bytes(m.Card)
	return w.err
}

func (m *Found) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindFound, foundFields)
	r.key(&m.Key)
	m.Card = r.bytes(CardSize)
	return r.done(m)
}
