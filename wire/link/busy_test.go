package link

import (
	"testing"
	"time"

	"udpchat/wire"
)

// initiations counts what a party was sent to begin a handshake.
func (l *lab) initiations(to *party) (n int) {
	for _, f := range l.record {
		if f.to == to.addr && f.data[1] == wire.TypeInitiation {
			n++
		}
	}
	return n
}

// protocol.md §13.3: whoever is not let in is told that somebody is there, whatever it is refused for, and by no more bytes than it sent; and is let
// in when there is room.
func TestWhoIsPutOffHearsOfIt(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  SessionConfig
	}{
		{"with a cookie, by the rate of all", SessionConfig{Server: true, Handshakes: 1, Answers: 4}},
		{"without a cookie, by the rate of all", SessionConfig{Server: true, Answers: 4}},
		{"by what waits for a confirmation", SessionConfig{Server: true, MaxPending: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			server := l.party(200, c.cfg)
			l.drop = func(f flight) bool { return f.to == addr(999) }
			stranger := NewIdentity([32]byte{99})
			flood := initiation(t, stranger.static, stranger.credential(nil), server.id.card.Static, 1, 1)
			for range 3 { // the second and the third one make it busy, where one a second is much
				_ = server.open(addr(999), flood)
			}
			if c.cfg.Answers > 0 {
				server.s.answers = bucket(server.s.elapsed(l.now) + 20*time.Second) // nobody is answered for so long
			}
			var signs []time.Duration
			a := l.party(1, SessionConfig{Answered: func(now time.Time, key wire.Key) {
				if key != server.id.key {
					t.Errorf("%v answered", key)
				}
				signs = append(signs, now.Sub(dawn))
			}})
			a.s.TrustServer(server.id.key, server.id.card.Static)
			for l.now.Before(dawn.Add(8 * time.Second)) {
				a.ping(server, 1)
				l.run(500 * time.Millisecond)
			}
			if len(signs) < 3 || signs[0] > time.Second || len(server.got) > 0 {
				t.Errorf("signs of life %v, and %d pings came through", signs, len(server.got))
			}
			if n := l.initiations(server); n > 8 {
				t.Errorf("%d initiations: who hears that somebody is busy tries ever more rarely", n)
			}
			if l.bytes[a.addr] >= l.bytes[server.addr] {
				t.Errorf("%d bytes for %d", l.bytes[a.addr], l.bytes[server.addr])
			}
			l.run(30 * time.Second)
			if a.ping(server, 2); !a.s.Ready(l.now, server.id.key) {
				t.Error("a is not let in")
			}
		})
	}
}

// protocol.md §13.4: while something is said again and again, and nothing is heard, so is the initiation; for what nobody waits for it is not.
func TestInitiationsKeepPaceWithWhoWaits(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  SessionConfig
		add  func(s *Sessions) func(now time.Time, p Path, to wire.Key, m wire.Message) error
		most int
		few  int
	}{
		{"someone waits", SessionConfig{}, func(s *Sessions) func(time.Time, Path, wire.Key, wire.Message) error { return s.Add }, 7, 6},
		{"nobody waits", SessionConfig{}, func(s *Sessions) func(time.Time, Path, wire.Key, wire.Message) error { return s.AddIdle }, 4, 4},
		{"a server", SessionConfig{Server: true}, func(s *Sessions) func(time.Time, Path, wire.Key, wire.Message) error { return s.Add }, 4, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			a, b := l.party(1, c.cfg), l.party(2, SessionConfig{})
			trust(a, b)
			l.drop = func(flight) bool { return true }
			a.ping(b, 1)
			for range 6 {
				if err := c.add(a.s)(l.now, Path{Remote: b.addr}, b.id.key, &wire.Ping{}); err != nil {
					t.Fatal(err)
				}
				a.flush()
				l.run(500 * time.Millisecond)
			}
			if n := l.initiations(b); n < c.few || n > c.most {
				t.Errorf("%d initiations in 3 s, want %d to %d", n, c.few, c.most)
			}
		})
	}
}
