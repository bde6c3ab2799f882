package link_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// heard is a message that a core got.
type heard struct {
	path link.Path
	from wire.Key
	msg  wire.Message
}

// partner is someone with a loop. As a core it has nothing to do but to answer pings.
type partner struct {
	id       *link.Identity
	addr     netip.AddrPort
	loop     *link.Loop
	out      []link.Send
	got      []heard
	dropped  []error
	ended    chan error
	end      context.CancelFunc
	farewell []link.Send // sent at the end
}

func newPartner(n *linktest.Network, number byte, cfg link.SessionConfig) *partner {
	p := &partner{addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, number}), 9999), ended: make(chan error, 1)}
	p.id = link.NewIdentity([32]byte{number})
	cfg.Identity = p.id
	p.loop = link.NewLoop(n.Listen(p.addr), cfg)
	p.loop.Dropped = func(_ link.Path, _ int, err error) { p.dropped = append(p.dropped, err) }
	return p
}

func (p *partner) Handle(_ time.Time, path link.Path, from wire.Key, m wire.Message) {
	p.got = append(p.got, heard{path, from, m})
	if ping, ok := m.(*wire.Ping); ok {
		p.out = append(p.out, link.Send{Path: path, To: from, Msg: &wire.Pong{Nonce: ping.Nonce}})
	}
}

func (p *partner) Tick(time.Time)          {}
func (p *partner) Next() (time.Time, bool) { return time.Time{}, false }

func (p *partner) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p.end = cancel
	carryOut := func() []link.Send {
		out := p.out
		p.out = nil
		return out
	}
	go func() { p.ended <- p.loop.Run(ctx, p, carryOut, func() { p.out = append(p.out, p.farewell...) }) }()
}

func (p *partner) stop(t *testing.T) {
	t.Helper()
	p.end()
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
}

func (p *partner) ping(to *partner, key wire.Key, nonce uint32) {
	p.loop.Events.Put(func(time.Time) {
		p.out = append(p.out, link.Send{Path: link.Path{Remote: to.addr}, To: key, Msg: &wire.Ping{Nonce: nonce}})
	})
}

// clientAndServer are two partners of whom the first knows the other as its server.
func clientAndServer(n *linktest.Network) (client, server *partner) {
	client, server = newPartner(n, 1, link.SessionConfig{}), newPartner(n, 2, link.SessionConfig{Server: true})
	client.loop.Server = server.id.Key()
	client.loop.TrustServer(server.id.Card().Static)
	return client, server
}

func pong(n uint32) *wire.Pong { return &wire.Pong{Nonce: n} }

// expect checks who said the only thing that a partner got, and where that one is.
func (p *partner) expect(t *testing.T, from wire.Key, at *partner, kind wire.Kind, nonce uint32) {
	t.Helper()
	if len(p.got) != 1 {
		t.Fatalf("%v got %d messages: %+v; dropped %v", p.addr, len(p.got), p.got, p.dropped)
	}
	h := p.got[0]
	p.got = nil
	number := uint32(0)
	switch m := h.msg.(type) {
	case *wire.Ping:
		number = m.Nonce
	case *wire.Pong:
		number = m.Nonce
	}
	if h.from != from || h.path.Remote != at.addr || h.msg.Kind() != kind || number != nonce {
		t.Errorf("%v got %v %d from %v at %v", p.addr, h.msg.Kind(), number, h.from, h.path)
	}
}

// A client's core says and hears wire.ServerKey; on the network there is the server's own key. The server's core hears the
// client's, and answers where it was asked from without having been told how to reach it.
func TestLoopsTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := clientAndServer(linktest.New(1, linktest.Conditions{Delay: 20 * time.Millisecond}))
		client.run(t)
		server.run(t)
		for n := range uint32(3) {
			client.ping(server, wire.ServerKey, n)
			time.Sleep(time.Second)
			synctest.Wait()
			server.expect(t, client.id.Key(), client, wire.KindPing, n)
			client.expect(t, wire.ServerKey, server, wire.KindPong, n)
		}
		client.stop(t)
		server.stop(t)
		if n := client.loop.Counts().Handshakes + server.loop.Counts().Handshakes; n != 2 || len(client.dropped)+len(server.dropped) != 0 {
			t.Errorf("%d sessions made; dropped %v, %v", n, client.dropped, server.dropped)
		}
	})
}

// Between peers nobody is the server, whether they have one or not.
func TestLoopsOfPeersTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		a, server := clientAndServer(n)
		b := newPartner(n, 3, link.SessionConfig{})
		b.loop.Server = server.id.Key()
		a.loop.Trust(b.id.Key(), b.id.Card().Static)
		for _, p := range []*partner{a, b, server} {
			p.run(t)
		}
		a.ping(b, b.id.Key(), 7)
		synctest.Wait()
		b.expect(t, a.id.Key(), a, wire.KindPing, 7)
		a.expect(t, b.id.Key(), b, wire.KindPong, 7)
		for _, p := range []*partner{a, b, server} {
			p.stop(t)
		}
		if len(server.got) != 0 {
			t.Errorf("the server got %+v", server.got)
		}
	})
}

