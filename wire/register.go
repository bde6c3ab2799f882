package wire

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
)

// Register asks for a name, or says again who is here (§4). The answer is Registered.
type Register struct {
	Request  uint32 // echoed; a retry has the same
	Name     string
	Epoch    uint64 // the client's
	Store    uint64 // the server's store that the client last knew, 0 for none
	Revision uint64 // of the table that the client has, of that store
	Seen     uint64 // receipt order through which the client has everything of that store
	Order    uint64 // the highest receipt order of that store that the client knows of
	Card     []byte // the client's: CardSize bytes; decoded: a part of the datagram
	Mode     Mode
}

// Mode is how a client is there (§8.10). Numbers are only ever appended.
type Mode uint8

const (
	Present Mode = 0 // for all to see
	Hidden  Mode = 1 // without presence
	Sender  Mode = 2 // without presence, and what waits for it goes on waiting
)

// String is the mode as logs name it.
func (m Mode) String() string {
	switch m {
	case Present:
		return "present"
	case Hidden:
		return "hidden"
	case Sender:
		return "sender"
	}
	return "mode " + strconv.Itoa(int(m))
}

// Registered answers Register.
type Registered struct {
	Request    uint32
	Outcome    Outcome
	Store      uint64
	Revision   uint64 // the table's head
	Waiting    bool   // mail or posts wait
	MaxMessage uint32 // bytes of a text
	Lease      uint16 // seconds
	Order      uint64 // the last receipt order given out
}

// Deregister ends the client's presence (§4). The answer is Deregistered.
type Deregister struct {
	Request uint32
	Name    string
}

// Deregistered answers Deregister.
type Deregistered struct {
	Request uint32
	Outcome Outcome
}

// Outcome is how a request ended. Numbers are only ever appended: an unknown one is a refusal.
type Outcome uint8

const (
	OK          Outcome = 0
	NameTaken   Outcome = 1 // belongs to another key
	KeyTaken    Outcome = 2 // this key has another name
	BadName     Outcome = 3
	NotYours    Outcome = 4 // deregister: the name is not this key's
	Unavailable Outcome = 5 // try again later
)

// String is the outcome as logs name it.
func (o Outcome) String() string {
	switch o {
	case OK:
		return "ok"
	case NameTaken:
		return "name taken"
	case KeyTaken:
		return "key has another name"
	case BadName:
		return "bad name"
	case NotYours:
		return "not yours"
	case Unavailable:
		return "unavailable"
	}
	return "outcome " + strconv.Itoa(int(o))
}

const (
	registerFields     = 9
	registeredFields   = 8
	deregisterFields   = 2
	deregisteredFields = 2
)

func (*Register) Kind() Kind     { return KindRegister }
func (*Registered) Kind() Kind   { return KindRegistered }
func (*Deregister) Kind() Kind   { return KindDeregister }
func (*Deregistered) Kind() Kind { return KindDeregistered }

// A name in a request is only measured here: whether it is allowed is for the server to say, as BadName.
func (m *Register) check() error {
	return errors.Join(checkSize(m.Name), checkCard(m.Card), checkMode(m.Mode))
}
func (*Registered) check() error   { return nil }
func (m *Deregister) check() error { return checkSize(m.Name) }
func (*Deregistered) check() error { return nil }

func checkMode(m Mode) error {
	if m > Sender {
		return errRange
	}
	return nil
}

func checkSize(name string) error {
	switch {
	case len(name) > MaxNameBytes:
		return fmt.Errorf("%w: name of %d bytes", ErrMalformed, len(name))
	case !utf8.ValidString(name):
		return errUTF8
	}
	return nil
}

func (m *Register) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindRegister, registerFields)
	w.uint(uint64(m.Request))
	w.string(m.Name)
	w.uint(m.Epoch)
	w.uint(m.Store)
	w.uint(m.Revision)
	w.uint(m.Seen)
	w.uint(m.Order)
	w.bytes(m.Card)
	w.uint(uint64(m.Mode))
	return w.err
}

func (m *Register) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindRegister, registerFields)
	m.Request = num[uint32](&r)
	m.Name = r.name()
	m.Epoch = num[uint64](&r)
	m.Store = num[uint64](&r)
	m.Revision = num[uint64](&r)
	m.Seen = num[uint64](&r)
	m.Order = num[uint64](&r)
	m.Card = r.bytes(CardSize)
	m.Mode = num[Mode](&r)
	return r.done(m)
}

func (m *Registered) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindRegistered, registeredFields)
	w.uint(uint64(m.Request))
	w.uint(uint64(m.Outcome))
	w.uint(m.Store)
	w.uint(m.Revision)
	w.bool(m.Waiting)
	w.uint(uint64(m.MaxMessage))
	w.uint(uint64(m.Lease))
	w.uint(m.Order)
	return w.err
}

func (m *Registered) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindRegistered, registeredFields)
	m.Request = num[uint32](&r)
	m.Outcome = num[Outcome](&r)
	m.Store = num[uint64](&r)
	m.Revision = num[uint64](&r)
	m.Waiting = r.bool()
	m.MaxMessage = num[uint32](&r)
	m.Lease = num[uint16](&r)
	m.Order = num[uint64](&r)
	return r.done(m)
}

func (m *Deregister) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindDeregister, deregisterFields)
	w.uint(uint64(m.Request))
	w.string(m.Name)
	return w.err
}

func (m *Deregister) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindDeregister, deregisterFields)
	m.Request = num[uint32](&r)
	m.Name = r.name()
	return r.done(m)
}

func (m *Deregistered) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindDeregistered, deregisteredFields)
	w.uint(uint64(m.Request))
	w.uint(uint64(m.Outcome))
	return w.err
}

func (m *Deregistered) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindDeregistered, deregisteredFields)
	m.Request = num[uint32](&r)
	m.Outcome = num[Outcome](&r)
	return r.done(m)
}
