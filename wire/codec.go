package wire

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// ErrTooLong is a message that no datagram holds.
var ErrTooLong = errors.New("message too long for a datagram")

// encoder is a msgpack encoder with the sink that it writes to.
type encoder struct {
	sink sink
	enc  *msgpack.Encoder
}

// encoders keeps encoders between calls: one is 100 bytes of buffers, and a datagram a few hundred nanoseconds.
var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.enc = msgpack.NewEncoder(&e.sink)
	return e
}}

// AppendMessage appends the array of m to b, a body. The error wraps ErrMalformed when a
// value is not allowed and is ErrTooLong when the message has more than MaxMessage bytes; b is then as it was.
func AppendMessage(b []byte, m Message) ([]byte, error) {
	if err := m.check(); err != nil {
		return b, fmt.Errorf("encode %v: %w", m.Kind(), err)
	}
	e := encoders.Get().(*encoder)
	e.sink.b = b
	err := m.EncodeMsgpack(e.enc)
	out := e.sink.b
	e.sink.b = nil
	encoders.Put(e)
	switch {
	case err != nil:
		return b, fmt.Errorf("encode %v: %w", m.Kind(), err)
	case len(out)-len(b) > MaxMessage:
		return b, fmt.Errorf("encode %v: %w", m.Kind(), ErrTooLong)
	}
	return out, nil
}

// Decoder decodes bodies. The zero value is ready and meant to be used again and again by one goroutine.
type Decoder struct {
	// Unknown counts the messages that were skipped because their kind is unknown.
	Unknown uint64

	src   source
	dec   *msgpack.Decoder
	batch []Message
	texts []*Direct // to be used again, of which
	used  int       // are in the batch
}

// Decode calls each with the messages of a body, in their order. A body that is not as
// specified in every message is refused before each is called at all; the error wraps ErrMalformed. An error of each
// ends the calls and is returned. Decode must not be called from each.
//
// The messages are the caller's, but a Direct only until the next Decode, and the Body of a Text is a part of body: who keeps these
// must copy them.
func (d *Decoder) Decode(body []byte, each func(Message) error) error {
	if err := guard(body); err != nil {
		return err
	}
	if d.dec == nil {
		d.dec = msgpack.NewDecoder(&d.src)
	}
	d.src = source{b: body}
	err := d.decode()
	for i := 0; err == nil && i < len(d.batch); i++ {
		err = each(d.batch[i])
	}
	d.src = source{}
	clear(d.batch)
	d.batch, d.used = d.batch[:0], 0
	return err
}

// decode fills the batch.
func (d *Decoder) decode() error {
	unknown := uint64(0)
	for d.src.at < len(d.src.b) {
		start := d.src.at
		k, err := d.kind()
		if err != nil {
			return err
		}
		d.src.at = start
		m := d.message(k)
		if m == nil {
			// §3: a kind that is not known is skipped, so that a later version can speak to this one.
			unknown++
			if err := d.dec.Skip(); err != nil {
				return fmt.Errorf("%w: %w", ErrMalformed, err)
			}
			continue
		}
		if err := m.DecodeMsgpack(d.dec); err != nil {
			return fmt.Errorf("decode %v: %w", k, err)
		}
		d.batch = append(d.batch, m)
	}
	d.Unknown += unknown
	return nil
}

// message is an empty message of the kind, nil when the kind is unknown.
func (d *Decoder) message(k Kind) Message {
	if k != KindText {
		return newMessage(k)
	}
	if d.used == len(d.texts) {
		d.texts = append(d.texts, new(Direct))
	}
	m := d.texts[d.used]
	d.used++
	*m = Direct{}
	return m
}

// kind reads the head of the next message. Numbers that no Kind can hold come back as 255, which is unknown as well.
func (d *Decoder) kind() (Kind, error) {
	r := newReader(d.dec)
	r.array(MaxBody)
	n := r.uint(math.MaxUint64)
	if r.err == nil && n == uint64(kindNone) {
		r.err = errKind
	}
	return Kind(min(n, math.MaxUint8)), r.err
}
