package peer

import (
	"testing"

	"udpchat/store"
	"udpchat/wire"
)

// protocol.md §14.5: what is neither sealed nor signed is taken from a store that was known before there were keys, through the order
// that it had at the first registration since, and shown as such.
func TestInTheClear(t *testing.T) {
	for _, c := range []struct {
		name  string
		clear []store.Clear
		order uint64
		shown bool
	}{
		{"a new profile", nil, 3, false},
		{"another store", []store.Clear{{Store: 78, Through: maxOrder}}, 3, false},
		{"before", []store.Clear{{Store: storeID, Through: maxOrder}}, 10, true},
		{"after", []store.Clear{{Store: storeID, Through: maxOrder}}, 11, false},
		{"of the first store that is met, before", []store.Clear{{Store: 0, Through: maxOrder}}, 10, true},
		{"of the first store that is met, after", []store.Clear{{Store: 0, Through: maxOrder}}, 11, false},
		{"of the first store that is met, another one being known", []store.Clear{{Store: 0, Through: maxOrder}, {Store: 78, Through: 5}}, 10, true},
		{"before what an earlier run was told", []store.Clear{{Store: storeID, Through: 5}}, 5, true},
		{"after what an earlier run was told", []store.Clear{{Store: storeID, Through: 5}}, 6, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			bob := b.friend("bob")
			for _, clear := range c.clear {
				b.profile.Remember(clear)
			}
			b.restart()
			b.registerAt(10)
			mail := &wire.Push{Order: c.order, Try: 1, From: bob.key, Text: in(bob, 1, "mail")}
			b.recv(server, mail)
			x := in(bob, 1, "post")
			x.ToEpoch = 0
			post := &wire.PushPost{Order: c.order, Try: 1, Author: bob.key, Text: x}
			if !c.shown {
				b.want("refused", server, refused(bob, mail.Text, c.order))
				b.wantTold("not believed", Distrust{From: "bob", Why: Forged})
				b.core.inbox.streams = map[uint64]*stream{} // as if it had come instead
				b.recv(server, post)
				b.want("taken, so that the log goes on", server, &wire.Seen{Store: storeID, Through: c.order, Order: c.order, Try: 1})
				b.wantTold("not believed", Distrust{From: "bob", Post: true, Why: Forged})
				return
			}
			b.wantTold("shown as such", Arrived{Line: 1, From: "bob", Text: "mail", Time: 1001, Mail: true, Clear: true, Old: true})
			b.core.inbox.streams = map[uint64]*stream{}
			b.recv(server, post)
			b.wantTold("shown as such", Arrived{Line: 2, From: "bob", Text: "post", Time: 1001, Post: true, Mail: true, Clear: true, Old: true})
		})
	}
}

const maxOrder = 1<<64 - 1

// registerAt registers with a server that has given out so many orders.
func (b *bench) registerAt(order uint64) {
	b.t.Helper()
	b.do(b.core.Register)
	b.head++
	b.recv(server, &wire.Registered{Request: b.core.request, Store: storeID, Revision: b.head, MaxMessage: wire.MaxText, Lease: 90, Order: order})
	b.page(b.friends[0].row(wire.Online))
	b.sent, b.told = nil, nil
}

// protocol.md §14.5: the first registration says how far; no later one moves it.
func TestClearIsBoundOnce(t *testing.T) {
	for name, id := range map[string]uint64{"a known store": storeID, "the first store that is met": 0} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Config{})
			b.friend("bob")
			b.profile.Remember(store.Clear{Store: id, Through: maxOrder})
			b.restart()
			for _, order := range []uint64{10, 20, 30} {
				b.registerAt(order)
				if loaded, _ := b.profile.Load(); len(loaded.Clear) != 1 || loaded.Clear[0] != (store.Clear{Store: storeID, Through: 10}) {
					t.Fatalf("on disk: %+v", loaded.Clear)
				}
				if order == 20 {
					b.restart()
				}
			}
		})
	}
}

// protocol.md §14.5: the store that is met next is one, and no other.
func TestClearIsOfOneStore(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.friend("bob")
	b.profile.Remember(store.Clear{Through: maxOrder})
	b.restart()
	b.registerAt(10)
	b.recv(server, &wire.Pong{Known: true, Store: 88})
	b.head = 0
	b.recv(server, &wire.Registered{Request: b.core.request, Store: 88, Revision: 1, MaxMessage: wire.MaxText, Order: 20})
	b.page(bob.row(wire.Online))
	b.told = nil
	b.recv(server, &wire.Push{Order: 3, Try: 1, From: bob.key, Text: in(bob, 1, "clear")})
	b.wantTold("not believed", Distrust{From: "bob", Why: Forged})
}
