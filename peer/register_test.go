package peer

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §8.1, §8.7: Welcome comes with the answer, the table when it is there as it was then.
func TestRegister(t *testing.T) {
	b := newBench(t, Config{})
	bob, cid := b.friend("bob"), b.friend("cid")
	b.do(b.core.Register)
	b.want("asked", server, &wire.Register{Request: b.core.request, Name: "ann", Epoch: myEpoch, Card: b.core.prekeys.card})
	b.recv(server, &wire.Registered{Request: b.core.request + 2, Store: storeID, Revision: 2})
	b.wantTold("another request's answer")
	b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: 2, Waiting: true, MaxMessage: 100})
	b.wantTold("welcome", Welcome{Name: "ann"})
	b.recv(server, changes(storeID, 1, 2, cid.row(wire.Offline)))
	b.want("she has not revision 1", server, &wire.Ping{Store: storeID})
	b.recv(server, &wire.Table{Base: wire.TableBase(storeID, 0), Span: 1, More: true, Rows: []wire.Row{cid.row(wire.Offline)}})
	b.want("the first page", server, &wire.TableAck{Store: storeID, Revision: 1})
	b.wantTold("not all")
	b.recv(server, changes(storeID, 1, 2, bob.row(wire.Online)))
	b.want("the last page", server, &wire.TableAck{Store: storeID, Revision: 2})
	rows := []Contact{{bob.key, "bob", bob.addr, true}, {cid.key, "cid", cid.addr, false}}
	b.wantTold("all, by name", Table{Server: server.addr, All: rows, Changed: rows, First: true}, Waiting{})
	b.recv(server, changes(storeID, 1, 2, bob.row(wire.Online)))
	b.want("again", server, &wire.TableAck{Store: storeID, Revision: 2})
	b.wantTold("nothing changed")
	b.changed(cid.row(wire.Offline))
	b.recv(server, changes(storeID, 3, 4, cid.row(wire.Online)))
	rows[1].Online = true
	b.wantTold("a change", Table{Server: server.addr, All: rows, Changed: rows[1:]})
	b.do(b.core.Peers)
	b.wantTold("asked for", Table{Server: server.addr, All: rows, Changed: rows, Asked: true})
}

// protocol.md §8.7: a page follows what is here, what the last page followed, since the acknowledgement of that may be lost, or nothing; what
// is here is said when it follows anything else, as a page of another store does.
func TestTablePagesFollow(t *testing.T) {
	known := newBench(t, Config{})
	bob, cid := known.friend("bob"), known.friend("cid")
	for _, c := range []struct {
		name    string
		page    *wire.Table
		takes   uint64 // the revision then; 0: it is not taken
		present bool   // bob is there then
	}{
		{"what is here", changes(storeID, 7, 8, bob.row(wire.Online)), 8, true},
		{"what is here, more than is known yet", changes(storeID, 7, 1<<50, bob.row(wire.Online)), 1 << 50, true},
		{"what the last page followed, and goes further", changes(storeID, 5, 9, bob.row(wire.Online)), 9, true},
		{"the last page again", changes(storeID, 5, 7, bob.row(wire.Online)), 7, false},
		{"nothing", changes(storeID, 0, 9, bob.row(wire.Online)), 9, true},
		{"one before", changes(storeID, 4, 9, bob.row(wire.Online)), 0, false},
		{"one to come", changes(storeID, 8, 9, bob.row(wire.Online)), 0, false},
		{"the same of another store", changes(storeID+100, 7, 9, bob.row(wire.Online)), 0, false},
		{"nothing of another store", changes(storeID+100, 0, 9, bob.row(wire.Online)), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := readyBench(t)
			b.recv(server, changes(storeID, b.core.roster.revision, 5, bob.row(wire.Offline)))
			b.recv(server, changes(storeID, 5, 7, cid.row(wire.Online)))
			b.drop()
			b.recv(server, c.page)
			if c.takes == 0 {
				b.want("it says what it has", server, &wire.Ping{Store: storeID, Revision: 7})
				c.takes = 7
			} else {
				b.want("it has it", server, &wire.TableAck{Store: storeID, Revision: c.takes})
			}
			if got := b.core.roster; got.revision != c.takes || got.named("bob").online != c.present {
				t.Errorf("revision %d, bob %+v", got.revision, got.named("bob"))
			}
		})
	}
}

// protocol.md §4: the outcomes.
func TestRegisterRefused(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	b.recv(server, &wire.Registered{Request: b.core.request, Outcome: wire.NameTaken, Store: storeID, MaxMessage: 100})
	b.wantTold("refused", Refused{Name: "ann", Why: wire.NameTaken})
	b.do(func(now time.Time) { b.core.Send(now, "bob", "hi") })
	b.do(func(now time.Time) { b.core.SendAll(now, "hi") })
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.wantTold("not registered", NotRegistered{}, NotRegistered{}, NotRegistered{})
	b.drop()
	b.advance(time.Minute)
	b.wantIdle("nothing is tried on")
}

