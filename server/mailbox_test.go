package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// away makes a client that is registered and left.
func (b *bench) away(name string) *member {
	b.t.Helper()
	m := b.join(name)
	b.leave(m)
	return m
}

func (b *bench) leave(m *member) {
	b.t.Helper()
	b.recv(m, &wire.Deregister{Request: 2, Name: m.name})
	b.sentTo(m)
	b.advance(2 * tablePause)
}

// deposit hands a text to the core, which must take it.
func (b *bench) deposit(from, to *member, x wire.Text) {
	b.t.Helper()
	b.recv(from, &wire.Deposit{To: to.key, Try: 1, Text: x})
	for _, s := range b.sentTo(from) {
		if m, ok := s.msg.(*wire.Stored); ok && m.Seq == x.Seq && m.Verdict == wire.Accepted {
			return
		}
	}
	b.t.Fatalf("seq %d was not stored", x.Seq)
}

func storedAway(from, to *member, seq, order uint64) *wire.Stored {
	return &wire.Stored{To: to.key, Epoch: from.epoch, ToEpoch: to.epoch, Seq: seq, Try: 1, Order: order}
}

// protocol.md §10.1: the server commits, then answers Stored.
func TestDepositIsAnsweredAfterItsCommit(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.hold()
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 2, Text: text(ann, bob, 1, "hi")})
	b.advance(time.Second)
	b.wantIdle("not on disk: neither answered nor pushed")
	b.release()
	answer := storedAway(ann, bob, 1, 1)
	answer.State, answer.Addr = wire.Online, bob.path.Remote
	b.want("with the recipient's present state and address", ann, answer)
	answer.Try, answer.Again = 2, true
	b.want("the retry: it was there already", ann, answer)
	b.want("pushed, once", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, bob, 1, "hi")})
	b.wantIdle("that is all")
}

// protocol.md §10.1: Deposit is idempotent, also after the server was restarted and after it was delivered.
func TestDepositIsIdempotent(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	deposit := &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")}
	answer := storedAway(ann, bob, 1, 1)
	for range 3 {
		b.recv(ann, deposit)
		b.want("the same order each time", ann, answer)
		answer.Again = true
	}
	b.restart()
	b.back(ann)
	b.recv(ann, deposit)
	b.want("after a restart", ann, answer)
	b.register(bob)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.sentTo(ann)
	b.sentTo(bob)
	b.recv(ann, deposit)
	answer = storedAway(ann, bob, 1, 0)
	answer.Verdict, answer.State, answer.Addr = wire.Delivered, wire.Online, bob.path.Remote
	b.want("after its delivery", ann, answer)
	b.wantIdle("it is not pushed again")
}

func TestDepositRefused(t *testing.T) {
	b := newBench(t, Config{MaxMessage: 10})
	ann, ben := b.join("ann"), b.away("ben")
	zoe := b.person("zoe")
	b.recv(ann, &wire.Deposit{To: zoe.key, Try: 1, Text: text(ann, zoe, 1, "hi")})
	answer := storedAway(ann, zoe, 1, 0)
	answer.Verdict = wire.NoClient
	b.want("no such client", ann, answer)
	b.recv(ann, &wire.Deposit{To: ben.key, Try: 1, Text: text(ann, ben, 1, "eleven byte")})
	answer = storedAway(ann, ben, 1, 0)
	answer.Verdict = wire.TooLong
	b.want("too long", ann, answer)
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 1, "eleven byte")})
	b.want("too long for the channel", ann, &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 1, Try: 1, Verdict: wire.TooLong})
	if order := b.head().Order; order != 0 {
		t.Errorf("order %d was given", order)
	}
}

// protocol.md §10.1: what was stored, or delivered, keeps its answer when the limit of length is lowered.
func TestLimitIsLowered(t *testing.T) {
	b := newBench(t, Config{MaxMessage: 11})
	ann, bob := b.join("ann"), b.away("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "eleven byte"))
	wrote := &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 1, "eleven byte")}
	b.recv(ann, wrote)
	posted := &wire.Stored{To: wire.Channel, Epoch: ann.epoch, Seq: 1, Try: 1, Order: 2}
	b.want("the post", ann, posted)
	b.cfg.MaxMessage = 10
	b.restart()
	b.back(ann)
	deposit := func(seq uint64) *wire.Deposit {
		return &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, seq, "eleven byte")}
	}
	b.recv(ann, deposit(1))
	again := storedAway(ann, bob, 1, 1)
	again.Again, posted.Again = true, true
	b.want("it is stored", ann, again)
	b.recv(ann, wrote)
	b.want("so is the post", ann, posted)
	b.recv(ann, deposit(2))
	answer := storedAway(ann, bob, 2, 0)
	answer.Verdict = wire.TooLong
	b.want("a new one", ann, answer)
	b.register(bob)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 1, Try: 1})
	b.sentTo(ann)
	b.recv(ann, deposit(1))
	answer = storedAway(ann, bob, 1, 0)
	answer.Verdict, answer.State, answer.Addr = wire.Delivered, wire.Online, bob.path.Remote
	b.want("it is delivered", ann, answer)
}

