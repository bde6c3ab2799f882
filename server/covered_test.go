package server

import (
	"fmt"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §14.5: a server takes no deposit without flag 2: it neither stores nor answers it.
func TestClearDepositsAreIgnored(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	clear := func(x wire.Text, flags uint8) wire.Text { x.Flags = flags; return x }
	void := wire.Text{Epoch: ann.epoch, ToEpoch: bob.epoch, Seq: 1, Parts: 1, Flags: wire.FlagVoid}
	for _, c := range []struct {
		name string
		to   wire.Key
		text wire.Text
	}{
		{"mail", bob.key, clear(text(ann, bob, 1, "hi"), 0)},
		{"mail with flags to come", bob.key, clear(text(ann, bob, 1, "hi"), 0xfc)},
		{"void", bob.key, void},
		{"mail for oneself", ann.key, clear(text(ann, ann, 1, "hi"), 0)},
		{"mail for nobody", wire.Key{77}, clear(text(ann, bob, 1, "hi"), 0)},
		{"post", wire.Channel, clear(post(ann, 1, "hi"), 0)},
		{"post for another store", wire.Channel, clear(text(ann, bob, 1, "hi"), 0)},
	} {
		b.recv(ann, &wire.Deposit{To: c.to, Try: 1, Text: c.text})
		b.advance(time.Second)
		b.wantIdle(c.name)
		if order := b.head().Order; order != 0 {
			t.Fatalf("%s got order %d", c.name, order)
		}
	}
	b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	void.Flags, void.Seq = void.Flags|wire.FlagCovered, 2
	b.deposit(ann, bob, void)
	b.post(ann, 1, "hi")
	if order := b.head().Order; order != 3 {
		t.Errorf("of three that are covered the last got order %d", order)
	}
}

// What version 1 left in the store is still delivered.
func TestClearMailOfVersion1IsDelivered(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	mail, note := store.Text(text(ann, bob, 1, "mail")), store.Text(post(ann, 1, "post"))
	mail.Flags, note.Flags = 0, 0
	b.store.Apply(store.Deposit{To: store.Key(bob.key), From: store.Key(ann.key), Text: mail})
	b.store.Apply(store.Post{Author: store.Key(ann.key), Text: note})
	b.restart()
	b.recv(bob, ask(bob, 41))
	answer := welcome(41, 4)
	answer.Waiting, answer.Order = true, 2
	b.want("how far the store was then", bob, answer)
	b.want("mail", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: wire.Text(mail)})
	b.want("post", bob, &wire.PushPost{Prev: 1, Order: 2, Try: 1, Author: ann.key, Text: wire.Text(note)})
}

// protocol.md §14.3: mail that is not what its sender sealed is refused: the server drops it, and tells its sender nothing.
func TestRefusedMailIsDropped(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.away("bob"), b.join("cid")
	const mail = wire.FirstWindow + 8
	for seq := range uint64(mail) {
		b.deposit(ann, bob, text(ann, bob, seq+1, fmt.Sprint(seq+1)))
	}
	b.register(bob)
	b.sentTo(bob)
	waiting := func() int { items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 99); return len(items) }
	refuse := func(order uint64) *wire.Taken {
		return &wire.Taken{From: ann.key, Marks: through(ann, bob, 0), Order: order, Try: 1, Refusal: wire.Forged}
	}
	for _, c := range []struct {
		name   string
		change func(m *wire.Taken)
		left   int
	}{
		{"what was not pushed yet", func(m *wire.Taken) { m.Order = mail }, mail},
		{"what does not exist", func(m *wire.Taken) { m.Order = 1000 }, mail},
		{"of another sender", func(m *wire.Taken) { m.From = cid.key }, mail},
		{"by a state of the recipient's that is gone", func(m *wire.Taken) { m.Marks.ToEpoch++ }, mail},
		{"one", func(*wire.Taken) {}, mail - 1},
		{"the same again", func(*wire.Taken) {}, mail - 1},
		{"another, with marks that cover others", func(m *wire.Taken) { m.Order, m.Marks.Through = 2, 10 }, mail - 2},
		{"one of another epoch of the sender's", func(m *wire.Taken) { m.Order, m.Marks.Epoch = 3, 1 }, mail - 3},
	} {
		m := refuse(1)
		c.change(m)
		b.recv(bob, m)
		if n := waiting(); n != c.left {
			t.Errorf("%s: %d wait, want %d", c.name, n, c.left)
		}
	}
	if got := pushes(b.sentTo(bob)); len(got) != 6 || got[0] != "33/1" || got[5] != "38/1" {
		t.Errorf("the stream goes on with %v", got)
	}
	b.advance(time.Second)
	if list := b.sentTo(ann); len(list) > 0 {
		t.Errorf("its sender is told %+v", list[0].msg)
	}
	if list, _ := b.store.Untold(store.Key(ann.key)); len(list) > 0 {
		t.Errorf("its sender will be told %+v", list)
	}
	for _, s := range b.sentTo(bob) {
		if m, ok := s.msg.(*wire.Push); ok && m.Order <= 3 {
			t.Errorf("order %d comes again", m.Order)
		}
	}
}

// Refused mail was not delivered: its sender can bring it again, and what is good in it is delivered then.
func TestRefusedMailCanComeAgain(t *testing.T) {
	b := newBench(t, Config{Quota: store.Quota{PairTexts: 1}})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "bad"))
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 0), Order: 1, Try: 1, Refusal: wire.Forged})
	b.sentTo(bob)
	b.deposit(ann, bob, text(ann, bob, 1, "good"))
	b.want("under a new order", bob, &wire.Push{Prev: 1, Order: 2, Try: 1, From: ann.key, Text: text(ann, bob, 1, "good")})
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 2, Try: 1})
	b.want("and now she is told", ann, &wire.Receipt{To: bob.key, Marks: through(ann, bob, 1)})
	b.restart()
	b.sentTo(ann)
	b.sentTo(bob)
	b.advance(100 * time.Millisecond)
	if got := pushes(b.sentTo(bob)); len(got) > 0 {
		t.Errorf("pushed again: %v", got)
	}
}

// protocol.md §5.4, §8.6: a directory that is an older copy has an earlier epoch of a client than the one that it is in. What the client takes does not count then, and it
// is asked to register, once for what stands first.
func TestWhoIsInAnotherStateIsAskedToRegister(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.deposit(ann, bob, text(ann, bob, 2, "two"))
	b.sentTo(bob)
	bob.epoch++
	gone := through(ann, bob, 0)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: gone, Order: 2, Try: 1})
	b.wantIdle("what stands first says so")
	b.recv(bob, &wire.Taken{From: ann.key, Marks: gone, Order: 1, Try: 1})
	h := b.head()
	b.want("asked", bob, &wire.Pong{Store: h.ID, Revision: h.Revision, Order: h.Order})
	b.register(bob)
	b.sentTo(ann)
	for order := range uint64(2) {
		b.recv(bob, &wire.Taken{From: ann.key, Marks: gone, Order: order + 1, Try: 1})
	}
	b.want("now it counts", ann, &wire.Receipt{To: bob.key, Marks: gone})
}
