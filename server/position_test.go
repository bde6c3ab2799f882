package server

import (
	"net/netip"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §8.2: a client says which revision of the table it has; what it has is not sent again.
func TestTableIsNotSentToWhoHasIt(t *testing.T) {
	b := newBench(t, Config{})
	ann, _ := b.join("ann"), b.join("bob")
	b.tables = true
	b.recv(ann, knowing(ask(ann, 99), 2, 0))
	b.sentTo(ann)
	b.advance(time.Second)
	b.want("her own row is all that changed", ann, changes(2, 3, onlineRow(ann)))
	b.recv(ann, &wire.TableAck{Store: storeID, Revision: 3})
	b.advance(time.Minute)
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: 3})
	b.sentTo(ann)
	b.advance(10 * time.Second)
	if list := b.pages(ann); len(list) > 0 {
		t.Errorf("sent although she has it: %+v", list[0])
	}
}

// protocol.md §8.7: after a restart the client's own word tells what it has.
func TestTablePositionAfterRestart(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob, cid := b.join("ann"), b.join("bob"), b.join("cid")
	b.restart()
	b.tables = true
	b.sentTo(ann)
	b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: 1})
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 3})
	b.recv(cid, &wire.Pong{Known: true, Store: storeID + 5, Revision: 3})
	b.advance(tablePause)
	rows := []wire.Row{onlineRow(ann), onlineRow(bob), onlineRow(cid)}
	b.want("what ann lacks", ann, changes(1, 3, rows[1:]...))
	if list := b.pages(bob); len(list) != 0 {
		t.Errorf("bob has all, and is sent %+v", list[0])
	}
	for _, s := range b.sentTo(cid) {
		if m, ok := s.msg.(*wire.Table); ok && b.page(m).Since != 0 {
			t.Errorf("cid knows another store, and is sent %+v", m)
		}
	}
}

// protocol.md §8.7: a client that has not since says in Ping what it has, also while a page is on its way to it.
func TestTablePositionWhileAPageIsOnItsWay(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.restart()
	b.tables = true
	bob.path.Remote = netip.MustParseAddrPort("10.9.9.9:99")
	b.recv(ann, &wire.Pong{Known: true, Store: storeID, Revision: 2})
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 2})
	b.advance(tablePause)
	if list := b.pages(ann); len(list) != 1 || list[0].Since != 2 {
		t.Fatalf("ann is told %+v", list)
	}
	b.recv(ann, &wire.Ping{Nonce: 1, Store: storeID, Revision: 1}) // she was behind when the server restarted
	b.advance(2 * time.Second)
	list := b.pages(ann)
	if len(list) == 0 || list[len(list)-1].Since != 1 {
		t.Errorf("then ann is told %+v", list)
	}
}

// protocol.md §8.7: what a client says in Ping counts as its acknowledgement, which may have been lost: the page that is on its way follows that.
func TestTablePositionAboveAPage(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.join("bob")
	b.restart()
	b.tables = true
	b.back(ann)
	b.recv(bob, &wire.Pong{Known: true, Store: storeID, Revision: 1})
	b.advance(tablePause)
	if list := b.pages(bob); len(list) != 1 || list[0].Since != 1 || list[0].Until != 2 {
		t.Fatalf("bob is told %+v", list)
	}
	b.join("cid")
	b.recv(bob, &wire.Ping{Nonce: 1, Store: storeID, Revision: 2})
	b.advance(time.Second)
	list := b.pages(bob)
	if last := len(list) - 1; last < 0 || list[last].Since != 2 || list[last].Until != 3 {
		t.Errorf("then bob is told %+v", list)
	}
}

// protocol.md §9.2: a client that knows more has met a newer copy of the store. The server then draws a new id.
func TestStoreIDIsRenewedForWhoKnowsMore(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  wire.Register
		new  bool
	}{
		{"a higher revision", wire.Register{Store: storeID, Revision: 3}, true},
		{"a higher order", wire.Register{Store: storeID, Revision: 1, Seen: 1}, true},
		{"as much", wire.Register{Store: storeID, Revision: 2}, false},
		{"a higher revision of another store", wire.Register{Store: storeID + 1, Revision: 9, Seen: 9}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			ann, bob := b.join("ann"), b.join("bob")
			c.ask.Request, c.ask.Name, c.ask.Epoch, c.ask.Card = 9, "ann", ann.epoch, ann.card
			b.recv(ann, &c.ask)
			for _, s := range b.sentTo(ann) {
				if r, ok := s.msg.(*wire.Registered); ok && (r.Store != storeID) != c.new {
					t.Errorf("answered %+v", r)
				}
			}
			if head := b.head(); (head.ID != storeID) != c.new || head.ID != b.core.head.ID || head.ID == 0 {
				t.Errorf("the store's id is %d, the core's %d", head.ID, b.core.head.ID)
			}
			b.recv(bob, &wire.Ping{Nonce: 2, Store: storeID, Revision: 2})
			for _, s := range b.sentTo(bob) { // the others notice by its answer
				if r, ok := s.msg.(*wire.Pong); ok && r.Store != b.head().ID {
					t.Errorf("ping answered %+v", r)
				}
			}
		})
	}
}
