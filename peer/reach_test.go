package peer

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// reaches tries the way to a name.
func (b *bench) reaches(name string) *[]Reached {
	b.t.Helper()
	var told []Reached
	b.do(func(now time.Time) { b.core.Reach(now, name, func(r Reached) { told = append(told, r) }) })
	return &told
}

func (b *bench) wantReached(told *[]Reached, want Reached) {
	b.t.Helper()
	if !slices.Equal(*told, []Reached{want}) {
		b.t.Errorf("told %+v, want %+v", *told, want)
	}
}

// protocol.md §7.1: a void of epochs that nobody has tries the direct way, and leaves no trace.
func TestReachTriesTheDirectWay(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	told := b.reaches("bob")
	b.advance(500 * time.Millisecond)
	var voids []*wire.Direct
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Direct); ok && s.to == bob.key && s.via == bob.addr {
			voids = append(voids, m)
		}
	}
	if len(voids) != 2 || voids[0].Text.Flags != wire.FlagVoid || voids[0].Text.Epoch == myEpoch || voids[0].Text.ToEpoch == bob.epoch {
		t.Fatalf("sent %+v", voids)
	}
	b.advance(7 * time.Millisecond)
	answer := wire.Marks{Epoch: voids[1].Text.Epoch, ToEpoch: bob.epoch}
	b.recv(bob, &wire.Ack{Marks: answer, Seq: 1, Try: voids[1].Try})
	b.wantReached(told, Reached{Known: true, Online: true, Addr: bob.addr, Answered: true, RoundTrip: 7 * time.Millisecond})
	b.recv(bob, &wire.Ack{Marks: answer, Seq: 1, Try: voids[0].Try}) // late: of no interest
	b.wantIdle("no hole is closed, nothing is sent again")
	if got := b.stand()["bob"]; got.Waits() != 0 || got.Way != WayDirect || len(b.outbox()) != 0 {
		t.Errorf("bob is %+v", got)
	}
}

func TestReachWithoutAnAnswer(t *testing.T) {
	b, f := readyBench(t, "bob", "cat")
	told := b.reaches("bob")
	b.advance(3 * time.Second)
	b.wantReached(told, Reached{Known: true, Online: true, Addr: f[0].addr})
	b.changed(f[1].row(wire.Offline))
	b.wantReached(b.reaches("cat"), Reached{Known: true, Addr: f[1].addr})
	b.wantReached(b.reaches("zoe"), Reached{})
	first, second := b.reaches("bob"), b.reaches("bob") // the second one ends the first
	b.wantReached(first, Reached{Known: true, Online: true, Addr: f[0].addr})
	b.advance(3 * time.Second)
	b.wantReached(second, Reached{Known: true, Online: true, Addr: f[0].addr})
}

func TestReachWhoHasNoKeys(t *testing.T) {
	b, f := readyBench(t, "bob")
	b.mute = true
	told := b.reaches("bob")
	b.recv(server, &wire.Found{Key: f[0].key})
	b.advance(time.Second)
	b.wantReached(told, Reached{Known: true, Online: true, Addr: f[0].addr, Keyless: true})
}

func TestReachARunningClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: 10 * time.Millisecond})
		h := newHost(t, n)
		ann, bob := h.client(t, n, 1, "ann"), h.client(t, n, 2, "bob")
		for _, c := range []*Client{ann, bob} {
			c.Register()
			next(t, c, Welcome{Name: c.core.cfg.Name})
		}
		synctest.Wait()
		time.Sleep(time.Second)
		got, err := ann.Reach(t.Context(), "bob")
		if err != nil || !got.Answered || !got.Online {
			t.Errorf("reached %+v, %v", got, err)
		}
		ann.Send("bob", "hello")
		next(t, ann, Delivered{To: "bob"})
		next(t, bob, Arrived{Line: 1, From: "ann", Text: "hello"})
		n.Cut(netip.AddrFrom4([4]byte{10, 0, 0, 1}), netip.AddrFrom4([4]byte{10, 0, 0, 2}))
		if got, err := ann.Reach(t.Context(), "bob"); err != nil || got.Answered {
			t.Errorf("reached %+v, %v", got, err)
		}
	})
}

func TestExamine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: 10 * time.Millisecond})
		h := newHost(t, n)
		listen := func(port uint16) link.Conn {
			return n.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 9}), port))
		}
		at := link.Path{Remote: server.addr}
		got, err := Examine(t.Context(), listen(1), at, h.id.Key(), h.id.Card().Static, 10)
		if err != nil || got.Sent != 10 || got.Answered != 10 || len(got.RoundTrips) != 9 || got.Median() != 20*time.Millisecond || !got.Clock || got.Ahead != -time.Minute {
			t.Errorf("examined %+v, %v", got, err)
		}
		if len(h.members) != 0 {
			t.Error("the server remembers who asked")
		}
		n.Cut(netip.AddrFrom4([4]byte{10, 0, 0, 9}), server.addr.Addr())
		begun := time.Now()
		got, err = Examine(t.Context(), listen(2), at, h.id.Key(), h.id.Card().Static, 10)
		if err != nil || got.Sent != 1 || got.Answered != 0 || got.Median() != 0 || got.Busy || time.Since(begun) != examined {
			t.Errorf("examined %+v, %v after %v", got, err, time.Since(begun))
		}
		busy := link.NewLoop(n.Listen(netip.MustParseAddrPort("10.0.0.201:9999")), link.SessionConfig{Identity: h.id, Server: true, Answers: 1})
		defer running(t, func(ctx context.Context) error {
			return busy.Run(ctx, h, func() []link.Send { return nil }, func() {})
		})()
		at.Remote = netip.MustParseAddrPort("10.0.0.201:9999")
		if got, err := Examine(t.Context(), listen(3), at, h.id.Key(), h.id.Card().Static, 10); err != nil || got.Answered != 0 || !got.Busy {
			t.Errorf("one that lets nobody in: %+v, %v", got, err)
		}
	})
}
