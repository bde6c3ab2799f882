package seal

import (
	"bytes"
	"math"
	"testing"

	"udpchat/wire"
)

// Package wire leaves room for what this package adds, and knows its numbers only as numbers.
func TestSizesAreThoseOfTheWire(t *testing.T) {
	if wire.MaxCover != MailOverhead+MaxPath || MailOverhead < PostOverhead {
		t.Errorf("a part may be longer by %d bytes; mail is by %d, a post by %d, in batches by %d more", wire.MaxCover, MailOverhead, PostOverhead, MaxPath)
	}
	if wire.MaxPart != wire.PartSize+MailOverhead+HashSize {
		t.Errorf("a body may have %d bytes; two full parts in a batch have %d", wire.MaxPart, wire.PartSize+MailOverhead+HashSize)
	}
	if wire.RowHead != RowHead || wire.MaxRow != MaxBatch || wire.MaxRowPath != MaxBatch/2*HashSize {
		t.Errorf("a row has a head of %d, up to %d posts, a path of up to %d", wire.RowHead, wire.MaxRow, wire.MaxRowPath)
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
	mails, posts := []*Mail{{ID: id, Body: body}, {ID: id, Body: body}}, []*Post{postOf(t, alice, 1, [32]byte{}, string(body)), postOf(t, alice, 2, [32]byte{}, string(body))}
	if err := exchangeOf(t, alice, bobKey, prekeyOf(t, bob, 7)).Seal(mails...); err != nil {
		t.Fatal(err)
	}
	if err := SignPosts(alice, posts...); err != nil {
		t.Fatal(err)
	}
	mail, post := text, text
	mail.Body, post.Body = mails[1].Sealed, AppendPost(nil, posts[1])
	if len(mail.Body) != wire.MaxPart {
		t.Errorf("mail of %d bytes, and there may be %d", len(mail.Body), wire.MaxPart)
	}
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
