package peer

import (
	"testing"
	"time"

	"udpchat/wire"
)

// asked takes the registration on its way.
func (b *bench) asked(why string) *wire.Register {
	b.t.Helper()
	list := b.drop()
	if len(list) == 0 {
		b.t.Fatalf("%s: not asked", why)
	}
	m, ok := list[len(list)-1].msg.(*wire.Register)
	if !ok {
		b.t.Fatalf("%s: sent %v", why, list[len(list)-1].msg.Kind())
	}
	return m
}

// meets lets the server have another store, which says so, and takes what is said at the registration.
func (b *bench) meets(id uint64) *wire.Register {
	b.t.Helper()
	b.drop()
	b.recv(server, &wire.Pong{Known: true, Store: id})
	m := b.asked("another store")
	b.head = 0
	b.answerRegister(id)
	return m
}

// protocol.md §9.2: a client tells the highest receipt order of the server's store that it knows of, from mail, posts, and its own deposits:
// of that store only.
func TestKnownOrderIsTold(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	order := func(why string, want uint64) {
		b.t.Helper()
		b.drop()
		b.recv(server, &wire.Ping{Nonce: 3, Store: b.core.store})
		if got := b.drop()[0].msg.(*wire.Pong).Order; got != want {
			t.Errorf("%s: order %d, wanted %d", why, got, want)
		}
	}
	order("nothing is known", 0)
	b.recv(server, push(bob, 0, 3, 1, "mail"))
	order("of mail", 3)
	b.recv(server, pushPost(bob, 7, 9, 1, "post"))
	order("of a post above a hole", 3)
	b.recv(server, push(bob, 3, 7, 2, "mail"))
	order("of a post", 9)
	b.post("hi")
	m := storedFor(theChannel, 1, 1, wire.Accepted)
	m.Order = 12
	b.recv(server, m)
	order("of one's own", 12)
	m = storedFor(bob, 99, 1, wire.Accepted)
	m.Order = 15
	b.recv(server, m)
	order("of what was settled long ago", 15)
	m.Order = 0
	b.recv(server, m)
	order("an answer without one", 15)
	b.recv(server, &wire.Pong{Store: storeID}) // unknown there
	if r := b.asked("again"); r.Store != storeID || r.Order != 15 {
		t.Errorf("registered with %+v", r)
	}
	b.head = 0
	b.answerRegister(88)
	b.page()
	order("of another store nothing", 0)
	b.again()
	order("and after a restart, what is on disk", 9)
}

// protocol.md §8.3, §9.2: the keepalive tells it too.
func TestKnownOrderInPings(t *testing.T) {
	b := newBench(t, Config{Keepalive: 24 * time.Second})
	bob := b.friend("bob")
	b.register()
	b.recv(server, push(bob, 0, 3, 1, "mail"))
	b.drop()
	b.advance(29 * time.Second)
	b.want("keepalive", server, &wire.Ping{Store: storeID, Revision: 1, Order: 3})
}

// protocol.md §9.2: who meets a store for the first time can't know anything of it; one that was met before is told what is known of it,
// by another registration, before anything else is said.
func TestStoreThatWasMetBefore(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, push(bob, 0, 3, 1, "first store"))
	if m := b.meets(88); m.Store != storeID || m.Seen != 3 || m.Order != 3 {
		t.Errorf("by the first store's words: %+v", m)
	}
	if b.kinds(wire.KindRegister) != 0 || b.core.store != 88 {
		t.Fatal("a store that is not known needs nothing more")
	}
	b.page(bob.row(wire.Online))
	b.recv(server, push(bob, 0, 5, 2, "second store"))
	b.shown()
	if m := b.meets(storeID); m.Store != 88 || m.Order != 5 {
		t.Errorf("by the second store's words: %+v", m)
	}
	if m := b.asked("it was met before"); m.Store != storeID || m.Seen != 3 || m.Order != 3 || m.Revision != 0 {
		t.Errorf("then told %+v", m)
	}
	if b.core.phase == ready {
		t.Error("ready before it was told")
	}
	b.head = 0
	b.answerRegister(storeID)
	if b.kinds(wire.KindRegister) != 0 {
		t.Error("and asked once more")
	}
	b.page(bob.row(wire.Online))
	if b.core.phase != ready {
		t.Error("not ready")
	}
	b.recv(server, push(bob, 0, 3, 1, "first store"))
	b.want("the table", server, &wire.TableAck{Store: storeID, Revision: 1})
	b.want("it is there", server, &wire.Taken{From: bob.key, Marks: mine(bob, 2), Order: 3, Try: 1})
	b.wantTold("the user is not troubled")
}

