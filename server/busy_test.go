package server_test

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link/linktest"
)

// protocol.md §7.3, §13.3: a server that answers no more handshakes says so, and whoever starts a client in such a second waits: here 250 behind
// one address, of which 20 a second are let in.
func TestManyBehindOneAddressAreLetInByAndBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: 10 * time.Millisecond})
		for i := range 250 {
			w.start(fmt.Sprintf("p%d", i), wire.Present, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 7, 1}), 4000+uint16(i)))
		}
		pass(30 * time.Second)
		silent, in, told := 0, 0, 0
		for _, p := range w.people {
			silent += p.count(isA[peer.ServerSilent])
			in += p.count(isA[peer.Welcome])
			told += p.count(isA[peer.Postponed])
		}
		t.Logf("%d were told why they wait", told)
		if silent > 0 || in < len(w.people) {
			t.Errorf("the server is silent to %d; %d of %d are in", silent, in, len(w.people))
		}
	})
}

// slowStore takes its place's time for each change.
type slowStore struct {
	*memory.Server
	w *place
}

func (s *slowStore) Submit(c store.Change, done func(store.Result, error)) {
	disk := time.Duration(s.w.disk.Load())
	s.Server.Submit(c, func(r store.Result, err error) {
		time.Sleep(disk) // those behind it wait too
		done(r, err)
	})
}

// protocol.md §7.3: a server whose disk takes its time is not taken for silent, whatever a user waits for.
func TestASlowDiskIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: 10 * time.Millisecond})
		bob := w.join("bob")
		bob.client.Deregister("bob")
		bob.told(peer.Left{})
		w.disk.Store(int64(10 * time.Second))
		ann := w.start("ann", wire.Present, netip.MustParseAddrPort("10.0.7.1:4000"))
		pass(8 * time.Second)
		if told := ann.count(func(n peer.Notice) bool { return says(n, peer.Postponed{Name: "ann", Why: peer.Overloaded}) }); told != 1 {
			t.Errorf("ann was told %d times why she waits", told)
		}
		ann.told(peer.Welcome{Name: "ann"})
		ann.wait("table", 1, isA[peer.Table])
		ann.client.Send("bob", "hi")
		ann.told(peer.Stored{To: "bob"})
		ann.client.Deregister("ann")
		ann.told(peer.Left{})
		if n := ann.count(isA[peer.ServerSilent]); n > 0 {
			t.Error("ann takes the server for silent")
		}
		w.disk.Store(0)
		pass(10 * time.Second) // for what the disk began before
	})
}