// A server's loop has no server: nothing goes to wire.ServerKey, and nothing that cannot be sent is kept quiet.
func TestLoopSaysWhatItCannotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := clientAndServer(linktest.New(1, linktest.Conditions{}))
		server.run(t)
		server.ping(client, wire.ServerKey, 1)
		server.ping(client, client.id.Key(), 2)
		synctest.Wait()
		if len(server.dropped) != 2 || !errors.Is(server.dropped[0], link.ErrNoKey) || !errors.Is(server.dropped[1], link.ErrNoKey) {
			t.Errorf("dropped %v", server.dropped)
		}
		server.stop(t)
	})
}

// protocol.md §13.1: type 1 was version 1's, a body in the clear. It is dropped and counted, and not answered.
func TestLoopDropsVersion1(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		client, server := clientAndServer(n)
		client.run(t)
		server.run(t)
		body := append([]byte{0x93, 0x00, 0xc4, 32}, make([]byte, 32)...)
		body = append(append(body, 0xc4, 32), make([]byte, 32)...)
		body, err := wire.AppendMessage(body, &wire.Ping{Nonce: 1})
		if err != nil {
			t.Fatal(err)
		}
		old := n.Listen(netip.MustParseAddrPort("10.0.0.9:9999"))
		sent := n.Counts().Sent
		for _, to := range []*partner{client, server} {
			d := append(wire.AppendHeader(nil, wire.Header{Type: 1, Counter: 1}, len(body)), body...)
			if err := old.Write(d, link.Path{Remote: to.addr}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		for _, p := range []*partner{client, server} {
			p.stop(t)
			if c := p.loop.Counts(); len(p.got) != 0 || c.Foreign != 1 || len(p.dropped) != 1 || !errors.Is(p.dropped[0], link.ErrForeign) {
				t.Errorf("got %+v, counted %+v, dropped %v", p.got, c, p.dropped)
			}
		}
		if c := n.Counts().Sent - sent; c != 2 {
			t.Errorf("%d answers", c-2)
		}
		_ = old.Close()
	})
}

// A handshake is tried again although the core has nothing due: the loop also wakes for its sessions.
func TestLoopWakesForItsSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: time.Millisecond})
		client, server := clientAndServer(n)
		lost := 0
		n.Tap(func(netip.AddrPort, netip.AddrPort, []byte) bool { lost++; return lost > 3 })
		client.run(t)
		server.run(t)
		client.ping(server, wire.ServerKey, 5)
		time.Sleep(10 * time.Second) // 300 ms, 600 ms and 1.2 s, each ± 20 %
		synctest.Wait()
		server.expect(t, client.id.Key(), client, wire.KindPing, 5)
		client.expect(t, wire.ServerKey, server, wire.KindPong, 5)
		if lost < 6 {
			t.Errorf("only %d datagrams were written", lost)
		}
		client.stop(t)
		server.stop(t)
	})
}

// What is to be said at the end is said, in the session, before the socket is closed.
func TestLoopSaysGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := clientAndServer(linktest.New(1, linktest.Conditions{}))
		client.run(t)
		server.run(t)
		client.ping(server, wire.ServerKey, 1)
		synctest.Wait()
		server.got = nil
		client.farewell = []link.Send{{Path: link.Path{Remote: server.addr}, To: wire.ServerKey, Msg: pong(2)}}
		client.stop(t)
		synctest.Wait()
		server.expect(t, client.id.Key(), client, wire.KindPong, 2)
		failed := errors.New("disk full")
		server.loop.Fail(failed)
		server.loop.Fail(errors.New("another"))
		if err := <-server.ended; !errors.Is(err, failed) {
			t.Errorf("Run: %v", err)
		}
		server.end()
	})
}

// What is done at once is done behind what was put before it; and before the loop runs, or when it has ended, nothing is done.
func TestLoopDoesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPartner(linktest.New(1, linktest.Conditions{}), 1, link.SessionConfig{})
		var done []int
		note := func(n int) func(time.Time) { return func(time.Time) { done = append(done, n) } }
		p.loop.Do(note(1))
		if len(done) != 0 {
			t.Errorf("before Run: %v", done)
		}
		p.run(t)
		synctest.Wait()
		time.Sleep(time.Second)
		p.loop.Do(note(2)) // nobody has the turn: it is done when Do returns
		if !slices.Equal(done, []int{1, 2}) {
			t.Errorf("done %v", done)
		}
		p.loop.Do(note(3)) // of a row
		p.loop.Events.Put(note(4))
		p.loop.Do(note(5))
		synctest.Wait()
		if !slices.Equal(done, []int{1, 2, 3, 4, 5}) {
			t.Errorf("done %v", done)
		}
		p.stop(t)
		p.loop.Do(note(6))
		synctest.Wait()
		if len(done) != 5 {
			t.Errorf("after Run: %v", done)
		}
	})
}
