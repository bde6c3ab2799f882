package wire

import "github.com/vmihailenco/msgpack/v5"

// Crowd goes beside Registered and Pong when there are so many clients that the table has rows of those only that concern its reader (§8.12):
// it says how many there are.
type Crowd struct {
	Clients uint32 // that have a name
	Present uint32 // of them
}

const crowdFields = 2

func (*Crowd) Kind() Kind { return KindCrowd }

func (*Crowd) check() error { return nil }

func (m *Crowd) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindCrowd, crowdFields)
	w.uint(uint64(m.Clients))
	w.uint(uint64(m.Present))
	return w.err
}

func (m *Crowd) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindCrowd, crowdFields)
	m.Clients = num[uint32](&r)
	m.Present = num[uint32](&r)
	return r.done(m)
}
