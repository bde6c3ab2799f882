package wire

import "fmt"

var errEnvelope = fmt.Errorf("%w: body without an envelope", ErrMalformed)

// Where the keys of the envelope stand: 0x93, 0x00, then twice 0xc4 0x20 and a key.
const (
	envelopeFrom = 4
	envelopeTo   = envelopeFrom + keySize + 2
)

// AppendEnvelope appends who speaks and to whom: the array [0, from, to] that begins every plain body (§3). Sessions
// will know both and need it no more.
func AppendEnvelope(b []byte, from, to Key) []byte {
	b = append(b, 0x93, byte(kindEnvelope), 0xc4, keySize)
	b = append(b, from[:]...)
	b = append(b, 0xc4, keySize)
	return append(b, to[:]...)
}

// ParseEnvelope reads the envelope and returns the messages behind it, a part of body. The error wraps ErrMalformed.
func ParseEnvelope(body []byte) (from, to Key, rest []byte, err error) {
	if len(body) < EnvelopeSize || body[0] != 0x93 || body[1] != byte(kindEnvelope) ||
		body[envelopeFrom-2] != 0xc4 || body[envelopeFrom-1] != keySize ||
		body[envelopeTo-2] != 0xc4 || body[envelopeTo-1] != keySize {
		return Key{}, Key{}, nil, errEnvelope
	}
	from = Key(body[envelopeFrom:])
	to = Key(body[envelopeTo:])
	return from, to, body[EnvelopeSize:], nil
}
