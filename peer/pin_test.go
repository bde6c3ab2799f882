package peer

import (
	"slices"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// pinned is what is on disk of a key.
func (b *bench) pinned(k wire.Key) store.Contact {
	loaded, _ := b.profile.Load()
	i := slices.IndexFunc(loaded.Contacts, func(c store.Contact) bool { return c.Key == store.Key(k) })
	if i < 0 {
		return store.Contact{}
	}
	return loaded.Contacts[i]
}

func (b *bench) compare(name string) { b.do(func(now time.Time) { b.core.Verify(now, name) }) }
func (b *bench) trust(name string)   { b.do(func(now time.Time) { b.core.Trust(now, name) }) }

// takes is the row with which the server gives a friend another name.
func (f *friend) takes(name string) wire.Row {
	f.name = name
	return f.row(wire.Online)
}

// met is how ann met bob.
var met = []struct {
	name string
	meet func(b *bench, bob *friend)
}{
	{"by the first text to him", func(b *bench, bob *friend) { b.send(bob, "hi") }},
	{"by the first text of his", func(b *bench, bob *friend) { b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")}) }},
	{"by mail", func(b *bench, bob *friend) { b.recv(server, push(bob, 0, 1, 1, "hi")) }},
	{"by a post", func(b *bench, bob *friend) { b.recv(server, pushPost(bob, 0, 1, 1, "hi")) }},
	{"by comparing", func(b *bench, bob *friend) { b.trust(bob.name) }},
	{"in an earlier run", func(b *bench, bob *friend) { b.send(bob, "hi"); b.again() }},
}

// protocol.md §14.1: a name means the key that it was first met with. When the server gives it another one, that is told, and nothing
// goes to it until the user trusts it.
func TestNameWithAnotherKey(t *testing.T) {
	for _, c := range met {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "mallory")
			bob, mallory := f[0], f[1]
			c.meet(b, bob)
			if p := b.pinned(bob.key); p.Name != "bob" {
				t.Fatalf("on disk: %+v", p)
			}
			b.told = nil
			b.changed(mallory.takes("bob"))
			b.wantTold("changed", KeyChanged{Name: "bob", Old: bob.key, New: mallory.key})
			b.changed(mallory.row(wire.Offline))
			b.wantTold("told once")
			b.drop()
			left := len(b.outbox())
			b.send(mallory, "a secret")
			b.wantTold("blocked", Blocked{Name: "bob", Old: bob.key, New: mallory.key})
			b.wantIdle("nothing is sent")
			if n := len(b.outbox()); n != left {
				t.Errorf("%d texts on disk, %d before", n, left)
			}
			b.compare("bob")
			b.wantTold("to be compared", Identity{Name: "bob", Key: mallory.key, Old: bob.key})
			b.trust("bob")
			b.wantTold("trusted", Trusted{Name: "bob", Key: mallory.key})
			b.send(mallory, "a secret")
			if list := b.drop(); len(list) != 1 || list[0].msg.(*wire.Deposit).To != mallory.key {
				t.Errorf("sent %+v", list)
			}
			if old, now := b.pinned(bob.key), b.pinned(mallory.key); old.Name != "" || now.Name != "bob" || !now.Verified {
				t.Errorf("on disk: %+v and %+v", old, now)
			}
		})
	}
}

// protocol.md §14.1: a key is told of in each run, and what it was trusted with outlives the program.
func TestNameWithAnotherKeyInTheNextRun(t *testing.T) {
	b, f := readyBench(t, "bob", "mallory")
	bob, mallory := f[0], f[1]
	b.send(bob, "hi")
	bob.name = "rob"
	b.changed(mallory.takes("bob"))
	b.restart()
	b.register()
	b.wantTold("again", KeyChanged{Name: "bob", Old: bob.key, New: mallory.key})
	b.send(mallory, "hi")
	b.wantTold("still", Blocked{Name: "bob", Old: bob.key, New: mallory.key})
	b.trust("bob")
	b.restart()
	b.register()
	b.wantTold("no more")
	b.compare("bob")
	b.wantTold("verified", Identity{Name: "bob", Key: mallory.key, Verified: true})
}

// protocol.md §14.1: names that look the same are the same name.
func TestNamesAreComparedFolded(t *testing.T) {
	b, f := readyBench(t, "bob", "mallory")
	bob, mallory := f[0], f[1]
	b.send(bob, "hi")
	b.changed(mallory.takes("Bob"))
	b.wantTold("changed", KeyChanged{Name: "Bob", Old: bob.key, New: mallory.key})
}

// protocol.md §14.1: nobody is met by being in the table.
func TestNameThatNobodyUsedIsNotPinned(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	b.again()
	b.changed(f[1].takes("bob"))
	b.wantTold("nothing to compare with")
	if p := b.pinned(f[0].key); p.Name != "" {
		t.Errorf("on disk: %+v", p)
	}
}

// protocol.md §14.1: a text that comes in a name that was another key's is shown with a doubt, until the user trusts it.
func TestDoubt(t *testing.T) {
	b, f := readyBench(t, "bob", "mallory")
	bob, mallory := f[0], f[1]
	b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "hi")})
	b.wantTold("bob", Arrived{Line: 1, From: "bob", Text: "hi", Time: 1001})
	b.changed(mallory.takes("bob"))
	b.told = nil
	b.recv(mallory, &wire.Direct{Try: 1, Text: in(mallory, 1, "it's me")})
	b.wantTold("is it?", Arrived{Line: 2, From: "bob", Text: "it's me", Time: 1001, Doubt: true})
	b.trust("bob")
	b.told = nil
	b.recv(mallory, &wire.Direct{Try: 1, Text: in(mallory, 2, "so")})
	b.wantTold("it is", Arrived{Line: 3, From: "bob", Text: "so", Time: 1002})
}

func TestVerify(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.compare("zoe")
	b.trust("zoe")
	b.wantTold("nobody", UnknownPeer{Name: "zoe"}, UnknownPeer{Name: "zoe"})
	b.compare("bob")
	b.wantTold("before", Identity{Name: "bob", Key: f[0].key})
	b.trust("bob")
	b.compare("bob")
	b.wantTold("after", Trusted{Name: "bob", Key: f[0].key}, Identity{Name: "bob", Key: f[0].key, Verified: true})
	b.again()
	b.compare("bob")
	b.wantTold("in the next run", Identity{Name: "bob", Key: f[0].key, Verified: true})
}

// A server that gives a key another name for a while does not get rid of what the first one was pinned to.
func TestRenamingDoesNotFreeAName(t *testing.T) {
	b, f := readyBench(t, "bob", "mallory")
	bob, mallory := f[0], f[1]
	b.send(bob, "hi")
	b.changed(bob.takes("rob"))
	b.send(bob, "hi, rob")
	b.told = nil
	b.changed(mallory.takes("bob"))
	b.wantTold("bob was another one", KeyChanged{Name: "bob", Old: bob.key, New: mallory.key})
}
