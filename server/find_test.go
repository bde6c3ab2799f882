package server

import (
	"testing"

	"udpchat/wire"
)

// protocol.md §8.9: the row of exactly that name, as it is on disk; to who is not registered, that it is not.
func TestFind(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.person("ann"), b.person("bob")
	b.register(ann)
	find := func(why, name string, rows ...wire.Row) {
		t.Helper()
		b.recv(ann, &wire.Find{Name: name})
		b.want(why, ann, &wire.Named{Name: name, Rows: rows})
	}
	find("nobody", "bob")
	b.hold()
	b.recv(bob, ask(bob, 3))
	find("not yet on disk", "bob")
	b.release()
	b.sent = nil
	row := wire.Row{Key: bob.key, Name: "bob", Epoch: bob.epoch, Addr: bob.path.Remote, State: wire.Online}
	find("there", "bob", row)
	find("capitals make no other name, but no name either", "Bob")
	b.recv(bob, &wire.Deregister{Request: 5, Name: "bob"})
	b.sent = nil
	row.State = wire.Offline
	find("away", "bob", row)
	find("oneself", "ann", wire.Row{Key: ann.key, Name: "ann", Epoch: ann.epoch, Addr: ann.path.Remote, State: wire.Online})
	b.recv(bob, &wire.Find{Name: "ann"})
	b.want("who is not registered is told so", bob, &wire.Pong{Store: storeID, Revision: b.core.head.Revision})
}
