package server

import (
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// as is a registration in a mode.
func as(m *member, mode wire.Mode, request uint32) *wire.Register {
	r := ask(m, request)
	r.Mode = mode
	return r
}

// comes registers someone in a mode, and looks away from what that says.
func (b *bench) comes(m *member, mode wire.Mode, request uint32) {
	b.t.Helper()
	b.recv(m, as(m, mode, request))
	for _, s := range b.sentTo(m) {
		if r, ok := s.msg.(*wire.Registered); ok && r.Outcome == wire.OK && r.Request == request {
			b.advance(2 * tablePause)
			return
		}
	}
	b.t.Fatalf("%s could not register as %v", m.name, mode)
}

// protocol.md §8.10: nobody sees a client without presence come or go; a name that is new is seen once, as one that is away.
func TestNobodySeesWhoIsHidden(t *testing.T) {
	for _, mode := range []wire.Mode{wire.Hidden, wire.Sender} {
		t.Run(mode.String(), func(t *testing.T) {
			b := newBench(t, Config{})
			ann, ops := b.join("ann"), b.person("ops")
			b.tables = true
			b.comes(ops, mode, 3)
			b.want("a new name", ann, changes(1, 2, wire.Row{Key: ops.key, Name: "ops", Epoch: ops.epoch, State: wire.Offline}))
			head := b.head().Revision
			b.recv(ann, &wire.TableAck{Store: storeID, Revision: head})
			b.sentTo(ops)
			b.recv(ops, &wire.Deregister{Request: 5, Name: "ops"})
			b.want("it goes", ops, &wire.Deregistered{Request: 5})
			for i := range uint32(3) {
				b.comes(ops, mode, 7+2*i)
				for range 4 { // its lease is over then
					b.advance(30 * time.Second)
					b.recv(ann, &wire.Ping{Store: storeID, Revision: head})
					b.want("she is there", ann, &wire.Pong{Known: true, Store: storeID, Revision: head})
				}
				b.sentTo(ops)
			}
			b.restart()
			b.sentTo(ann)
			b.recv(ops, &wire.Ping{Nonce: 1, Store: storeID})
			b.want("a restarted server does not know it", ops, &wire.Pong{Nonce: 1, Store: storeID, Revision: head})
			b.wantIdle("nor asks for it")
			if got := b.head().Revision; got != head {
				t.Errorf("the table went from revision %d to %d", head, got)
			}
			if row := b.row(ops); row.State != store.Left || row.Addr.IsValid() {
				t.Errorf("row %+v", row)
			}
		})
	}
}

// protocol.md §8.10: what changes the row is written: another epoch, another card, and once in 24 h the use of the name.
func TestTheRowOfWhoIsHidden(t *testing.T) {
	b := newBench(t, Config{})
	ops := b.person("ops")
	b.comes(ops, wire.Sender, 3)
	for i, c := range []struct {
		name   string
		change func()
		writes bool
	}{
		{"nothing", func() {}, false},
		{"another epoch", func() { ops.epoch++ }, true},
		{"a newer card", func() { ops.card = card(ops.key, 2) }, true},
		{"a day later", func() { b.advance(25 * time.Hour) }, true},
		{"nothing again", func() {}, false},
	} {
		before := b.head().Revision
		c.change()
		b.comes(ops, wire.Sender, uint32(5+2*i))
		if wrote := b.head().Revision != before; wrote != c.writes {
			t.Errorf("%s: written %v", c.name, wrote)
		}
		if row := b.row(ops); row.Epoch != ops.epoch || row.Card != string(ops.card) || b.now.Sub(time.UnixMicro(row.LastSeen)) > seldom {
			t.Errorf("%s: row %+v", c.name, row)
		}
	}
}

// protocol.md §8.10: a sender gets neither table nor mail nor posts, and what waits for it goes on waiting; one who is hidden gets all.
func TestWhatASenderIsSent(t *testing.T) {
	b := newBench(t, Config{})
	ann, ops := b.join("ann"), b.away("ops")
	b.deposit(ann, ops, text(ann, ops, 1, "earlier"))
	b.comes(ops, wire.Sender, 5)
	b.deposit(ann, ops, text(ann, ops, 2, "now"))
	b.recv(ann, &wire.Deposit{To: wire.Channel, Try: 1, Text: post(ann, 1, "to all")})
	b.sentTo(ann)
	b.join("bob")
	b.sentTo(ann)
	b.recv(ops, &wire.Ping{Nonce: 1, Store: storeID})
	b.want("it is known", ops, &wire.Pong{Nonce: 1, Known: true, Store: storeID, Revision: b.head().Revision, Order: b.head().Order})
	b.advance(time.Minute)
	b.sentTo(ann)
	if list := b.sentTo(ops); len(list) > 0 {
		t.Fatalf("heard %v %+v", list[0].msg.Kind(), list[0].msg)
	}

	// It finds people, deposits, and hears what became of that.
	b.recv(ops, &wire.Find{Name: "ann"})
	b.recv(ops, &wire.Lookup{Key: ann.key})
	b.want("finds", ops, &wire.Named{Name: "ann", Rows: []wire.Row{{Key: ann.key, Name: "ann", Epoch: ann.epoch, Addr: ann.path.Remote, State: wire.Online}}})
	b.want("looks up", ops, &wire.Found{Key: ann.key, Card: ann.card})
	b.recv(ops, &wire.Deposit{To: ann.key, Try: 1, Text: text(ops, ann, 1, "done")})
	if list := b.sentTo(ops); len(list) != 1 || list[0].msg.(*wire.Stored).Verdict != wire.Accepted {
		t.Fatalf("answers %+v", list)
	}
	push := b.sentTo(ann)
	b.recv(ann, &wire.Taken{From: ops.key, Marks: through(ops, ann, 1), Order: push[len(push)-1].msg.(*wire.Push).Order, Try: 1})
	b.want("a receipt", ops, &wire.Receipt{To: ann.key, Marks: through(ops, ann, 1)})

	b.comes(ops, wire.Hidden, 7)
	b.recv(ann, &wire.Lookup{Key: ops.key}) // it did not come by mail
	b.sentTo(ann)
	b.recv(ops, &wire.Register{Request: 7, Name: "ops", Epoch: ops.epoch, Card: ops.card, Mode: wire.Hidden})
	b.advance(time.Second)
	if got := pushes(b.sentTo(ops)); len(got) < 3 {
		t.Errorf("who is hidden is pushed %v", got)
	}
}

// What comes for who is hidden is pushed at once, and its depositor sees nobody there.
func TestWhoIsHiddenReceives(t *testing.T) {
	b := newBench(t, Config{})
	ann, ops := b.join("ann"), b.away("ops")
	b.comes(ops, wire.Hidden, 5)
	b.sentTo(ops)
	b.recv(ann, &wire.Deposit{To: ops.key, Try: 1, Text: text(ann, ops, 1, "hi")})
	answer := storedAway(ann, ops, 1, 1)
	answer.Addr = ops.path.Remote // of the time when it could be seen
	b.want("stored", ann, answer)
	b.want("pushed", ops, &wire.Push{Order: 1, Try: 1, From: ann.key, Text: text(ann, ops, 1, "hi")})
	b.recv(ops, &wire.Taken{From: ann.key, Marks: through(ann, ops, 1), Order: 1, Try: 1})
	b.want("the receipt", ann, &wire.Receipt{To: ops.key, Marks: through(ann, ops, 1)})

	b.deposit(ann, ops, text(ann, ops, 2, "it does not answer"))
	b.advance(time.Minute)
	if ops := b.core.clients.Get(ops.key); ops.session != nil || b.core.probes.Has(ops.key()) {
		t.Error("who is hidden and silent is still there, or asked for")
	}
}

// protocol.md §8.10: a registration without presence ends the presence that the key had, and one with presence ends the other.
func TestPresenceAndNone(t *testing.T) {
	for _, mode := range []wire.Mode{wire.Hidden, wire.Sender} {
		b := newBench(t, Config{})
		ann, ops := b.join("ann"), b.join("ops")
		b.tables = true
		b.comes(ops, mode, 5)
		gone := b.sentTo(ann)
		if len(gone) != 1 || gone[0].msg.(*wire.Table).Rows[0].State != wire.Offline {
			t.Fatalf("%v: ann is told %+v", mode, gone)
		}
		b.recv(ann, &wire.TableAck{Store: storeID, Revision: b.head().Revision})
		ops.path.Remote = ann.path.Remote // the other process
		b.recv(ops, &wire.Ping{Nonce: 1, Store: storeID})
		b.advance(time.Second)
		b.sentTo(ops)
		b.wantIdle("where it is heard from is nobody's business")
		b.comes(ops, wire.Present, 7)
		back := b.sentTo(ann)
		if len(back) != 1 || back[0].msg.(*wire.Table).Rows[0].State != wire.Online {
			t.Fatalf("%v: ann is told %+v", mode, back)
		}
		if n := len(b.core.online); n != 2 {
			t.Errorf("%v: %d sessions", mode, n)
		}
	}
}

// A sender that leaves while its registration is written does not come back with it.
func TestASenderLeavesWhileItComes(t *testing.T) {
	b := newBench(t, Config{})
	ops := b.away("ops")
	b.hold()
	ops.epoch++
	b.recv(ops, as(ops, wire.Sender, 5))
	b.recv(ops, &wire.Deregister{Request: 7, Name: "ops"})
	b.release()
	b.sentTo(ops)
	if b.core.clients.Get(ops.key).session != nil {
		t.Error("it is there")
	}
}

// protocol.md §13.6: who registers without presence has a session that lasts like anybody's, and is dialled when it is lost, also when its row has no
// news.
func TestWhoIsHiddenIsTrusted(t *testing.T) {
	for _, mode := range []wire.Mode{wire.Hidden, wire.Sender} {
		b := newBench(t, Config{})
		ops := b.person("ops")
		b.comes(ops, mode, 3)
		b.restart()
		head := b.head().Revision
		b.comes(ops, mode, 5)
		if got := b.head().Revision; got != head {
			t.Errorf("%v: a row was written", mode)
		}
		if len(b.trusts) != 1 || b.trusts[0].Key != ops.key {
			t.Errorf("%v: trusted are %v", mode, b.trusts)
		}
	}
}