// Commands wait for the first table, in order: architecture.md, commands are acted on in order.
func TestCommandsWaitForTheTable(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.do(b.core.Register)
	b.send(bob, "hi")
	b.do(func(now time.Time) { b.core.Note(now, "noted") })
	b.do(func(now time.Time) { b.core.Send(now, "zoe", "hi") })
	b.wantTold("before the answer")
	b.answerRegister(storeID)
	b.do(b.core.Drain)
	b.wantTold("before the table", Welcome{Name: "ann"})
	b.drop()
	b.page(bob.row(wire.Online))
	b.want("the table", server, &wire.TableAck{Store: storeID, Revision: 1})
	b.want("then the text", bob, &wire.Direct{Try: 1, Text: b.out(bob, 1, "hi")})
	if len(b.told) != 3 || b.told[1] != (Noted{Text: "noted"}) || b.told[2] != (UnknownPeer{Name: "zoe"}) {
		t.Errorf("told %+v", b.told)
	}
	b.told = nil
	b.recv(bob, &wire.Ack{Marks: has(bob, 1), Seq: 1, Try: 1})
	b.wantTold("and the drain", Delivered{To: "bob"}, Drained{})
}

// protocol.md §8.5: until it registers again it neither acknowledges nor shows anything.
func TestWhoLeftDoesNotListen(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	b.send(bob, "unanswered")
	b.drop()
	b.do(func(now time.Time) { b.core.Deregister(now, "bob") })
	b.wantTold("not hers", NotYours{Name: "bob"})
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.want("asked", server, &wire.Deregister{Request: b.core.request, Name: "ann"})
	b.recv(server, &wire.Deregistered{Request: b.core.request})
	b.wantTold("left", Left{})
	for _, m := range []wire.Message{push(bob, 0, 1, 1, "mail"), pushPost(bob, 1, 2, 1, "post"), &wire.Ping{Nonce: 1}, &wire.Pong{}, changes(storeID, 0, 9)} {
		b.recv(server, m)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.advance(10 * time.Minute)
	b.wantIdle("it says nothing")
	b.wantTold("and shows nothing")
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.wantTold("it left already", NotRegistered{})
	b.register()
	if list := b.directs(); len(list) != 1 {
		t.Errorf("then it goes on with what was unanswered: %v", list)
	}
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.want("and listens", bob, &wire.Ack{Marks: mine(bob, 1), Seq: 1, Try: 1})
}

// protocol.md §9.1: a client that meets another store id forgets the table's revision, deposits again what was stored and is not
// delivered, and posts what it has still: all of it keeps its name.
func TestAnotherStore(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob := f[0]
	b.changed(bob.row(wire.Offline))
	b.send(bob, "mail")
	b.recv(server, storedFor(bob, 1, 1, wire.Accepted))
	b.do(func(now time.Time) { b.core.SendAll(now, "post") })
	b.drop()
	b.told = nil
	b.recv(server, &wire.Pong{Known: true, Store: 88, Revision: 1})
	b.want("registered again, by the old store's words", server, &wire.Register{Request: b.core.request, Name: "ann", Epoch: myEpoch, Store: storeID, Revision: 2, Order: 1, Card: b.core.prekeys.card})
	b.head = 0
	b.answerRegister(88)
	if b.core.roster.revision != 0 {
		t.Error("the table's revision is of the old store")
	}
	b.page(bob.row(wire.Offline))
	b.want("table", server, &wire.TableAck{Store: 88, Revision: 1})
	b.advance(time.Second) // the post is on its way still
	var deposits []wire.Text
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Deposit); ok && !slices.ContainsFunc(deposits, func(x wire.Text) bool { return x.ToEpoch == m.Text.ToEpoch }) {
			deposits = append(deposits, m.Text)
		}
	}
	if len(deposits) != 2 || deposits[0].Seq != 1 || deposits[0].ToEpoch != bob.epoch || deposits[1].ToEpoch != 0 || deposits[1].Seq != 1 {
		t.Errorf("deposited %+v", deposits)
	}
	b.wantTold("the user is not troubled")
	if cid := b.core.roster.named("cid"); cid == nil || cid.online {
		t.Error("who was known is offline until the new table says otherwise")
	}
}

// protocol.md §13: who someone is, the session has proved; what another key says is not the server's, wherever it comes from.
func TestOnlyTheServersKeyIsTheServer(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	b.drop()
	liar := *b.friend("bob")
	liar.addr = server.addr
	b.recv(&liar, &wire.Registered{Request: b.core.request, Store: storeID})
	b.wantTold("not believed")
}
