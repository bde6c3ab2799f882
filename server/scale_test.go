package server_test

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store/bolt"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/noise"
)

// hall is a real server on a real socket and a real database, with a crowd on a few sockets.
type hall struct {
	t       *testing.T
	addr    netip.AddrPort
	key     wire.Key
	card    link.Card
	numbers map[wire.Key]int // of the guests
	asked   []chan chan<- report
	stalls  sync.WaitGroup
}

func openHall(t *testing.T) *hall {
	db, err := bolt.OpenServer(filepath.Join(t.TempDir(), "server.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, addr: conn.LocalAddr(), numbers: map[wire.Key]int{}}
	if h.key, h.card, err = server.Identity(db); err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Config{Seed: 1}, conn, db)
	end := run(t, "server", func(ctx context.Context) error { return srv.Run(ctx, func() {}) })
	t.Cleanup(func() {
		for _, asked := range h.asked {
			close(asked)
		}
		h.stalls.Wait()
		end()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// fill brings guests, on so many sockets.
func (h *hall) fill(guests, sockets int) {
	all := make([]*link.Identity, guests)
	for i := range all {
		all[i] = link.NewIdentity([32]byte{255, byte(i), byte(i >> 8)})
		h.numbers[all[i].Key()] = i
	}
	for i := range sockets {
		first, last := i*guests/sockets, (i+1)*guests/sockets
		s := newStall(h, i+1, all[first:last], first)
		asked := make(chan chan<- report)
		h.asked = append(h.asked, asked)
		h.stalls.Go(func() { s.run(asked) })
	}
}

// report asks all stalls.
func (h *hall) report() (all report) {
	all.whole = true
	for _, asked := range h.asked {
		answer := make(chan report)
		asked <- answer
		r := <-answer
		all.whole = all.whole && r.whole
		all.datagrams, all.bytes, all.largest = all.datagrams+r.datagrams, all.bytes+r.bytes, max(all.largest, r.largest)
	}
	return all
}

// client is a real client and its notices.
func (h *hall) client(n int, name string) *peer.Client {
	h.t.Helper()
	conn, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		h.t.Fatal(err)
	}
	cfg := peer.Config{Name: name, Server: link.Path{Remote: h.addr}, ServerKey: h.key, Static: h.card.Static, Seed: uint64(n)}
	c, err := peer.New(cfg, conn, memory.NewProfile([32]byte{byte(n)}, uint64(n)))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(run(h.t, name, c.Run))
	c.Register()
	return c
}

// await reads a client's notices until one is as wanted.
func (h *hall) await(ctx context.Context, c *peer.Client, why string, match func(n peer.Notice) bool) {
	h.t.Helper()
	for ctx.Err() == nil {
		if slices.ContainsFunc(c.Notices(ctx), match) {
			return
		}
	}
	h.t.Fatalf("%s: %v", why, ctx.Err())
}

// The whole program at its largest: 2,000 clients on loopback. All get the whole table; protocol.md §8.7: a further join costs each
// of the others one small datagram.
func TestTwoThousandClients(t *testing.T) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // 10 s on two cores that do nothing else
	defer cancel()
	h := openHall(t)
	guests := server.Crowd - 3
	h.fill(guests, 64)
	var real []*peer.Client
	for i := range 3 {
		real = append(real, h.client(i+1, fmt.Sprintf("real%d", i)))
	}
	for _, c := range real {
		h.await(ctx, c, "table", func(n peer.Notice) bool {
			table, ok := n.(peer.Table)
			return ok && len(table.All) == server.Crowd
		})
	}
	h.settle(ctx)
	t.Logf("%v: all %d have the whole table", time.Since(begun).Round(time.Millisecond), server.Crowd)

	late := h.client(4, "late")
	h.await(ctx, late, "table", func(n peer.Notice) bool {
		table, ok := n.(peer.Table)
		return ok && table.First && len(table.All) == server.Crowd+1
	})
	cost := h.settle(ctx)
	t.Logf("%v: one more cost %d datagrams of %d bytes at most", time.Since(begun).Round(time.Millisecond), cost.datagrams, cost.largest)
	if limit := wire.HeaderSize + noise.TagSize + 100; cost.largest >= limit {
		t.Errorf("a datagram of %d bytes, wanted below %d", cost.largest, limit)
	}
	if cost.datagrams < guests || cost.datagrams > 3*guests { // a busy machine acknowledges late, and most are tried a second time
		t.Errorf("%d datagrams for %d guests", cost.datagrams, guests)
	}

	real[0].Send("real1", "directly")
	h.await(ctx, real[1], "text", func(n peer.Notice) bool { a, ok := n.(peer.Arrived); return ok && a.Text == "directly" })
	h.await(ctx, real[0], "delivered", func(n peer.Notice) bool { return says(n, peer.Delivered{To: "real1"}) })
	late.SendAll("to all")
	for _, c := range real {
		h.await(ctx, c, "post", func(n peer.Notice) bool { a, ok := n.(peer.Arrived); return ok && a.Text == "to all" })
	}
	t.Logf("%v: done", time.Since(begun).Round(time.Millisecond))
}

// settle waits until all guests have the whole table and nothing more is sent to them; it gives what was sent meanwhile.
func (h *hall) settle(ctx context.Context) (all report) {
	h.t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for quiet := 0; quiet < 5; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			h.t.Fatal("the table does not come to rest")
		}
		r := h.report()
		all.datagrams, all.bytes, all.largest = all.datagrams+r.datagrams, all.bytes+r.bytes, max(all.largest, r.largest)
		if quiet++; !r.whole || r.datagrams > 0 {
			quiet = 0
		}
	}
	return all
}