// protocol.md §9.2: also in the next run, which remembers the last store that it met.
func TestStoreThatAnEarlierRunMet(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.recv(server, push(bob, 0, 3, 1, "first store"))
	b.meets(88)
	b.page(bob.row(wire.Online))
	b.recv(server, push(bob, 0, 5, 2, "second store"))
	b.restart()
	b.do(b.core.Register)
	first := b.asked("at the start")
	other := uint64(storeID + 88 - first.Store)
	b.answerRegister(other)
	if m := b.asked("it has the other one"); m.Store != other || m.Order == 0 {
		t.Errorf("then told %+v", m)
	}
}

// protocol.md §9.1: a store may be another one again while that is told.
func TestStoreThatChangesWhileItIsTold(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.recv(server, push(f[0], 0, 3, 1, "first store"))
	b.meets(88)
	b.page(f[0].row(wire.Online))
	b.meets(storeID)
	b.drop()
	b.head = 0
	b.answerRegister(88)
	if m := b.asked("88 was met before too"); m.Store != 88 {
		t.Errorf("told %+v", m)
	}
	b.head = 0
	b.answerRegister(99)
	if b.kinds(wire.KindRegister) != 0 {
		t.Error("99 was not")
	}
	b.page(f[0].row(wire.Online))
	if b.core.phase != ready || b.core.store != 99 {
		t.Errorf("phase %d, store %d", b.core.phase, b.core.store)
	}
}

// protocol.md §9.2: what another copy of the store gave out lies far above what this one says of itself. It is late on its way, and says nothing of this one.
func TestOrdersOfAnotherCopy(t *testing.T) {
	const far = 1 << 40
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "hi")
	late := storedFor(bob, 1, 1, wire.Accepted)
	late.Order = far
	b.meets(88)
	b.page(bob.row(wire.Offline))
	b.drop()
	b.recv(server, late)
	b.recv(server, pushPost(bob, 0, far, 1, "a copy"))
	b.recv(server, push(bob, 0, far, 1, "a copy"))
	b.wantIdle("not taken")
	b.wantTold("neither shown nor stored")
	b.recv(server, pushPost(bob, 0, 5, 1, "post"))
	b.recv(server, push(bob, 5, 6, 1, "mail"))
	if got := b.arrived(); got != "post mail" {
		t.Errorf("of this store: %q", got)
	}
	b.recv(server, &wire.Ping{Store: 88, Order: far})
	b.drop()
	b.recv(server, pushPost(bob, 6, far, 2, "after a restart"))
	b.recv(server, late)
	if got := b.arrived(); got != "after a restart" || b.core.outbox.order[0].count[stored] != 1 {
		t.Errorf("the server counts on from there: %q", got)
	}
}

// protocol.md §9.2: who registered, and has no table yet, when the server came back with an older copy knows of no number that would tell the server so. It
// waits for a revision that does not come, and registers again.
func TestARevisionThatDoesNotCome(t *testing.T) {
	for _, says := range []wire.Message{&wire.Ping{Store: storeID, Revision: 3}, &wire.Pong{Known: true, Store: storeID, Revision: 3}} {
		b := newBench(t, Config{})
		b.do(b.core.Register)
		b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: 9, MaxMessage: wire.MaxText, Lease: 90})
		b.drop()
		b.recv(server, says)
		if b.kinds(wire.KindRegister) > 0 {
			t.Errorf("%v: it may be from before", says.Kind())
		}
		b.advance(b.core.cfg.AckTimeout)
		b.drop()
		b.recv(server, says)
		if b.kinds(wire.KindRegister) != 1 {
			t.Fatalf("%v: waits for what does not come", says.Kind())
		}
		b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: 3, MaxMessage: wire.MaxText, Lease: 90})
		b.recv(server, changes(storeID, 0, 3))
		if b.core.phase != ready {
			t.Errorf("%v: not ready", says.Kind())
		}
	}
}
