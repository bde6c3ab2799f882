package wire

import "github.com/vmihailenco/msgpack/v5"

// Clock asks the server what time it is, by telling one's own, and is the answer too (§4, §8.11). Nobody sets a clock by it.
type Clock struct {
	Nonce uint32 // echoed
	Time  int64  // by the clock of who sends it, microseconds since 1970
}

const clockFields = 2

func (*Clock) Kind() Kind { return KindClock }

func (*Clock) check() error { return nil }

func (m *Clock) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindClock, clockFields)
	w.uint(uint64(m.Nonce))
	w.int(m.Time)
	return w.err
}

func (m *Clock) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindClock, clockFields)
	m.Nonce = num[uint32](&r)
	m.Time = r.int()
	return r.done(m)
}
