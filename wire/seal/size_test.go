package seal

import (
	"bytes"
	"math"
	"testing"

	"udpchat/wire"
)

// Package wire leaves room for what this package adds, and knows its numbers only as numbers.
func TestSizesAreThoseOfTheWire(t *testing.T) {
	if wire.MaxCover != MailOverhead || MailOverhead < PostOverhead {
		t.Errorf("a part may be longer by %d bytes; mail is by %d, a post by %d", wire.MaxCover, MailOverhead, PostOverhead)
	}
	if wire.CardSize != 96+PrekeySize {
		t.Errorf("a card has %d bytes, a prekey %d", wire.CardSize, PrekeySize)
	}
}

// protocol.md §14: the largest part fits a datagram with all that protects it, whatever stands in the other fields.
func TestCoveredPartsFit(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	top := uint64(math.MaxUint64)
	text := wire.Text{Epoch: top, ToEpoch: top, Seq: top - wire.MaxParts, Part: wire.MaxParts - 1, Parts: wire.MaxParts,
		Size: wire.MaxText, Time: math.MinInt64, Flags: math.MaxUint8 - wire.FlagVoid}
	body := bytes.Repeat([]byte{0xff}, wire.PartSize)
	id := MailID{To: bobKey, From: aliceKey, Epoch: text.Epoch, ToEpoch: text.ToEpoch, Seq: text.Seq, Part: text.Part,
		Parts: text.Parts, Size: text.Size, Time: text.Time, Flags: text.Flags}
	mail, post := text, text
	var err error
	if mail.Body, err = SealMail(alice, prekeyOf(t, bob, 7), id, body); err != nil {
		t.Fatal(err)
	}
	post.Body = AppendPost(nil, postOf(t, alice, 1, [32]byte{}, string(body)))
	for _, m := range []wire.Message{
		&wire.Push{Prev: top - 1, Order: top, Try: 255, From: aliceKey, Text: mail},
		&wire.Deposit{To: bobKey, Try: 255, Text: mail},
		&wire.PushPost{Prev: top - 1, Order: top, Try: 255, Live: true, Author: aliceKey, Text: post},
		&wire.Deposit{To: wire.Channel, Try: 255, Base: post.Seq, Text: post},
	} {
		b, err := wire.AppendMessage(nil, m)
		if t.Logf("%v: %d bytes of %d", m.Kind(), len(b), wire.MaxMessage); err != nil {
			t.Errorf("%v: %v", m.Kind(), err)
		}
		if err := new(wire.Decoder).Decode(b, func(wire.Message) error { return nil }); err != nil {
			t.Errorf("%v does not come back: %v", m.Kind(), err)
		}
	}
}
