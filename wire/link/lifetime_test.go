package link

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §13.6: new keys under traffic, with reordering, cost no message.
func TestRekeyUnderTrafficLosesNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  SessionConfig
		span time.Duration
	}{
		{"between peers by time", SessionConfig{}, 20 * time.Minute},
		{"between peers by number", SessionConfig{RekeyDatagrams: 500}, 5 * time.Minute},
		{"with a server by time", SessionConfig{Long: Lifetime{10 * time.Minute, 30 * time.Minute}}, 2 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			cfg := c.cfg
			a := l.party(1, cfg)
			cfg.Server = cfg.Long.Rekey != 0
			b := l.party(2, cfg)
			a.s.trust(b.id.key, b.id.card.Static, cfg.Server, false)
			if cfg.Server {
				b.s.TrustClient(a.id.key, a.id.card.Static)
			}
			var n uint32
			a.ping(b, 0)
			l.run(time.Second)
			b.ping(a, 0)
			step := 100 * time.Millisecond
			if cfg.Server {
				step = time.Second
			}
			rng := random(7)
			for end := l.now.Add(c.span); l.now.Before(end); {
				n++
				l.delay = time.Duration(10+rng.Uint64()%200) * time.Millisecond // later ones overtake
				a.ping(b, n)
				l.delay = time.Duration(10+rng.Uint64()%200) * time.Millisecond
				b.ping(a, n)
				l.run(step)
			}
			l.run(time.Second)
			a.expect(0, n)
			b.expect(0, n)
			if h := a.s.Counts.Handshakes; h < 5 || h > 30 {
				t.Errorf("%d handshakes", h)
			}
			if k := len(a.s.sessions); k > 2 {
				t.Errorf("%d sessions are left", k)
			}
		})
	}
}

// The new session's first datagrams are all lost: the old one carries on, and the new one is shown again.
func TestRekeyWhoseConfirmationIsLost(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 0)
	l.run(135 * time.Second)
	first := a.s.remotes.Get(b.id.key).cur
	lost := 0
	l.drop = func(f flight) bool {
		h, _, _ := wire.ParseDatagram(f.data)
		cur := a.s.remotes.Get(b.id.key).cur
		if f.from == a.addr && h.Type == wire.TypeData && cur != nil && cur != first && h.Index == cur.theirs && lost < 3 {
			lost++
			return true
		}
		return false
	}
	a.ping(b, 1) // in the old session, and asks for the new one
	l.run(time.Second)
	for n := range uint32(4) {
		b.ping(a, n)
		l.run(time.Second)
	}
	a.expect(0, 3)
	b.expect(0, 1)
	if lost != 3 || b.s.remotes.Get(a.id.key).cur.theirs != a.s.remotes.Get(b.id.key).cur.ours || a.s.remotes.Get(b.id.key).cur == first {
		t.Errorf("%d lost, and the sides use different sessions", lost)
	}
}

// Both begin at once; whatever gets lost of it, they end with one session, the same, and with all messages.
func TestSimultaneousHandshakesSettle(t *testing.T) {
	for skew := range 8 {
		for loss := range 9 {
			t.Run(fmt.Sprintf("skew %d loss %d", skew, loss), func(t *testing.T) {
				l := newLab(t)
				a, b := l.party(1, SessionConfig{later: loss%2 == 0}), l.party(2, SessionConfig{later: skew%2 == 0})
				trust(a, b)
				sent := 0
				l.drop = func(f flight) bool {
					h, _, _ := wire.ParseDatagram(f.data)
					if h.Type == wire.TypeData {
						return false
					}
					sent++
					return sent == loss || loss > 5 && sent == loss-4
				}
				a.ping(b, 0)
				l.run(time.Duration(skew) * 6 * time.Millisecond)
				b.ping(a, 0)
				var n uint32
				for range 50 {
					n++
					a.ping(b, n)
					b.ping(a, n)
					l.run(100 * time.Millisecond)
				}
				a.expect(0, n)
				b.expect(0, n)
				ra, rb := a.s.remotes.Get(b.id.key), b.s.remotes.Get(a.id.key)
				if ra.cur.ours != rb.cur.theirs || ra.cur.theirs != rb.cur.ours {
					t.Error("the sides send in different sessions")
				}
				l.run(15 * time.Second)
				if len(a.s.sessions) != 1 || len(b.s.sessions) != 1 || len(a.s.dialling)+len(b.s.dialling) != 0 {
					t.Errorf("left: %s; %s", a.state(), b.state())
				}
			})
		}
	}
}
