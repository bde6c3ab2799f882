package wire

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
)

// Deposit leaves a text with the server, for a client or the channel (§4). It is idempotent; the answer is Stored.
type Deposit struct {
	To   Key // a client, or Channel
	Try  uint8
	Base uint64 // what its sender gave out below this seq, in this epoch, is over for it (§11.1); at most the text's own
	Text Text
}

// Stored answers Deposit when the server's disk has the text, or says why it never will.
type Stored struct {
	To      Key
	Epoch   uint64
	ToEpoch uint64
	Seq     uint64
	Try     uint8
	Verdict Verdict
	State   Presence       // the recipient's, as the server knows it
	Addr    netip.AddrPort // the recipient's
	Order   uint64         // its receipt order, when it waits
	Again   bool           // it was there already
}

// Verdict is what became of a deposit. Numbers are only ever appended: an unknown one is a refusal.
type Verdict uint8

const (
	Accepted    Verdict = 0
	Delivered   Verdict = 1
	FullMailbox Verdict = 2
	FullPair    Verdict = 3
	Skipped     Verdict = 4 // a post before it is missing: nothing was stored
	NoClient    Verdict = 5
	TooLong     Verdict = 8
	FullDisk    Verdict = 9  // the server's: try again soon
	Unreadable  Verdict = 10 // the recipient can't take it as it is: deposit it anew, sealed to the key that it has now (§14.2)
)

// String is the verdict as logs name it.
func (v Verdict) String() string {
	switch v {
	case Accepted:
		return "accepted"
	case Delivered:
		return "delivered"
	case FullMailbox:
		return "mailbox full"
	case FullPair:
		return "too much waits from this sender"
	case Skipped:
		return "a post before it is missing"
	case NoClient:
		return "no such client"
	case TooLong:
		return "too long"
	case FullDisk:
		return "the server's disk is full"
	case Unreadable:
		return "its recipient can't take it as it is"
	}
	return "verdict " + strconv.Itoa(int(v))
}

// Push brings mail to its receiver (§4). The answer is Taken.
type Push struct {
	Prev  uint64 // nothing else waits for the receiver between Prev and Order
	Order uint64
	Try   uint8
	From  Key
	Text  Text
}

// Taken answers Push: what the receiver has of one sender's texts, durably.
type Taken struct {
	From  Key
	Marks Marks
	Order uint64 // the push that this answers
	Try   uint8
	// Refusal: what was pushed can't be taken. The marks say nothing of it.
	Refusal Refusal
}

// Refusal is why a push was not taken.
type Refusal uint8

const (
	NotRefused Refusal = 0
	Forged     Refusal = 1 // it is not what its sender sealed, and shall not come again
	Anew       Refusal = 2 // the key that it is sealed to is gone (§14.2), or it is too far ahead (§6.2): its sender shall deposit it anew
)

// Receipt tells a sender what To has of the sender's texts. The answer is ReceiptAck.
type Receipt struct {
	To    Key
	Marks Marks
}

// ReceiptAck answers Receipt with the same marks.
type ReceiptAck struct {
	To    Key
	Marks Marks
}

const (
	depositFields    = 3 + textFields
	storedFields     = 11
	pushFields       = 4 + textFields
	takenFields      = 1 + marksFields + 3
	receiptFields    = 1 + marksFields
	receiptAckFields = 1 + marksFields
)

func (*Deposit) Kind() Kind    { return KindDeposit }
func (*Stored) Kind() Kind     { return KindStored }
func (*Push) Kind() Kind       { return KindPush }
func (*Taken) Kind() Kind      { return KindTaken }
func (*Receipt) Kind() Kind    { return KindReceipt }
func (*ReceiptAck) Kind() Kind { return KindReceiptAck }

func (m *Receipt) check() error    { return m.Marks.check() }
func (m *ReceiptAck) check() error { return m.Marks.check() }

func (m *Deposit) check() error {
	if m.Base > m.Text.Seq {
		return fmt.Errorf("%w: base %d above seq %d", ErrMalformed, m.Base, m.Text.Seq)
	}
	return m.Text.check()
}

func (m *Taken) check() error {
	if m.Refusal > Anew {
		return errRange
	}
	return m.Marks.check()
}

func (m *Stored) check() error {
	if m.State > Online {
		return errRange
	}
	return checkAddr(m.Addr)
}

func (m *Push) check() error {
	if err := checkOrder(m.Prev, m.Order); err != nil {
		return err
	}
	return m.Text.check()
}

func checkOrder(prev, order uint64) error {
	if prev >= order {
		return fmt.Errorf("%w: order %d after %d", ErrMalformed, order, prev)
	}
	return nil
}

func (m *Deposit) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindDeposit, depositFields)
	w.key(&m.To)
	w.uint(uint64(m.Try))
	w.uint(m.Base)
	w.text(&m.Text)
	return w.err
}

func (m *Deposit) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindDeposit, depositFields)
	r.key(&m.To)
	m.Try = num[uint8](&r)
	m.Base = num[uint64](&r)
	r.text(&m.Text)
	return r.done(m)
}

func (m *Stored) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindStored, storedFields)
	w.key(&m.To)
	w.uint(m.Epoch)
	w.uint(m.ToEpoch)
	w.uint(m.Seq)
	w.uint(uint64(m.Try))
	w.uint(uint64(m.Verdict))
	w.uint(uint64(m.State))
	w.addr(m.Addr)
	w.uint(m.Order)
	w.bool(m.Again)
	return w.err
}

func (m *Stored) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindStored, storedFields)
	r.key(&m.To)
	m.Epoch = num[uint64](&r)
	m.ToEpoch = num[uint64](&r)
	m.Seq = num[uint64](&r)
	m.Try = num[uint8](&r)
	m.Verdict = num[Verdict](&r)
	m.State = num[Presence](&r)
	m.Addr = r.addr()
	m.Order = num[uint64](&r)
	m.Again = r.bool()
	return r.done(m)
}

func (m *Push) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindPush, pushFields)
	w.uint(m.Prev)
	w.uint(m.Order)
	w.uint(uint64(m.Try))
	w.key(&m.From)
	w.text(&m.Text)
	return w.err
}

func (m *Push) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindPush, pushFields)
	m.Prev = num[uint64](&r)
	m.Order = num[uint64](&r)
	m.Try = num[uint8](&r)
	r.key(&m.From)
	r.text(&m.Text)
	return r.done(m)
}

func (m *Taken) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindTaken, takenFields)
	w.key(&m.From)
	w.marks(&m.Marks)
	w.uint(m.Order)
	w.uint(uint64(m.Try))
	w.uint(uint64(m.Refusal))
	return w.err
}

func (m *Taken) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindTaken, takenFields)
	r.key(&m.From)
	r.marks(&m.Marks)
	m.Order = num[uint64](&r)
	m.Try = num[uint8](&r)
	m.Refusal = num[Refusal](&r)
	return r.done(m)
}

func (m *Receipt) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindReceipt, receiptFields)
	w.key(&m.To)
	w.marks(&m.Marks)
	return w.err
}

func (m *Receipt) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindReceipt, receiptFields)
	r.key(&m.To)
	r.marks(&m.Marks)
	return r.done(m)
}

func (m *ReceiptAck) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindReceiptAck, receiptAckFields)
	w.key(&m.To)
	w.marks(&m.Marks)
	return w.err
}

func (m *ReceiptAck) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindReceiptAck, receiptAckFields)
	r.key(&m.To)
	r.marks(&m.Marks)
	return r.done(m)
}
