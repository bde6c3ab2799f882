package wire

import (
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
)

// Presence is whether a client's lease lives: a hint, never a promise (§4).
type Presence uint8

const (
	Offline Presence = 0
	Online  Presence = 1
)

// String is the presence as logs name it.
func (p Presence) String() string {
	switch p {
	case Offline:
		return "offline"
	case Online:
		return "online"
	}
	return "presence " + strconv.Itoa(int(p))
}

// Ping asks whether the other side is there and keeps a lease alive (§4). The answer is Pong.
type Ping struct {
	Nonce    uint32
	Store    uint64 // from a client: what it knows; from the server: its own
	Revision uint64
	Order    uint64 // the highest receipt order that it knows of
}

// Pong answers Ping.
type Pong struct {
	Nonce    uint32
	Known    bool // from the server: the client is registered
	Store    uint64
	Revision uint64
	Order    uint64
}

const (
	pingFields = 4
	pongFields = 5
)

func (*Ping) Kind() Kind { return KindPing }
func (*Pong) Kind() Kind { return KindPong }

func (*Ping) check() error { return nil }
func (*Pong) check() error { return nil }

func (m *Ping) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindPing, pingFields)
	w.uint(uint64(m.Nonce))
	w.uint(m.Store)
	w.uint(m.Revision)
	w.uint(m.Order)
	return w.err
}

func (m *Ping) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindPing, pingFields)
	m.Nonce = num[uint32](&r)
	m.Store = num[uint64](&r)
	m.Revision = num[uint64](&r)
	m.Order = num[uint64](&r)
	return r.done(m)
}

func (m *Pong) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindPong, pongFields)
	w.uint(uint64(m.Nonce))
	w.bool(m.Known)
	w.uint(m.Store)
	w.uint(m.Revision)
	w.uint(m.Order)
	return w.err
}

func (m *Pong) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindPong, pongFields)
	m.Nonce = num[uint32](&r)
	m.Known = r.bool()
	m.Store = num[uint64](&r)
	m.Revision = num[uint64](&r)
	m.Order = num[uint64](&r)
	return r.done(m)
}
