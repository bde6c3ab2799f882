package server

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// nothing is a store in which nothing waits for anyone.
type nothing struct{ store.Server }

func (nothing) Waiting(store.Key, uint64, int) ([]store.Item, int, error) { return nil, 0, nil }
func (nothing) Untold(store.Key) ([]store.Delivery, error)                { return nil, nil }

// liveHeap is how many bytes are in use.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one found in pools goes now
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What a registered client that does nothing takes, sessions of package link (there: TestMemoryPerServerSession) and the store left out: 513 bytes.
func TestMemoryOfAnIdleClient(t *testing.T) {
	const clients, most = 10000, 600
	now, revision := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), uint64(0)
	before := liveHeap()
	core := NewCore(Config{TableClients: 100}, store.Head{ID: storeID}, store.Past{}, nil)
	settle := func() {
		for fx := core.Take(); len(fx.Commits)+len(fx.Reads)+len(fx.Sends) > 0; fx = core.Take() {
			for _, c := range fx.Commits {
				revision++
				c.Done(now, store.Result{Revision: revision})
			}
			for _, r := range fx.Reads {
				if err := r.Do(nothing{}); err != nil {
					t.Fatal(err)
				}
				r.Done(now)
			}
			for _, s := range fx.Sends {
				if _, ok := s.Msg.(*wire.Table); ok {
					core.Handle(now, s.Path, s.To, &wire.TableAck{Store: storeID, Revision: revision})
				}
			}
			core.Tick(now)
		}
	}
	settle()
	for i := range clients {
		key := wire.Key{31: 1}
		binary.BigEndian.PutUint32(key[:], uint32(i))
		path := link.Path{Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 4000), Local: netip.AddrFrom4([4]byte{10, 0, 0, 200})}
		core.Handle(now, path, key, &wire.Register{Request: 1, Name: fmt.Sprintf("u%d", i), Epoch: 1, Card: card(key, 1)})
		settle()
		now = now.Add(time.Millisecond)
	}
	each := (liveHeap() - before) / clients
	t.Logf("%d bytes for each", each)
	if len(core.online) != clients || core.pages.Len() > 0 {
		t.Fatalf("%d are there, %d pages are on their way", len(core.online), core.pages.Len())
	}
	if each > most {
		t.Errorf("%d bytes for each, want at most %d", each, most)
	}
	runtime.KeepAlive(core)
}
