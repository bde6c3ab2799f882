package peer

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// broken is a profile whose disk is full, or that cannot be read.
type broken struct {
	store.Profile
	load, write error
}

func (p broken) Load() (store.Loaded, error) {
	if p.load != nil {
		return store.Loaded{}, p.load
	}
	return p.Profile.Load()
}

func (p broken) Submit(c store.ProfileChange, done func(error)) {
	if p.write != nil {
		go done(p.write) // the bubble waits for it
		return
	}
	p.Profile.Submit(c, done)
}

// start makes a client at an address, with a server's address where the test listens.
func start(t *testing.T, n *linktest.Network, profile store.Profile) (*Client, *linktest.Conn) {
	t.Helper()
	c, err := New(Config{Name: "ann", Server: link.Path{Remote: server.addr}}, n.Listen(netip.MustParseAddrPort("10.0.0.1:4001")), profile)
	if err != nil {
		t.Fatal(err)
	}
	return c, n.Listen(server.addr)
}

func newProfile() *memory.Profile { return memory.NewProfile([32]byte{1}, myEpoch) }

// tell sends a message to a client as the server.
func tell(t *testing.T, conn *linktest.Conn, to wire.Key, m wire.Message) {
	t.Helper()
	s := link.NewSealer(wire.ServerKey)
	if err := s.Add(link.Path{Remote: netip.MustParseAddrPort("10.0.0.1:4001")}, to, m); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Flush(conn.Write); err != nil {
		t.Fatal(err)
	}
}

// hear reads the next message that came to the server.
func hear(t *testing.T, conn *linktest.Conn) (m wire.Message) {
	t.Helper()
	b := make([]byte, link.MaxRead)
	n, _, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	_, _, body, err := link.Open(b[:n])
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, body)
}

func TestClientWithoutAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, conn := start(t, linktest.New(1, linktest.Conditions{}), newProfile())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		begun := time.Now()
		c.Register()
		if got := c.Notices(ctx); len(got) != 1 || got[0] != (ServerSilent{}) || time.Since(begun) != 3*time.Second {
			t.Errorf("told %+v after %v", got, time.Since(begun))
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := c.Notices(ctx); got != nil {
			t.Errorf("then %+v", got)
		}
		_ = conn.Close()
	})
}

// protocol.md §3: who is not named in to drops the datagram.
func TestClientDropsWhatIsForSomeoneElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, conn := start(t, linktest.New(1, linktest.Conditions{}), newProfile())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		c.Register()
		request := hear(t, conn).(*wire.Register).Request
		no := &wire.Registered{Request: request, Outcome: wire.NameTaken, Store: storeID}
		tell(t, conn, me, no)
		if err := conn.Write([]byte("rubbish"), link.Path{Remote: netip.MustParseAddrPort("10.0.0.1:4001")}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := c.notices.Take(); len(got) > 0 {
			t.Errorf("told %+v", got)
		}
		tell(t, conn, c.Key(), no)
		if got := c.Notices(ctx); len(got) != 1 || got[0] != (Refused{Name: "ann", Why: wire.NameTaken}) {
			t.Errorf("told %+v", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_ = conn.Close()
	})
}

// A profile that can't be written ends Run: store.Profile, nothing is acknowledged any more.
func TestClientEndsWhenTheDiskFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk is full")
		c, conn := start(t, linktest.New(1, linktest.Conditions{}), broken{newProfile(), nil, full})
		ended := make(chan error)
		go func() { ended <- c.Run(t.Context()) }()
		c.Register()
		request := hear(t, conn).(*wire.Register).Request
		tell(t, conn, c.Key(), &wire.Registered{Request: request, Store: storeID, MaxMessage: 100})
		c.SendAll("hi")
		c.SendAll("ho")
		if err := <-ended; !errors.Is(err, full) {
			t.Errorf("ended with %v", err)
		}
		_ = conn.Close()
		b := make([]byte, 1)
		if n, _, err := conn.Read(b); err == nil {
			t.Errorf("%d bytes were sent", n)
		}
	})
}

func TestClientOfAProfileThatCannotBeRead(t *testing.T) {
	torn := errors.New("torn")
	if _, err := New(Config{}, nil, broken{newProfile(), torn, nil}); !errors.Is(err, torn) || !strings.HasPrefix(err.Error(), "read profile: ") {
		t.Errorf("error %v", err)
	}
}

// protocol.md §1: the public key is the client; RFC 8032 §7.1, test 1.
func TestPublicKey(t *testing.T) {
	seed := [32]byte{0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
		0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60}
	if k := PublicKey(seed); k.String() != "d75a9801" || k[31] != 0x1a {
		t.Errorf("key %x", k)
	}
}
