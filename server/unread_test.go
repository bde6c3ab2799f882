package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// noPrekey is a recipient's word that it has not the key which the mail of order 1 is sealed to.
func noPrekey(from, to *member) *wire.Taken {
	return &wire.Taken{From: from.key, Marks: through(from, to, 0), Order: 1, Try: 1, Refusal: wire.Anew}
}

func unreadable(from, to *member, seq uint64) *wire.Stored {
	return &wire.Stored{To: to.key, Epoch: from.epoch, ToEpoch: to.epoch, Seq: seq, Verdict: wire.Unreadable}
}

// mailOf is what waits for someone, by order.
func (b *bench) mailOf(m *member) (bodies []string) {
	items, _, _ := b.store.Waiting(store.Key(m.key), 0, 99)
	for _, it := range items {
		bodies = append(bodies, string(it.Text.Body))
	}
	return bodies
}

// Only the same text of the same sender takes the place of what can't be opened, and only while its recipient is there to say so.
func TestWhatTakesThePlaceOfUnreadableMail(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(b *bench, ann, bob, cid *member) (from *member, x wire.Text)
		waits  []string
	}{
		{"the same text", func(_ *bench, ann, bob, _ *member) (*member, wire.Text) { return ann, text(ann, bob, 1, "new") }, []string{"new"}},
		{"another seq", func(_ *bench, ann, bob, _ *member) (*member, wire.Text) { return ann, text(ann, bob, 2, "new") }, []string{"old", "new"}},
		{"another epoch of hers", func(_ *bench, ann, bob, _ *member) (*member, wire.Text) {
			x := text(ann, bob, 1, "new")
			x.Epoch++
			return ann, x
		}, []string{"old", "new"}},
		{"another epoch of his", func(_ *bench, ann, bob, _ *member) (*member, wire.Text) {
			x := text(ann, bob, 1, "new")
			x.ToEpoch++
			return ann, x
		}, []string{"old", "new"}},
		{"of another sender", func(_ *bench, ann, bob, cid *member) (*member, wire.Text) {
			x := text(ann, bob, 1, "new")
			return cid, x
		}, []string{"old", "new"}},
		{"he left", func(b *bench, ann, bob, _ *member) (*member, wire.Text) {
			b.leave(bob)
			return ann, text(ann, bob, 1, "new")
		}, []string{"old"}},
		{"the server started again", func(b *bench, ann, bob, _ *member) (*member, wire.Text) {
			b.restart()
			b.back(ann)
			b.back(bob)
			return ann, text(ann, bob, 1, "new")
		}, []string{"old"}},
	} {
		b := newBench(t, Config{})
		ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
		b.deposit(ann, bob, text(ann, bob, 1, "old"))
		b.recv(bob, noPrekey(ann, bob))
		from, x := c.change(b, ann, bob, cid)
		b.recv(from, &wire.Deposit{To: bob.key, Try: 1, Text: x})
		if got := b.mailOf(bob); len(got) != len(c.waits) || got[len(got)-1] != c.waits[len(got)-1] {
			t.Errorf("%s: waiting %q, want %q", c.name, got, c.waits)
		}
	}
}

// What is said of mail that was not pushed, or is another's, sets nothing aside.
func TestUnreadableIsSaidOfWhatWasPushed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *wire.Taken, cid *member)
	}{
		{"another order", func(m *wire.Taken, _ *member) { m.Order = 2 }},
		{"another sender", func(m *wire.Taken, cid *member) { m.From = cid.key }},
		{"a post", func(m *wire.Taken, _ *member) { m.Order = 3 }},
	} {
		b := newBench(t, Config{})
		ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
		b.deposit(ann, bob, text(ann, bob, 1, "old"))
		b.deposit(ann, cid, text(ann, cid, 1, "for cid"))
		b.post(ann, 1, "post")
		b.sentTo(bob)
		m := noPrekey(ann, bob)
		c.change(m, cid)
		b.recv(bob, m)
		if list := b.sentTo(ann); len(list) > 0 {
			t.Errorf("%s: ann hears %+v", c.name, list[0].msg)
		}
		b.advance(time.Second)
		if got := pushes(b.sentTo(bob)); len(got) == 0 {
			t.Errorf("%s: the push has ended", c.name)
		}
	}
}

// A sender who is away is asked when it is back, and a recipient who comes back is pushed the mail again.
func TestUnreadableMailOutlivesBoth(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "old"))
	b.leave(ann)
	b.recv(bob, noPrekey(ann, bob))
	b.advance(time.Second)
	b.sentTo(bob)
	b.wantIdle("ann is away")
	b.register(ann)
	b.advance(backoffCap * 2)
	if list := b.sentTo(ann); len(list) == 0 {
		t.Error("ann is back, and is not asked")
	}
	b.recv(bob, ask(bob, 901))
	if got := pushes(b.sentTo(bob)); len(got) != 1 || got[0] != "1/1" {
		t.Errorf("a new session of bob's is pushed %v", got)
	}
	b.sentTo(ann)
	b.advance(500 * time.Millisecond)
	if list := b.sentTo(ann); len(list) > 0 {
		t.Errorf("he did not say yet whether he can open it, and ann hears %+v", list[0].msg)
	}
}

