package server

import (
	"net/netip"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// protocol.md §8.1: register binds the name to the key. What is acknowledged is on disk.
func TestRegisterIsAnsweredAfterItsCommit(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.person("ann")
	b.hold()
	b.recv(ann, ask(ann, 7))
	b.wantIdle("the row is not on disk")
	b.recv(ann, ask(ann, 7))
	b.want("nor is it for the retry", ann, b.clock())
	b.advance(400 * time.Millisecond)
	b.wantIdle("still")
	b.release()
	b.want("on disk", ann, welcome(7, 1))
	b.wantIdle("one answer")
	if row := b.row(ann); row.Name != "ann" || row.State != store.Online || row.Epoch != ann.epoch || row.Addr != ann.path.Remote {
		t.Errorf("row %+v", row)
	}
}

// protocol.md §8.1: a retry (same request number) gets the same answer.
func TestRegisterRetryGetsTheSameAnswer(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.person("ann")
	for range 3 {
		b.recv(ann, ask(ann, 7))
		b.want("the same", ann, welcome(7, 1))
		b.advance(500 * time.Millisecond)
	}
	b.wantIdle("nothing else")
	if rev := b.head().Revision; rev != 1 {
		t.Errorf("the retries made revision %d", rev)
	}
}

// protocol.md §8.1: the same answer, also while the server still looks whether anything waits.
func TestRegisterRetryDuringTheLookIntoTheMailbox(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(bob, &wire.Deregister{Request: 5, Name: "bob"})
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.sentTo(ann)
	b.sentTo(bob)
	b.slow = true
	b.recv(bob, ask(bob, 9))
	b.recv(bob, ask(bob, 9))
	b.release()
	for _, s := range b.sentTo(bob) {
		if r, ok := s.msg.(*wire.Registered); ok && !r.Waiting {
			t.Errorf("the answer %+v denies what waits", r)
		}
	}
}

// protocol.md §8.1: the same key takes its name over from its own dead session at once.
func TestRegisterTakesOverFromTheSameKey(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	ann.path.Remote = netip.MustParseAddrPort("10.0.0.77:9")
	b.recv(ann, ask(ann, 8))
	b.want("taken over", ann, welcome(8, 2))
	if row := b.row(ann); row.Addr != ann.path.Remote {
		t.Errorf("row is at %v", row.Addr)
	}
	if len(b.core.online) != 1 {
		t.Errorf("%d sessions", len(b.core.online))
	}
}

// protocol.md §8.1: or is refused.
func TestRegisterRefused(t *testing.T) {
	ann := &member{name: "ann"}
	for _, c := range []struct {
		name    string
		known   bool // the asker is ann already
		asks    string
		outcome wire.Outcome
	}{
		{"name of another key", false, ann.name, wire.NameTaken},
		{"key with another name", true, "anna", wire.KeyTaken},
		{"key with its name in capitals", true, "ANN", wire.KeyTaken},
		{"empty name", false, "", wire.BadName},
		{"name with a space", false, "a b", wire.BadName},
		{"two scripts in one name", false, "annа", wire.BadName},
		{"Latin name with a Greek letter", false, "αnna", wire.BadName},
		{"full-width letters", false, "ｂｏｂ", wire.BadName},
		{"mark that is not composed", false, "Jose\u0301", wire.BadName},
		{"reserved name", false, "server", wire.BadName},
		{"reserved name in capitals", false, "SYSTEM", wire.BadName},
		{"reserved name of the channel", false, "All", wire.BadName},
		{"what looks like a reserved name", false, "adm1n", wire.BadName},
		{"what looks like a reserved name in Cyrillic", false, "аӏӏ", wire.BadName},
		{"reserved name with a stop", false, "ser.ver", wire.BadName},
		{"name of 33 characters", false, "abcdefghijklmnopqrstuvwxyz1234567", wire.BadName},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			who := b.join("ann")
			if !c.known {
				who = b.person("mallory")
			}
			b.recv(who, askAs(who, 3, c.asks))
			b.want("refused", who, refused(3, c.outcome))
			b.advance(time.Second)
			b.wantIdle("and nothing else")
			if b.core.clients.Len() != 1 || b.head().Revision != 1 {
				t.Errorf("%d clients at revision %d", b.core.clients.Len(), b.head().Revision)
			}
			b.recv(b.people[0], &wire.Ping{Nonce: 4, Store: storeID, Revision: 1})
			b.want("who had the name has it", b.people[0], &wire.Pong{Nonce: 4, Known: true, Store: storeID, Revision: 1})
		})
	}
}

// protocol.md §8.1: a refusal ends no other request of the same key.
func TestRegisterTwoNamesAtOnce(t *testing.T) {
	b := newBench(t, Config{})
	b.join("ann")
	bob := b.person("bob")
	b.hold()
	b.recv(bob, askAs(bob, 3, "ann"))
	b.recv(bob, ask(bob, 5))
	b.release()
	b.want("the first", bob, refused(3, wire.NameTaken))
	b.want("the second", bob, welcome(5, 2))
	b.recv(bob, &wire.Ping{Nonce: 4, Store: storeID, Revision: 2})
	b.want("registered", bob, &wire.Pong{Nonce: 4, Known: true, Store: storeID, Revision: 2})
	b.advance(2 * time.Hour)
}

