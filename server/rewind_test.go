package server

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §8.2, §11.4: a member whose profile comes back as an older copy names a lower seen, and gets what came after that again, whether it is
// there for all to see or hidden. A sender gets nothing.
func TestAnOlderProfileGetsPostsAgain(t *testing.T) {
	for _, c := range []struct {
		mode wire.Mode
		seen uint64
		want string
	}{
		{wire.Present, 1, "0<2:2 2<3:3"}, {wire.Hidden, 1, "0<2:2 2<3:3"},
		{wire.Present, 0, "0<1:1 1<2:2 2<3:3"}, {wire.Hidden, 0, "0<1:1 1<2:2 2<3:3"},
		{wire.Present, 3, ""}, {wire.Hidden, 3, ""}, {wire.Sender, 1, ""},
	} {
		t.Run(fmt.Sprintf("%v, seen %d", c.mode, c.seen), func(t *testing.T) {
			b := newBench(t, Config{})
			ann, bob := b.join("ann"), b.person("bob")
			b.comes(bob, wire.Hidden, 101)
			for seq := range uint64(3) {
				b.post(ann, seq+1, fmt.Sprint(seq+1))
			}
			b.seen(bob, 3)
			b.advance(2 * cursorPause)
			b.recv(bob, &wire.Deregister{Request: 103, Name: "bob"})
			b.sentTo(bob)
			again := as(bob, c.mode, 105)
			b.recv(bob, knowing(again, b.head().Revision, c.seen))
			if got := b.posts(bob); got != c.want {
				t.Errorf("got %q, wanted %q", got, c.want)
			}
		})
	}
}

// Who speaks of a store that this one knows nothing of has its cursor stay.
func TestAnotherStoresSeenMovesNothing(t *testing.T) {
	b := newBench(t, Config{})
	ann, bob := b.join("ann"), b.person("bob")
	b.comes(bob, wire.Hidden, 101)
	b.post(ann, 1, "1")
	b.seen(bob, 1)
	b.advance(2 * cursorPause)
	b.recv(bob, &wire.Deregister{Request: 103, Name: "bob"})
	for i, mode := range []wire.Mode{wire.Hidden, wire.Present} {
		b.sentTo(bob)
		again := as(bob, mode, uint32(105+2*i))
		again.Store = storeID + 1
		b.recv(bob, again)
		if got := b.posts(bob); got != "" {
			t.Errorf("%v: got %q", mode, got)
		}
		b.advance(time.Second)
	}
}
