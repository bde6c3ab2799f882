package link

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
)

const patience = 30 * time.Second // after it a test gives up

func open(t *testing.T, host string) *Socket {
	t.Helper()
	s, err := Listen(host, 0)
	if err != nil {
		if strings.Contains(host, ":") {
			t.Skipf("no IPv6 here: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// dial connects a plain UDP socket, which hears only whom it is connected to.
func dial(t *testing.T, local netip.Addr, remote netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)), net.UDPAddrFromAddrPort(remote))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

func at(addr string, s *Socket) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(addr), s.LocalAddr().Port())
}

// arrival is what Read returned.
type arrival struct {
	b    []byte
	path Path
	err  error
}

// next reads in the background; the channel has room, so that nobody need wait for it.
func next(s *Socket) <-chan arrival {
	c := make(chan arrival, 1)
	go func() {
		b := make([]byte, 2048)
		n, p, err := s.Read(b)
		c <- arrival{b[:n], p, err}
	}()
	return c
}

func await(t *testing.T, c <-chan arrival) arrival {
	t.Helper()
	select {
	case a := <-c:
		return a
	case <-time.After(patience):
		t.Fatal("nothing was read")
		return arrival{}
	}
}

func say(t *testing.T, c *net.UDPConn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, c := range []struct{ name, host, asked string }{
		{"IPv4", "127.0.0.1", "127.0.0.1"},
		{"IPv6", "::1", "::1"},
		{"all of IPv4", "0.0.0.0", "127.0.0.1"},
		{"all of IPv6", "::", "::1"},
		{"both families, by IPv4", "", "127.0.0.1"},
		{"both families, by IPv6", "", "::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := open(t, c.host)
			if strings.Contains(c.asked, ":") {
				open(t, "::1") // skips where there is no IPv6
			}
			client := open(t, c.asked)
			if err := client.Write([]byte("hello"), Path{Remote: at(c.asked, server)}); err != nil {
				t.Fatal(err)
			}
			in := await(t, next(server))
			if in.err != nil || string(in.b) != "hello" {
				t.Fatalf("read %q, %v", in.b, in.err)
			}
			if in.path.Remote != client.LocalAddr() { // plain, not mapped
				t.Errorf("from %v, want %v", in.path.Remote, client.LocalAddr())
			}
			if local := netip.MustParseAddr(c.asked); in.path.Local != local && runtime.GOOS != "windows" {
				t.Errorf("asked at %v, want %v", in.path.Local, local)
			}
			if err := server.Write([]byte("well"), in.path); err != nil {
				t.Fatal(err)
			}
			out := await(t, next(client))
			if out.err != nil || string(out.b) != "well" || out.path.Remote != at(c.asked, server) {
				t.Errorf("read %q from %v, %v", out.b, out.path.Remote, out.err)
			}
		})
	}
}

func TestOversizeDatagramsAreSkipped(t *testing.T) {
	for _, size := range []int{wire.MaxDatagram, 2048} { // of the reader's buffer
		server := open(t, "127.0.0.1")
		client := dial(t, netip.MustParseAddr("127.0.0.1"), server.LocalAddr())
		for _, n := range []int{wire.MaxDatagram + 1, 3000, wire.MaxDatagram, 0} {
			say(t, client, strings.Repeat("x", n))
		}
		for _, want := range []int{wire.MaxDatagram, 0} { // a datagram may be empty
			done := make(chan int, 1)
			go func() {
				n, _, _ := server.Read(make([]byte, size))
				done <- n
			}()
			select {
			case n := <-done:
				if n != want {
					t.Errorf("read %d bytes, want %d", n, want)
				}
			case <-time.After(patience):
				t.Fatal("nothing was read")
			}
		}
		if c := server.Counts(); c.Oversize != 2 {
			t.Errorf("%+v", c)
		}
	}
}

func TestCloseEndsRead(t *testing.T) {
	s := open(t, "")
	c := next(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if a := await(t, c); !errors.Is(a.err, net.ErrClosed) {
		t.Errorf("Read: %v", a.err)
	}
	if a := await(t, next(s)); !errors.Is(a.err, net.ErrClosed) {
		t.Errorf("Read again: %v", a.err)
	}
	if err := s.Write(nil, Path{Remote: addr(2)}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

// A connected socket is told of an ICMP "port unreachable", as every socket of some systems is.
func TestRefusalDoesNotEndRead(t *testing.T) {
	peer := open(t, "127.0.0.1")
	_ = peer.Close()
	s := newSocket(dial(t, netip.MustParseAddr("127.0.0.1"), peer.LocalAddr()))
	_ = s.conn.SetDeadline(time.Time{})
	say(t, s.conn, "anybody?")
	c := next(s)
	again, err := Listen("127.0.0.1", int(peer.LocalAddr().Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := again.Write([]byte("here"), Path{Remote: s.LocalAddr()}); err != nil {
		t.Fatal(err)
	}
	if a := await(t, c); string(a.b) != "here" || a.err != nil {
		t.Errorf("read %q, %v", a.b, a.err)
	}
	if n := s.Counts().ReadErrors; n != 1 && runtime.GOOS == "linux" {
		t.Errorf("%d read errors", n)
	}
}

// An error that nobody expects (here: a deadline that nobody set) makes Read slow, never busy, and Close still ends it.
func TestUnknownReadErrorsAreMetWithPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Listen("127.0.0.1", 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		c := next(s)
		time.Sleep(time.Second) // the bubble's: 1+2+4+8+16+32+64 ms, then 100 ms each
		if n := s.Counts().ReadErrors; n != 16 {
			t.Errorf("%d errors in a second, want 16", n)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if a := await(t, c); !errors.Is(a.err, net.ErrClosed) {
			t.Errorf("Read: %v", a.err)
		}
	})
}

func TestSocketDoesNotAllocate(t *testing.T) {
	server := open(t, "")
	to := Path{Remote: at("127.0.0.1", server), Local: netip.MustParseAddr("127.0.0.1")}
	b, text := make([]byte, 2048), []byte("hello")
	_ = server.conn.SetDeadline(time.Now().Add(patience))
	n := testing.AllocsPerRun(100, func() {
		if err := server.Write(text, to); err != nil {
			t.Fatal(err)
		}
		if n, _, err := server.Read(b); err != nil || !bytes.Equal(b[:n], text) {
			t.Fatal(n, err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for a datagram written and read", n)
	}
}

func TestBuffers(t *testing.T) {
	recv, send := open(t, "").Buffers()
	t.Logf("receive %d, send %d", recv, send)
	if runtime.GOOS == "linux" && (recv < 1<<16 || send < 1<<16 || recv > bufferSize || send > bufferSize) {
		t.Errorf("buffers of %d and %d bytes", recv, send)
	}
}
