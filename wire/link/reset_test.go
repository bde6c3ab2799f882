package link

import (
	"slices"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// protocol.md §13.8: either end forgets everything but its identity while both send.
func TestRestartOfEitherEnd(t *testing.T) {
	for _, c := range []struct {
		name          string
		server        bool
		first, second int // who restarts, 1 or 2
	}{
		{"initiator", false, 1, 0},
		{"responder", false, 2, 0},
		{"both, one after the other", false, 1, 2},
		{"server", true, 2, 0},
		{"client of a server", true, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{Server: c.server})
			dial := func() {
				a.s.trust(b.id.key, b.id.card.Static, c.server, false)
				if !c.server {
					b.s.Trust(a.id.key, a.id.card.Static)
				}
			}
			dial()
			talk := func(n uint32, of int) {
				for _, p := range [][2]*party{{a, b}, {b, a}} {
					if of != 0 && p[0] != l.parties[of-1] {
						continue
					}
					_ = p[0].s.Add(l.now, Path{Remote: p[1].addr}, p[1].id.key, &wire.Ping{Nonce: n})
					p[0].flush()
				}
				l.run(400 * time.Millisecond)
			}
			for n := range uint32(5) {
				talk(n, 0)
			}
			for i, who := range []int{c.first, c.second} {
				if who == 0 {
					continue
				}
				l.parties[who-1].restart(byte(100 + i))
				dial()
				other := 3 - who // that one does not know yet, and speaks first; a server's client, and who has one, by itself
				if c.server && who == 1 {
					other = 1
				}
				a.got, b.got = nil, nil
				start := l.now
				for n := uint32(0); len(a.got) == 0 || len(b.got) == 0; n++ {
					talk(n, other)
					talk(n, 0)
					if l.now.Sub(start) > 10*time.Second {
						t.Fatalf("not recovered: a got %v, b got %v", a.got, b.got)
					}
				}
				if took := l.now.Sub(start); took > 2*time.Second {
					t.Errorf("recovered after %v", took)
				}
			}
		})
	}
}

// Who has nothing to say makes the session anew by itself, a little later.
func TestResetWithoutTraffic(t *testing.T) {
	l := newLab(t)
	server := l.party(2, SessionConfig{Server: true})
	var clients []*party
	for n := range byte(20) {
		c := l.party(10+n, SessionConfig{})
		c.s.TrustServer(server.id.key, server.id.card.Static)
		c.ping(server, 1)
		clients = append(clients, c)
	}
	l.run(time.Second)
	server.restart(99)
	for _, c := range clients {
		c.ping(server, 2) // one datagram, and no more
	}
	l.run(100 * time.Millisecond)
	early := len(server.s.sessions)
	l.run(8 * time.Second)
	if server.s.remotes.Len() != 20 || early > 10 {
		t.Errorf("%d of 20 came back, %d of them within 100 ms", server.s.remotes.Len(), early)
	}
	if server.s.Counts.Resets != 20 {
		t.Errorf("%d resets", server.s.Counts.Resets)
	}
}

// protocol.md §13.8: who lost the sessions says within which time those come who have nothing to say, up to five minutes: also when that is
// longer than a handshake lasts. What nobody waits for does not hurry it, and goes when there is a session; what somebody waits for does.
func TestResetSaysWhenToCome(t *testing.T) {
	const clients = 30
	for _, c := range []struct {
		name          string
		spread        time.Duration
		halfway, came time.Duration
	}{
		{"soon", time.Second, 2500 * time.Millisecond, 6 * time.Second},
		{"in 40 s", 40 * time.Second, 20 * time.Second, 41 * time.Second},
		{"in an hour", time.Hour, 150 * time.Second, 301 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			server := l.party(2, SessionConfig{Server: true, Stranger: 3 * time.Hour, Spread: func() time.Duration { return c.spread }})
			var all []*party
			for n := range byte(clients) {
				p := l.party(10+n, SessionConfig{})
				p.s.TrustServer(server.id.key, server.id.card.Static)
				p.ping(server, 1)
				all = append(all, p)
			}
			l.run(time.Second)
			server.restart(99)
			server.got = nil
			idle := func(p *party, n uint32) {
				if err := p.s.AddIdle(l.now, Path{Remote: server.addr}, server.id.key, &wire.Ping{Nonce: n}); err != nil {
					t.Fatal(err)
				}
				p.flush()
			}
			for _, p := range all {
				idle(p, 2)
			}
			l.run(100 * time.Millisecond)
			for _, p := range all { // it has heard the reset
				idle(p, 3)
				idle(p, 4)
			}
			all[0].ping(server, 5)
			l.run(200 * time.Millisecond)
			if !server.s.Ready(l.now, all[0].id.key) || !slices.Contains(server.got, 5) {
				t.Error("who has something to say waits")
			}
			l.run(c.halfway - 300*time.Millisecond)
			if n := server.s.remotes.Len(); n < clients/4 || n > clients*3/4 {
				t.Errorf("%d of %d are back after half of the time", n, clients)
			}
			l.run(c.came - c.halfway)
			if n := server.s.remotes.Len(); n != clients {
				t.Errorf("%d of %d are back", n, clients)
			}
			count := map[uint32]int{}
			for _, n := range server.got {
				count[n]++
			}
			if count[2] != 0 || count[3] != clients || count[4] > clients/4 { // some have begun by themselves
				t.Errorf("came: %v", count)
			}
			if n := server.s.Counts.Handshakes; n != clients {
				t.Errorf("%d handshakes", n)
			}
		})
	}
}

func TestResetsAreFewAndSmall(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	data := func(n int) []byte {
		b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeData, Index: 77}, n)
		return append(b, make([]byte, n)...)
	}
	for range 10 {
		_ = b.open(a.addr, data(100))
	}
	_ = b.open(addr(9), data(15)) // smaller than a reset
	b.flush()
	if len(l.record) != 1 || len(l.record[0].data) != resetSize {
		t.Errorf("%d resets", len(l.record))
	}
	_ = b.open(addr(9), l.record[0].data) // a reset is never answered
	l.run(2 * time.Second)
	_ = b.open(a.addr, data(16))
	b.flush()
	if len(l.record) != 2 {
		t.Errorf("%d resets, want one more", len(l.record))
	}
}

// An index is of the remote's choice: however many choose the same one, what is looked through for each of them stays short, and nothing of them stays
// behind.
func TestManyWithTheSameIndex(t *testing.T) {
	l := newLab(t)
	server := l.party(200, SessionConfig{Server: true})
	var all []*session
	for i := range 50 {
		sess := &session{theirs: 7, hasToken: true, token: [noise.MacSize]byte{byte(i)}}
		all = append(all, sess)
		server.s.list(sess)
		n := 0
		for o := server.s.theirs[7]; o != nil; o = o.chain {
			n++
		}
		if n != min(i+1, maxChain) {
			t.Fatalf("%d of %d are looked through", n, i+1)
		}
	}
	for _, sess := range all {
		server.s.unlist(sess)
	}
	if len(server.s.theirs) > 0 {
		t.Error("something stays")
	}
}