// protocol.md §10.7: when the disk has no room for it, the sender is asked again.
func TestNoRoomForWhatIsSealedAnew(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "old"))
	b.recv(bob, noPrekey(ann, bob))
	b.sentTo(ann)
	b.sentTo(bob)
	b.store.Room(0)
	longer := &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "longer than it was")}
	b.recv(ann, longer)
	if m, ok := b.sentTo(ann)[0].msg.(*wire.Stored); !ok || m.Verdict != wire.FullDisk {
		t.Errorf("told %+v", m)
	}
	b.advance(20 * time.Second)
	if list := b.sentTo(ann); len(list) == 0 || *list[0].msg.(*wire.Stored) != *unreadable(ann, bob, 1) {
		t.Errorf("then ann hears %d messages", len(list))
	}
	b.store.Room(1000)
	b.recv(ann, longer)
	if got := b.mailOf(bob); len(got) != 1 || got[0] != "longer than it was" {
		t.Errorf("waiting %q", got)
	}
}

// protocol.md §14.2: mail that its recipient can't open stays; its sender is asked to seal it anew, until it does.
func TestMailIsSealedAnew(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "old key"))
	b.sentTo(bob)
	no := &wire.Taken{From: ann.key, Marks: wire.Marks{Epoch: ann.epoch, ToEpoch: bob.epoch}, Order: 1, Try: 1, Refusal: wire.Anew}
	b.recv(bob, no)
	asked := &wire.Stored{To: bob.key, Epoch: ann.epoch, ToEpoch: bob.epoch, Seq: 1, Verdict: wire.Unreadable}
	b.want("asked", ann, asked)
	b.recv(bob, no)
	b.wantIdle("once for all copies")
	b.advance(3 * time.Second)
	if list := b.sentTo(ann); len(list) < 2 {
		t.Errorf("asked %d more times", len(list))
	}
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 1 {
		t.Errorf("waiting %+v", items)
	}
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "new key")})
	answer := storedAway(ann, bob, 1, 2)
	answer.State, answer.Addr = wire.Online, bob.path.Remote
	b.want("it takes the place of the other", ann, answer)
	b.want("pushed", bob, &wire.Push{Prev: 1, Order: 2, Try: 1, From: ann.key, Text: text(ann, bob, 1, "new key")})
	b.recv(bob, &wire.Taken{From: ann.key, Marks: through(ann, bob, 1), Order: 2, Try: 1})
	b.want("delivered", ann, &wire.Receipt{To: bob.key, Marks: through(ann, bob, 1)})
	if items, _, _ := b.store.Waiting(store.Key(bob.key), 0, 9); len(items) != 0 {
		t.Errorf("left %+v", items)
	}
	b.advance(time.Second)
	for _, s := range b.sentTo(ann) {
		if s.msg.Kind() == wire.KindStored {
			t.Errorf("asked again: %+v", s.msg)
		}
	}
}

// protocol.md §14.2: a sender who is away is asked when it is back.
func TestSenderWhoIsAwayIsAskedLater(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.deposit(ann, bob, text(ann, bob, 1, "old key"))
	b.sentTo(bob)
	b.leave(ann)
	b.recv(bob, &wire.Taken{From: ann.key, Marks: wire.Marks{Epoch: ann.epoch, ToEpoch: bob.epoch}, Order: 1, Try: 1, Refusal: wire.Anew})
	b.advance(2 * time.Second)
	b.sentTo(ann)
	b.recv(ann, ask(ann, 99))
	for range 40 {
		b.advance(time.Second)
		for _, s := range b.sentTo(ann) {
			if m, ok := s.msg.(*wire.Stored); ok && m.Verdict == wire.Unreadable {
				return
			}
		}
	}
	t.Error("never asked")
}

// One who says of all its mail that it can't open it takes no more of the server's memory than so many names, and its stream runs on.
func TestUnreadableMailIsBounded(t *testing.T) {
	b := newBench(t, Config{})
	ann, mal := b.join("ann"), b.join("mal")
	for seq := range uint64(maxUnread + 2) {
		b.deposit(ann, mal, text(ann, mal, seq+1, "hi"))
		refused := noPrekey(ann, mal)
		refused.Order = seq + 1
		b.recv(mal, refused)
	}
	if got := pushes(b.sentTo(mal)); len(got) != maxUnread+2 {
		t.Errorf("%d were pushed", len(got))
	}
	if n := b.core.unread.Len(); n != maxUnread {
		t.Errorf("%d are asked for anew", n)
	}
}