// protocol.md §8.3: the server answers to where a client was last heard from; a retry can come from elsewhere.
func TestRegisterRetryFromANewAddress(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.person("ann")
	b.recv(ann, ask(ann, 7))
	b.sentTo(ann)
	ann.path.Remote = netip.MustParseAddrPort("10.9.9.9:99")
	b.recv(ann, ask(ann, 7))
	if list := b.sentTo(ann); len(list) == 0 || list[0].path != ann.path {
		t.Errorf("not answered at %v: %+v", ann.path.Remote, list)
	}
	if row := b.row(ann); row.Addr != ann.path.Remote {
		t.Errorf("the others are told %v", row.Addr)
	}
}

// protocol.md §8.5: what a client did last counts, whichever commit ends first.
func TestRegisterAndLeaveAtOnce(t *testing.T) {
	ask := func(request uint32) wire.Message {
		return &wire.Register{Request: request, Name: "ann", Card: card(wire.Key{}, 1)}
	}
	for _, c := range []struct {
		name string
		does []wire.Message
		ends store.State
	}{
		{"register, leave", []wire.Message{ask(3), &wire.Deregister{Request: 5, Name: "ann"}}, store.Left},
		{"leave, register", []wire.Message{&wire.Deregister{Request: 5, Name: "ann"}, ask(3)}, store.Online},
		{"register twice", []wire.Message{ask(3), ask(7)}, store.Online},
		{"leave, ping", []wire.Message{&wire.Deregister{Request: 5, Name: "ann"}, &wire.Ping{}}, store.Left},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			ann := b.join("ann")
			b.hold()
			for _, m := range c.does {
				b.recv(ann, m)
			}
			b.release()
			if row := b.row(ann); row.State != c.ends {
				t.Errorf("the row says %v", row.State)
			}
			if online := len(b.core.online) == 1; online != (c.ends == store.Online) || len(b.core.online) > 1 {
				t.Errorf("%d sessions", len(b.core.online))
			}
			b.advance(2 * time.Minute)
		})
	}
}

// protocol.md §8.6: a client whom the server does not know is told so.
func TestStrangersAreTold(t *testing.T) {
	b := newBench(t, Config{})
	zoe := b.person("zoe")
	b.recv(zoe, &wire.Ping{Nonce: 9, Store: storeID, Revision: 3})
	b.want("ping", zoe, &wire.Pong{Nonce: 9, Store: storeID})
	b.recv(zoe, &wire.Deposit{To: zoe.key, Try: 1, Text: text(zoe, zoe, 1, "hi")})
	b.want("deposit", zoe, &wire.Pong{Store: storeID})
	for _, m := range []wire.Message{&wire.Pong{}, &wire.TableAck{}, &wire.Taken{Order: 1}, &wire.Seen{Order: 1}, &wire.ReceiptAck{}, &wire.Stored{}, &wire.Registered{}} {
		b.recv(zoe, m)
	}
	b.wantIdle("nothing else is answered")
	if b.core.clients.Len() != 0 {
		t.Error("a stranger was kept")
	}
}

// protocol.md §1: no client has the server's key.
func TestTheServersOwnKeyIsIgnored(t *testing.T) {
	b := newBench(t, Config{})
	b.core.Handle(b.now, link.Path{}, wire.ServerKey, &wire.Register{Request: 1, Name: "ann"})
	b.settle()
	b.wantIdle("no answer")
	if b.head().Revision != 0 {
		t.Error("a row was written")
	}
}

// protocol.md §8.5: deregister ends presence at the client's wish.
func TestDeregisterIsAnsweredAfterItsCommit(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.join("ann")
	b.hold()
	b.recv(ann, &wire.Deregister{Request: 5, Name: "ann"})
	b.wantIdle("the row is not on disk")
	b.recv(ann, &wire.Deregister{Request: 5, Name: "ann"})
	b.want("nor is it for the retry", ann, b.clock())
	b.release()
	for _, s := range b.sentTo(ann) {
		if r, ok := s.msg.(*wire.Deregistered); !ok || *r != (wire.Deregistered{Request: 5}) {
			t.Errorf("sent %+v", s.msg)
		}
	}
	if row := b.row(ann); row.State != store.Left {
		t.Errorf("row %+v", row)
	}
	b.recv(ann, &wire.Deregister{Request: 5, Name: "ann"})
	b.want("whose answer was lost asks again", ann, &wire.Deregistered{Request: 5})
}

func TestDeregisterWrongName(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(bob, &wire.Deregister{Request: 5, Name: "ann"})
	b.want("not his", bob, &wire.Deregistered{Request: 5, Outcome: wire.NotYours})
	zoe := b.person("zoe")
	b.recv(zoe, &wire.Deregister{Request: 6, Name: "ann"})
	b.want("nor hers", zoe, &wire.Deregistered{Request: 6, Outcome: wire.NotYours})
	if b.row(ann).State != store.Online || b.row(bob).State != store.Online {
		t.Error("someone was taken offline")
	}
}

// protocol.md §8.5: until it registers again nothing brings it back, and nothing is pushed to it.
func TestWhoLeftStaysAway(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.recv(bob, &wire.Deregister{Request: 5, Name: "bob"})
	b.sentTo(bob)
	b.recv(bob, &wire.Ping{Nonce: 1, Store: storeID, Revision: 2})
	b.want("unknown", bob, &wire.Pong{Nonce: 1, Store: storeID, Revision: 3})
	b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
	b.want("stored", ann, &wire.Stored{To: bob.key, Epoch: ann.epoch, ToEpoch: bob.epoch, Seq: 1, Try: 1, Order: 1})
	b.advance(time.Minute)
	b.wantIdle("no push")
	b.recv(bob, ask(bob, 8))
	answer := welcome(8, 4)
	answer.Waiting, answer.Order = true, 1
	b.want("something waits", bob, answer)
	b.want("it follows", bob, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, bob, 1, "hi")})
}
