package peer

import (
	"bytes"
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

// broken is a profile whose disk is full after some writes, or that cannot be read.
type broken struct {
	store.Profile
	load, write error
	room        int
}

func (p *broken) Load() (store.Loaded, error) {
	if p.load != nil {
		return store.Loaded{}, p.load
	}
	return p.Profile.Load()
}

func (p *broken) Submit(c store.ProfileChange, done func(error)) {
	if p.room--; p.room < 0 {
		go done(p.write) // the bubble waits for it
		return
	}
	p.Profile.Submit(c, done)
}

func newProfile(number byte) *memory.Profile {
	return memory.NewProfile([32]byte{number}, myEpoch+uint64(number))
}

// next waits for what a client tells next, tables and accepted texts aside, and without the lines that are named.
func next(t *testing.T, c *Client, want ...Notice) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(want) > 0 {
		list := c.Notices(ctx)
		if len(list) == 0 {
			t.Fatalf("nothing is told, wanted %+v", want)
		}
		for _, n := range list {
			if _, table := n.(Table); table || isAccepted(n) {
				continue
			}
			n = unlined(n)
			if a, ok := n.(Arrived); ok {
				a.Time = 0
				n = a
			}
			if len(want) == 0 || n != want[0] {
				t.Fatalf("told %T %+v, wanted %+v", n, n, want)
			}
			want = want[1:]
		}
	}
}

func TestClientWithoutAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{id: link.NewIdentity([32]byte{200})}
		c := h.client(t, linktest.New(1, linktest.Conditions{}), 1, "ann")
		begun := time.Now()
		c.Register()
		next(t, c, ServerSilent{})
		if d := time.Since(begun); d != 3*time.Second {
			t.Errorf("told after %v", d)
		}
	})
}

// protocol.md §13, §14: two clients and a server in sessions: directly, by the mailbox, and in the channel; nobody on the way reads
// anything, and the server only what is for all.
func TestClientsTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: 10 * time.Millisecond})
		n.Tap(func(from, _ netip.AddrPort, b []byte) bool {
			if bytes.Contains(b, []byte("secret")) {
				t.Errorf("%v sent in the clear: %q", from, b)
			}
			return true
		})
		h := newHost(t, n)
		ann, bob := h.client(t, n, 1, "ann"), h.client(t, n, 2, "bob")
		for _, c := range []*Client{ann, bob} {
			c.Register()
			next(t, c, Welcome{Name: c.core.cfg.Name})
		}
		ann.Send("bob", "a secret of two")
		next(t, ann, Delivered{To: "bob"})
		next(t, bob, Arrived{Line: 1, From: "ann", Text: "a secret of two"})
		n.Cut(netip.AddrFrom4([4]byte{10, 0, 0, 1}), netip.AddrFrom4([4]byte{10, 0, 0, 2}))
		ann.Send("bob", "a secret for later")
		next(t, ann, NoAck{To: "bob"}, Stored{To: "bob"}, Exists{To: "bob"}, Delivered{To: "bob"})
		next(t, bob, Arrived{Line: 2, From: "ann", Text: "a secret for later", Mail: true})
		bob.SendAll("no secret")
		next(t, bob, Stored{})
		next(t, ann, Arrived{Line: 3, From: "bob", Text: "no secret", Post: true})
		synctest.Wait()
		for _, m := range h.got {
			if d, ok := m.(*wire.Deposit); ok && d.To != wire.Channel && bytes.Contains(d.Text.Body, []byte("secret")) {
				t.Errorf("the server reads %q", d.Text.Body)
			}
		}
	})
}

func TestClientIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		h.outcome = wire.NameTaken
		c := h.client(t, n, 1, "ann")
		c.Register()
		next(t, c, Refused{Name: "ann", Why: wire.NameTaken})
	})
}

// protocol.md §13: what no session sealed is dropped, and someone else's session does not speak for the server.
func TestClientDropsWhatIsNotTheServers(t *testing.T) {
	for _, c := range []struct {
		name string
		seed byte
		told Notice
	}{
		{"someone else", 66, ServerSilent{}},
		{"the server", 200, Refused{Name: "ann", Why: wire.NameTaken}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := linktest.New(1, linktest.Conditions{})
				h := &host{id: link.NewIdentity([32]byte{200})} // it is not there
				ann := h.client(t, n, 1, "ann")
				ann.Register()
				synctest.Wait()
				request := make(chan uint32, 1)
				ann.loop.Events.Put(func(time.Time) { request <- ann.core.request })
				conn := n.Listen(server.addr) // where the server is expected
				defer func() { _ = conn.Close() }()
				to := link.Path{Remote: netip.MustParseAddrPort("10.0.0.1:4000")}
				if err := conn.Write([]byte("rubbish"), to); err != nil {
					t.Fatal(err)
				}
				says := link.NewSessions(link.SessionConfig{Identity: link.NewIdentity([32]byte{c.seed})})
				says.Trust(ann.Key(), link.NewIdentity([32]byte{1}).Card().Static)
				say(t, says, conn, to, ann.Key(), &wire.Registered{Request: <-request, Outcome: wire.NameTaken, Store: storeID})
				next(t, ann, c.told)
			})
		})
	}
}

// say makes a session with someone and says one thing in it.
func say(t *testing.T, says *link.Sessions, conn *linktest.Conn, to link.Path, key wire.Key, m wire.Message) {
	t.Helper()
	if err := says.Add(time.Now(), to, key, m); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, link.MaxRead)
	for !says.Ready(time.Now(), key) {
		if _, err := says.Flush(conn.Write); err != nil {
			t.Fatal(err)
		}
		size, p, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		_, _, _, _ = says.Open(time.Now(), p, b[:size]) // what is not for us is dropped
	}
	if _, err := says.Flush(conn.Write); err != nil {
		t.Fatal(err)
	}
}

// A profile that can't be written ends Run: store.Profile, nothing is acknowledged any more. What is not on disk is not sent: no card
// (protocol.md §14.2), and no text (§5.2).
func TestClientEndsWhenTheDiskFails(t *testing.T) {
	for _, c := range []struct {
		name string
		room int // writes
		kind wire.Kind
	}{
		{"at once", 0, wire.KindRegister},
		{"later", 1, wire.KindDeposit},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := linktest.New(1, linktest.Conditions{})
				h := newHost(t, n)
				full := errors.New("disk is full")
				cfg := Config{Name: "ann", Server: link.Path{Remote: server.addr}, ServerKey: h.id.Key(), Static: h.id.Card().Static}
				ann, err := New(cfg, n.Listen(netip.MustParseAddrPort("10.0.0.1:4001")), &broken{newProfile(1), nil, full, c.room})
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error)
				go func() { ended <- ann.Run(t.Context()) }()
				ann.Register()
				ann.SendAll("hi")
				ann.SendAll("ho")
				if err := <-ended; !errors.Is(err, full) {
					t.Errorf("ended with %v", err)
				}
				synctest.Wait()
				for _, m := range h.got {
					if m.Kind() == c.kind {
						t.Errorf("sent %+v", m)
					}
				}
			})
		})
	}
}

func TestClientOfAProfileThatCannotBeRead(t *testing.T) {
	torn := errors.New("torn")
	if _, err := New(Config{}, nil, &broken{newProfile(1), torn, nil, 0}); !errors.Is(err, torn) || !strings.HasPrefix(err.Error(), "read profile: ") {
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
	if k := NewKeys(seed).Public(); k != PublicKey(seed) {
		t.Errorf("NewKeys has key %x", k)
	}
}
