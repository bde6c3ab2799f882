package server

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/seal"
)

// fanOut is a server's core and sessions and the members of a channel, without sockets and disk.
type fanOut struct {
	tb       testing.TB
	core     *Core
	store    *memory.Server
	sessions *link.Sessions
	now      time.Time
	private  ed25519.PrivateKey // the author's
	author   wire.Key
	members  []wire.Key
	last     seal.Post

	datagrams, bytes int
}

func newFanOut(tb testing.TB, members int) *fanOut {
	f := &fanOut{tb: tb, store: memory.NewServer(storeID), now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	identity := link.NewIdentity([32]byte{9})
	f.sessions = link.NewSessions(link.SessionConfig{Identity: identity, Server: true, Handshakes: 1 << 30})
	head, _ := f.store.Head()
	past, _ := f.store.Past()
	f.core = NewCore(Config{TableClients: 1}, head, past, nil)
	f.settle()
	for i := range members + 1 {
		var seed [32]byte
		binary.BigEndian.PutUint32(seed[:], uint32(i+100))
		who := link.NewIdentity(seed)
		client := link.NewSessions(link.SessionConfig{Identity: who})
		client.TrustServer(identity.Key(), identity.Card().Static)
		if err := client.Add(f.now, link.Path{}, identity.Key(), &wire.Ping{}); err != nil {
			tb.Fatal(err)
		}
		f.pass(client, f.sessions, i)
		f.pass(f.sessions, client, i)
		f.pass(client, f.sessions, i)
		card := who.Card()
		f.core.Handle(f.now, f.path(i), who.Key(), &wire.Register{Name: memberName(i), Request: 1, Epoch: 1, Card: append(card.Static[:], card.Sig[:]...)})
		f.settle()
		f.private, f.author = ed25519.NewKeyFromSeed(seed[:]), who.Key() // the last one
		f.members = append(f.members, who.Key())
		f.now = f.now.Add(10 * time.Millisecond) // as many handshakes as a server answers
	}
	f.members = f.members[:members]
	if len(f.core.online) != members+1 {
		tb.Fatalf("%d are there", len(f.core.online))
	}
	return f
}

func memberName(i int) string {
	return "m" + string(rune('a'+i/676%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
}

func (f *fanOut) path(i int) link.Path {
	return link.Path{Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 4000), Local: netip.AddrFrom4([4]byte{10, 1, 0, 1})}
}

func (f *fanOut) pass(from, to *link.Sessions, i int) {
	_, _ = from.Flush(func(b []byte, _ link.Path) error {
		_, _, _, err := to.Open(f.now, f.path(i), append([]byte(nil), b...))
		if err != nil {
			f.tb.Fatal(err)
		}
		return nil
	})
}

// settle does what the core wants done, as the loop does it.
func (f *fanOut) settle() {
	for {
		f.core.Tick(f.now)
		fx := f.core.Take()
		for _, s := range fx.Sends {
			_ = f.sessions.Add(f.now, s.Path, s.To, s.Msg)
		}
		if len(fx.Commits)+len(fx.Reads) == 0 {
			break
		}
		commits, reads := append([]Commit(nil), fx.Commits...), append([]Read(nil), fx.Reads...)
		for _, c := range commits {
			c.Done(f.now, f.store.Apply(c.Change))
		}
		for _, r := range reads {
			if err := r.Do(f.store); err != nil {
				f.tb.Fatal(err)
			}
			r.Done(f.now)
		}
	}
	_, _ = f.sessions.Flush(func(b []byte, _ link.Path) error {
		f.datagrams++
		f.bytes += len(b)
		return nil
	})
}

// atOnce is how many posts come in a row.
const atOnce = 16

// signed is the next posts of the author, of 100 bytes, as one batch.
func (f *fanOut) signed() []*seal.Post {
	batch := make([]*seal.Post, atOnce)
	for i := range batch {
		p := &seal.Post{Author: f.author, Epoch: 1, Seq: f.last.Seq + 1, Parts: 1, Size: 100, Time: f.now.UnixMicro() + int64(i), Flags: wire.FlagCovered, Body: make([]byte, 100)}
		if p.Seq > 1 {
			p.After, p.Prev = seal.Place{Epoch: 1, Seq: f.last.Seq}, seal.HashPost(&f.last)
		}
		batch[i], f.last = p, *p
	}
	if err := seal.SignPosts(f.private, batch...); err != nil {
		f.tb.Fatal(err)
	}
	return batch
}

// posts has posts come together, and every member acknowledge them.
func (f *fanOut) posts(batch []*seal.Post) {
	author := f.path(len(f.members))
	for _, p := range batch {
		f.core.Handle(f.now, author, f.author, &wire.Deposit{To: wire.Channel, Try: 1, Base: 1,
			Text: wire.Text{Epoch: 1, Seq: p.Seq, Parts: 1, Size: 100, Time: p.Time, Flags: wire.FlagCovered | wire.FlagBatch, Body: seal.AppendPost(nil, p)}})
	}
	f.settle()
	top := f.core.head.Order
	for i, m := range f.members {
		f.core.Handle(f.now, f.path(i), m, &wire.Seen{Store: storeID, Through: top, Order: top, Try: 1})
	}
	f.settle()
	f.now = f.now.Add(10 * time.Millisecond)
}

// BenchmarkFanOut is what one post costs the server for each member, without sockets and disk: from the post's datagram, a row of posts at
// once, to the sealed datagrams, and to the acknowledgement of them all.
func BenchmarkFanOut(b *testing.B) {
	for _, members := range []int{100, 1000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			f := newFanOut(b, members)
			f.posts(f.signed())
			f.datagrams, f.bytes = 0, 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				batch := f.signed()
				b.StartTimer()
				f.posts(batch)
			}
			deliveries := float64(b.N * atOnce * members)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/deliveries, "ns/delivery")
			b.ReportMetric(float64(f.datagrams)/deliveries, "datagrams/delivery")
			b.ReportMetric(float64(f.bytes)/deliveries, "B/delivery-sent")
		})
	}
}

// What a post costs for each member is not allocated: what is, is for the post, and for the answer to many.
func TestFanOutAllocates(t *testing.T) {
	const members = 50
	f := newFanOut(t, members)
	for range 10 {
		f.posts(f.signed()) // everything has its size
	}
	batches := make([][]*seal.Post, 21) // with the one that warms up
	for i := range batches {
		batches[i] = f.signed()
	}
	next := 0
	if a := testing.AllocsPerRun(len(batches)-1, func() { f.posts(batches[next]); next++ }); a > atOnce*members/2 && !raceEnabled {
		t.Errorf("%v allocations for %d deliveries", a, atOnce*members)
	}
}
