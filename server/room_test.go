package server

import (
	"net/netip"
	"testing"

	"udpchat/wire"
)

// pour has a client ask for something so often that all of it would never have room.
func (b *bench) pour(from *member, ask func(n uint64) wire.Message) {
	b.t.Helper()
	for n := range uint64(2 * maxWaiting) {
		b.recv(from, ask(n+1))
	}
}

// What one client may have waiting for the store is what it leaves free, so that another one has a place whatever the first one pours in.
func TestWhoPoursLeavesRoomForOthers(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  func(b *bench, from, to *member) func(n uint64) wire.Message
	}{
		{"deposits", func(_ *bench, from, to *member) func(uint64) wire.Message {
			return func(n uint64) wire.Message {
				return &wire.Deposit{To: to.key, Try: 1, Text: text(from, to, n, "hi")}
			}
		}},
		{"posts", func(_ *bench, from, _ *member) func(uint64) wire.Message {
			return func(n uint64) wire.Message {
				return &wire.Deposit{To: wire.Channel, Try: 1, Base: 1, Text: post(from, n, "hi")}
			}
		}},
		{"look-ups", func(_ *bench, _, to *member) func(uint64) wire.Message {
			return func(uint64) wire.Message { return &wire.Lookup{Key: to.key} }
		}},
		{"registrations", func(_ *bench, from, _ *member) func(uint64) wire.Message {
			return func(n uint64) wire.Message { return ask(from, 1001+2*uint32(n)) }
		}},
		{"comings and goings", func(_ *bench, from, _ *member) func(uint64) wire.Message {
			return func(n uint64) wire.Message {
				if n%2 == 0 {
					return ask(from, 1001+uint32(n))
				}
				return &wire.Deregister{Request: 1001 + uint32(n), Name: from.name}
			}
		}},
		{"a new address with each word", func(_ *bench, from, _ *member) func(uint64) wire.Message {
			return func(n uint64) wire.Message {
				from.path.Remote = netip.AddrPortFrom(from.path.Remote.Addr(), 5000+uint16(n))
				return &wire.Ping{Nonce: 1, Store: storeID}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Config{})
			mal, ann, bob := b.join("mal"), b.join("ann"), b.away("bob")
			b.hold()
			b.pour(mal, c.ask(b, mal, bob))
			if n := b.core.waiting; n > maxWaiting*3/4 {
				t.Errorf("%d wait for the store", n)
			}
			b.sentTo(ann)
			b.sentTo(mal)
			b.recv(ann, &wire.Deposit{To: bob.key, Try: 1, Text: text(ann, bob, 1, "hi")})
			b.recv(ann, &wire.Lookup{Key: bob.key})
			zoe := b.person("zoe")
			b.recv(zoe, ask(zoe, 7))
			b.release()
			stored, found := false, false
			for _, s := range b.sentTo(ann) {
				switch m := s.msg.(type) {
				case *wire.Stored:
					stored = m.Verdict == wire.Accepted
				case *wire.Found:
					found = true
				}
			}
			if !stored || !found || b.row(zoe).Name != "zoe" {
				t.Errorf("ann's mail is stored: %v, her question answered: %v", stored, found)
			}
			if b.core.waiting != 0 || b.core.clients.Get(mal.key).waiting != 0 {
				t.Errorf("%d still wait, %d of them of who poured", b.core.waiting, b.core.clients.Get(mal.key).waiting)
			}
		})
	}
}
