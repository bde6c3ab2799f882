package wire

import "github.com/vmihailenco/msgpack/v5"

// Gone says that posts went from the channel's log which its reader may not have had (§11.4). The answer is a Seen that names Order.
type Gone struct {
	Store uint64
	Order uint64 // nothing through here is there any more
}

const goneFields = 2

func (*Gone) Kind() Kind { return KindGone }

func (*Gone) check() error { return nil }

func (m *Gone) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindGone, goneFields)
	w.uint(m.Store)
	w.uint(m.Order)
	return w.err
}

func (m *Gone) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindGone, goneFields)
	m.Store = num[uint64](&r)
	m.Order = num[uint64](&r)
	return r.done(m)
}
