package wire

import "github.com/vmihailenco/msgpack/v5"

// PushPost brings a post of the channel to a member (§4). The answer is Seen.
type PushPost struct {
	Prev   uint64 // nothing else waits for the receiver between Prev and Order
	Order  uint64
	Try    uint8
	Live   bool // accepted while the receiver was there
	Author Key
	Text   Text
}

// Seen answers PushPost: the receipt orders that the member has, durably.
type Seen struct {
	Store   uint64
	Through uint64  // receipt orders
	Ranges  []Range // as in Marks
	Order   uint64  // the push that this answers
	Try     uint8
}

const (
	pushPostFields = 5 + textFields
	seenFields     = 5
)

func (*PushPost) Kind() Kind { return KindPushPost }
func (*Seen) Kind() Kind     { return KindSeen }

func (m *Seen) check() error { return checkRanges(m.Through, m.Ranges) }

func (m *PushPost) check() error {
	if err := checkOrder(m.Prev, m.Order); err != nil {
		return err
	}
	return m.Text.check()
}

func (m *PushPost) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindPushPost, pushPostFields)
	w.uint(m.Prev)
	w.uint(m.Order)
	w.uint(uint64(m.Try))
	w.bool(m.Live)
	w.key(&m.Author)
	w.text(&m.Text)
	return w.err
}

func (m *PushPost) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindPushPost, pushPostFields)
	m.Prev = num[uint64](&r)
	m.Order = num[uint64](&r)
	m.Try = num[uint8](&r)
	m.Live = r.bool()
	r.key(&m.Author)
	r.text(&m.Text)
	return r.done(m)
}

func (m *Seen) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindSeen, seenFields)
	w.uint(m.Store)
	w.uint(m.Through)
	w.ranges(m.Ranges)
	w.uint(m.Order)
	w.uint(uint64(m.Try))
	return w.err
}

func (m *Seen) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindSeen, seenFields)
	m.Store = num[uint64](&r)
	m.Through = num[uint64](&r)
	m.Ranges = r.ranges()
	m.Order = num[uint64](&r)
	m.Try = num[uint8](&r)
	return r.done(m)
}
