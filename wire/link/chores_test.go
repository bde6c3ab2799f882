package link

import (
	"errors"
	"testing"
	"time"

	"udpchat/wire"
)

// Handshakes that are left for later hold up nothing that comes in a session: however many wait, who has one is heard, and then all are answered, the
// first first.
func TestHandshakesHoldUpNobody(t *testing.T) {
	l := newLab(t)
	server := l.party(200, SessionConfig{Server: true, Handshakes: 1 << 20, Answers: 1 << 20, later: true})
	a := l.party(1, SessionConfig{})
	a.s.TrustServer(server.id.key, server.id.card.Static)
	a.ping(server, 0)
	l.run(time.Second)
	server.idle = true
	for i := range 100 {
		id := NewIdentity([32]byte{99, byte(i)})
		if err := server.open(addr(2000+i), initiation(t, id.static, id.credential(nil), server.id.card.Static, uint32(i+1), byte(i))); err != nil {
			t.Fatal(err)
		}
	}
	a.ping(server, 1)
	l.run(time.Second)
	server.expect(0, 1)
	if n := len(server.s.pending); n > 0 {
		t.Errorf("%d handshakes were made meanwhile", n)
	}
	for i := range 100 {
		j, ok := server.s.chore()
		if !ok || j.path.Remote != addr(2000+i) {
			t.Fatalf("chore %d is of %v", i, j.path.Remote)
		}
		if err := server.s.do(l.now, j); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.s.pending); n != 100 || server.s.behind() || len(server.s.chores.list) > 0 {
		t.Errorf("%d of 100 were answered", n)
	}
}

// What is left for later is bounded, and what was not in order is not left.
func TestChoresAreBounded(t *testing.T) {
	l := newLab(t)
	l.drop = func(flight) bool { return true }
	server := l.party(200, SessionConfig{Server: true, Handshakes: 1 << 20, Answers: 1 << 20, later: true})
	server.idle = true
	id := NewIdentity([32]byte{99})
	b := initiation(t, id.static, id.credential(nil), server.id.card.Static, 1, 1)
	for range maxLeft {
		if err := server.open(addr(1), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.open(addr(1), b); !errors.Is(err, ErrBusy) {
		t.Errorf("one more: %v", err)
	}
	b[len(b)-macsSize]++
	if err := server.open(addr(1), b); !errors.Is(err, ErrStranger) {
		t.Errorf("from who does not know the key: %v", err)
	}
	server.idle = false
	if server.flush(); len(server.s.pending) != 1 || server.s.chores.datagrams != 0 || server.s.behind() {
		t.Errorf("%d sessions of one initiation; %d are left", len(server.s.pending), server.s.chores.datagrams)
	}
}

// Who comes by itself before it was dialled, or is forgotten, is not dialled; nor is anybody dialled once for each message.
func TestDialledIsWhoDidNotComeMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name          string
		comes, forget bool
		dials         int
	}{
		{"nobody comes", false, false, 1},
		{"who comes", true, false, 0},
		{"who is forgotten", false, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			server, a := l.party(200, SessionConfig{Server: true, later: true}), l.party(1, SessionConfig{})
			server.s.TrustClient(a.id.key, a.id.card.Static)
			a.s.TrustServer(server.id.key, server.id.card.Static)
			server.idle = true
			if c.comes {
				a.ping(server, 1)
				l.run(100 * time.Millisecond)
			}
			for n := range uint32(3) {
				server.ping(a, n)
			}
			if c.comes {
				j, _ := server.s.chore()
				if err := server.s.do(l.now, j); err != nil {
					t.Fatal(err)
				}
				server.flush()
				l.run(100 * time.Millisecond)
			}
			if c.forget {
				server.s.Forget(a.id.key)
			}
			server.idle = false
			server.flush()
			l.run(time.Second)
			if n := l.initiations(a); n != c.dials {
				t.Errorf("dialled %d times", n)
			}
			if !c.forget {
				a.expect(0, 2)
			}
		})
	}
}

// A response that nobody of whom we dialled wrote changes nothing, also when the true one comes right behind it.
func TestForgedResponseAmongTheChores(t *testing.T) {
	l := newLab(t)
	server, a := l.party(200, SessionConfig{Server: true, later: true}), l.party(1, SessionConfig{})
	server.s.TrustClient(a.id.key, a.id.card.Static)
	a.s.TrustServer(server.id.key, server.id.card.Static)
	server.idle = true
	j := func() {
		if j, ok := server.s.chore(); ok {
			server.s.Counts.note(server.s.do(l.now, j))
		}
		server.flush()
	}
	server.ping(a, 0)
	j()
	l.run(200 * time.Millisecond)
	var response []byte
	for _, f := range l.record {
		if f.data[1] == wire.TypeResponse {
			response = f.data
		}
	}
	forged := append([]byte(nil), response...)
	forged[wire.HeaderSize+40]++
	sum := server.s.mac.Sum(forged[:len(forged)-macsSize])
	copy(forged[len(forged)-macsSize:], sum[:])
	server.s.chores = chores{} // the true one, which came first
	for _, b := range [][]byte{forged, response} {
		if err := server.open(a.addr, b); err != nil {
			t.Fatal(err)
		}
	}
	j()
	if server.s.Counts.Forged != 1 || server.s.Ready(l.now, a.id.key) {
		t.Errorf("%+v", server.s.Counts)
	}
	j()
	l.run(100 * time.Millisecond)
	a.expect(0, 0)
}

// protocol.md §13.3: whoever is not let in hears of it, also when it is for what waits to be done; and what waits counts among the sessions that are not
// confirmed (§13.2).
func TestWhoFindsNoRoomAmongTheChoresHearsOfIt(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  SessionConfig
		room int
	}{
		{"the chores are full", SessionConfig{}, maxLeft},
		{"so many may be unconfirmed", SessionConfig{MaxPending: 3}, 3},
		{"so many sessions may be", SessionConfig{MaxSessions: 3}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			c.cfg.Server, c.cfg.Handshakes, c.cfg.Answers, c.cfg.later = true, 1<<20, 1<<20, true
			server := l.party(200, c.cfg)
			server.idle = true
			id := NewIdentity([32]byte{99})
			for i := range c.room {
				if err := server.open(addr(1), initiation(t, id.static, id.credential(nil), server.id.card.Static, uint32(i+1), byte(i%250+1))); err != nil {
					t.Fatal(err)
				}
			}
			cookies := server.s.Counts.Cookies
			if err := server.open(addr(1), initiation(t, id.static, id.credential(nil), server.id.card.Static, 1<<20, 255)); !errors.Is(err, ErrBusy) {
				t.Errorf("one more: %v", err)
			}
			if server.s.Counts.Cookies != cookies+1 {
				t.Error("it hears nothing")
			}
			server.idle = false
			if server.flush(); len(server.s.pending) > c.room {
				t.Errorf("%d sessions are not confirmed", len(server.s.pending))
			}
		})
	}
}