// protocol.md §10.5: a mailbox has quotas per recipient and per sender and recipient.
func TestQuota(t *testing.T) {
	b := newBench(t, Config{Quota: store.Quota{Texts: 3, PairTexts: 2}})
	ann, bob, cid := b.join("ann"), b.away("bob"), b.join("cid")
	b.deposit(ann, bob, text(ann, bob, 1, "a"))
	b.deposit(ann, bob, text(ann, bob, 2, "b"))
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 3, "c")})
	answer := storedAway(ann, bob, 3, 0)
	answer.Verdict = wire.FullPair
	b.want("her share is full", ann, answer)
	b.deposit(cid, bob, text(cid, bob, 1, "d"))
	b.recv(cid, &wire.Deposit{To: bob.key, Try: 1, Text: text(cid, bob, 2, "e")})
	answer = storedAway(cid, bob, 2, 0)
	answer.Verdict = wire.FullMailbox
	b.want("the mailbox is full", cid, answer)
	b.register(bob)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 2), Order: 2, Try: 1})
	b.sentTo(ann)
	b.deposit(ann, bob, text(ann, bob, 3, "c"))
}

// protocol.md §10.3: the server deletes what the marks cover, keeps the marks, and passes them to the sender.
func TestDeletedOnlyWhenTaken(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.away("bob"), b.join("cid")
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.deposit(cid, bob, text(cid, bob, 1, "two"))
	b.deposit(ann, bob, text(ann, bob, 2, "three"))
	b.register(bob)
	b.sentTo(bob)
	for _, c := range []struct {
		name  string
		taken wire.Taken
		left  int
	}{
		{"marks that cover nothing", wire.Taken{From: ann.key, Marks: through(ann, bob, 0), Order: 1, Try: 1}, 3},
		{"another epoch of the sender's", wire.Taken{From: ann.key, Marks: wire.Marks{Epoch: 5, ToEpoch: bob.epoch, Through: 9}, Order: 1, Try: 1}, 3},
		{"a range", wire.Taken{From: ann.key, Marks: through(ann, bob, 0, wire.Range{Lo: 2, Hi: 2}), Order: 3, Try: 1}, 2},
		{"the same again", wire.Taken{From: ann.key, Marks: through(ann, bob, 0, wire.Range{Lo: 2, Hi: 2}), Order: 3, Try: 1}, 2},
		{"the watermark", wire.Taken{From: ann.key, Marks: through(ann, bob, 2), Order: 1, Try: 1}, 1},
		{"someone else's", wire.Taken{From: cid.key, Marks: through(cid, bob, 1), Order: 2, Try: 1}, 0},
	} {
		b.recv(bob, &c.taken)
		if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != c.left {
			t.Errorf("%s: %d are left, wanted %d", c.name, len(items), c.left)
		}
	}
}

// protocol.md §5.4: mail for an epoch that is gone is not taken; the answer names the present one, and the sender is told.
func TestStaleEpochMailIsRemovedAndTold(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.away("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.deposit(ann, bob, text(ann, bob, 2, "two"))
	bob.epoch++
	b.register(bob)
	b.sentTo(bob)
	for order := range uint64(2) {
		b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 0), Order: order + 1, Try: 1})
	}
	b.want("the present epoch", ann, &wire.Receipt{To: bob.key, Marks: through(ann, bob, 0)})
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 0 {
		t.Errorf("%d are left", len(items))
	}
	b.deposit(ann, bob, text(ann, bob, 1, "one"))
	b.want("under its new identity", bob, &wire.Push{Prev: 2, Order: 3, Try: 1, From: ann.key, Text: text(ann, bob, 1, "one")})
}

// protocol.md §5.4: an acknowledgement that names an epoch which was over before is old: it says nothing of new mail.
func TestOldTakenOfAFormerEpoch(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	former := *bob
	bob.epoch++
	b.recv(bob, ask(bob, 901))
	b.deposit(ann, bob, text(ann, bob, 1, "new"))
	b.sentTo(ann)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, &former, 1), Order: 1, Try: 1})
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 1 {
		t.Error("the new mail is gone")
	}
	if list := b.sentTo(ann); len(list) > 0 {
		t.Errorf("ann is told %+v", list[0].msg)
	}
}
