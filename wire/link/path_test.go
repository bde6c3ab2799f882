package link

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"udpchat/wire"
)

func TestRoaming(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{Server: true, Stranger: time.Hour})
	a.s.TrustServer(b.id.key, b.id.card.Static)
	a.ping(b, 0)
	l.run(time.Second)
	old := a.addr
	a.addr = addr(500)
	a.ping(b, 1)
	l.run(25 * time.Millisecond) // it has come: and is told as from where a was proved to be
	if b.path.Remote != old || len(b.got) != 2 {
		t.Errorf("path %v before it is proved, got %v", b.path, b.got)
	}
	l.run(time.Second)
	if p, ok := b.s.Path(a.id.key); !ok || p.Remote != a.addr {
		t.Errorf("path %v after the challenge", p)
	}
	// The core of b still has the old path, and what it sends arrives.
	if err := b.s.Add(l.now, Path{Remote: old}, a.id.key, &wire.Ping{Nonce: 0}); err != nil {
		t.Fatal(err)
	}
	b.flush()
	a.ping(b, 2)
	l.run(time.Second)
	a.expect(0, 0)
	if b.path.Remote != a.addr || len(b.got) != 3 || b.s.Counts.Moves != 1 {
		t.Errorf("path %v, got %v, %d moves", b.path, b.got, b.s.Counts.Moves)
	}
	if a.s.Counts.Handshakes != 1 {
		t.Error("the session did not survive")
	}
}

func TestRoamingUnderLoss(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{Server: true, Stranger: time.Hour})
	a.s.TrustServer(b.id.key, b.id.card.Static)
	a.ping(b, 0)
	l.run(time.Second)
	rng := rand.New(rand.NewPCG(7, 8))
	l.drop = func(flight) bool { return rng.Float64() < 0.3 }
	for i := range 20 {
		a.addr = addr(500 + i)
		for range 24 {
			a.ping(b, 1)
			l.run(500 * time.Millisecond)
		}
		if p, _ := b.s.Path(a.id.key); p.Remote != a.addr {
			t.Errorf("move %d: path %v", i, p)
		}
	}
}

// Who copies datagrams and sends them on faster from elsewhere gets nothing but challenges, and no more bytes than it sent.
func TestCopiedDatagramsDoNotMoveAPath(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{Server: true, Stranger: time.Hour})
	a.s.TrustServer(b.id.key, b.id.card.Static)
	a.ping(b, 0)
	l.run(time.Second)
	thief := addr(666)
	in := 0
	l.drop = func(f flight) bool {
		if f.from != a.addr {
			return false
		}
		in += len(f.data)
		_ = b.open(thief, f.data)
		b.flush()
		return true
	}
	for n := range uint32(50) {
		a.ping(b, n)
		if err := b.s.Add(l.now, b.path, a.id.key, &wire.Ping{Nonce: n}); err != nil {
			t.Fatal(err)
		}
		b.flush()
		l.run(100 * time.Millisecond)
	}
	if p, _ := b.s.Path(a.id.key); p.Remote != a.addr || b.path.Remote != a.addr {
		t.Errorf("path %v, told %v", p, b.path)
	}
	if out := l.bytes[thief]; out > in || out == 0 {
		t.Errorf("%d bytes to the thief for %d from it", out, in)
	}
	a.expect(0, 49)
	l.drop = nil
	a.ping(b, 50)
	l.run(time.Second)
	if b.s.remotes.Get(a.id.key).path.Remote != a.addr {
		t.Error("the path moved after all")
	}
}

// An initiation that comes to us by way of someone else proves neither address; the first challenge does.
func TestFirstDatagramFromElsewhere(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{Server: true, Stranger: time.Hour})
	a.s.TrustServer(b.id.key, b.id.card.Static)
	a.ping(b, 0)
	l.drop = func(f flight) bool {
		if f.data[1] == wire.TypeResponse {
			a.addr = addr(700) // it moves between the two, and hears the response all the same
			_ = a.open(b.addr, f.data)
			a.flush()
			return true
		}
		return false
	}
	l.run(50 * time.Millisecond)
	if len(b.got) != 0 || b.s.Counts.Unproved != 1 {
		t.Errorf("got %v from an address that nothing proved", b.got)
	}
	for range 3 {
		a.ping(b, 1)
		l.run(time.Second)
	}
	if p, _ := b.s.Path(a.id.key); p.Remote != a.addr || len(b.got) == 0 {
		t.Errorf("path %v, got %v", p, b.got)
	}
}

// protocol.md §13.7: nothing of what the sessions say to each other is seen above, nor can it be made to echo much.
func TestControlRecords(t *testing.T) {
	challenge := appendControl(nil, controlChallenge, make([]byte, proofSize))
	for _, c := range []struct {
		name string
		body []byte
		good bool
	}{
		{"a challenge", challenge, true},
		{"two", append(bytes.Clone(challenge), challenge...), true},
		{"three", bytes.Repeat(challenge, 3), false},
		{"a short one", challenge[:len(challenge)-1], false},
		{"one of another length", appendControl(nil, controlEcho, make([]byte, 9)), false},
		{"a token", appendControl(nil, controlToken, make([]byte, 16)), true},
		{"nothing but a kind", []byte{0x92, controlToken}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
			trust(a, b)
			a.ping(b, 1)
			l.run(time.Second)
			sess := a.s.remotes.Get(b.id.key).cur
			sess.heard = true
			who, _, body, err := b.s.Open(l.now, Path{Remote: a.addr}, a.s.seal(sess, nil, c.body))
			if (err == nil) != c.good || len(body) != 0 || who != (wire.Key{}) {
				t.Errorf("from %v, body %x, %v", who, body, err)
			}
		})
	}
}

// A remote that asks from a path that is not proved is answered there with no more bytes than it sent there, our own challenge
// included.
func TestUnprovedPathHasItsCredit(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 1)
	l.run(time.Second)
	sess := a.s.remotes.Get(b.id.key).cur
	sess.heard = true
	in, elsewhere := 0, addr(666)
	for range 20 {
		two := appendControl(appendControl(nil, controlChallenge, make([]byte, proofSize)), controlChallenge, make([]byte, proofSize))
		d := a.s.seal(sess, nil, two)
		in += len(d)
		_ = b.open(elsewhere, d)
		b.flush()
		if out := l.bytes[elsewhere]; out > in {
			t.Fatalf("%d bytes for %d", out, in)
		}
		l.now = l.now.Add(time.Second)
	}
	if l.bytes[elsewhere] == 0 {
		t.Error("nothing was answered at all")
	}
}

// Only the bytes of the challenge, on the path that it went to, prove that path.
func TestEchoesThatProveNothing(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 1)
	l.run(time.Second)
	sess := a.s.remotes.Get(b.id.key).cur
	sess.heard = true
	elsewhere, third := addr(666), addr(667)
	for range 3 { // until there is credit for a challenge
		_ = b.open(elsewhere, a.s.seal(sess, nil, nil))
	}
	r := b.s.remotes.Get(a.id.key)
	proof := r.candidate.proof
	echo := func(data []byte) []byte { return a.s.seal(sess, nil, appendControl(nil, controlEcho, data)) }
	wrong := proof
	wrong[7] ^= 1
	_ = b.open(elsewhere, echo(wrong[:]))
	_ = b.open(a.addr, echo(proof[:]))
	if r.path.Remote != a.addr || r.candidate == nil || r.candidate.asked.IsZero() {
		t.Fatalf("path %v after echoes that prove nothing", r.path)
	}
	late := echo(proof[:])
	_ = b.open(a.addr, a.s.seal(sess, nil, nil))
	for _, d := range [][]byte{late, echo(proof[:])} { // the late one takes no candidate's place
		if _ = b.open(third, d); r.path.Remote != a.addr {
			t.Fatalf("path %v: the echo came from a third one", r.path)
		}
	}
	for range 3 {
		_ = b.open(elsewhere, a.s.seal(sess, nil, nil))
	}
	proof = r.candidate.proof
	_ = b.open(elsewhere, echo(proof[:]))
	if r.path.Remote != elsewhere {
		t.Errorf("path %v after the right echo", r.path)
	}
}

// A datagram that was on its way since before a move does not speak of where the remote is (RFC 9000 §9.3).
func TestLateDatagramIsNoMove(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 1)
	l.run(time.Second)
	sess := a.s.remotes.Get(b.id.key).cur
	late := a.s.seal(sess, nil, nil)
	a.ping(b, 2)
	l.run(time.Second)
	if err := b.open(addr(666), late); err != nil || b.s.remotes.Get(a.id.key).candidate != nil {
		t.Errorf("%v, or a candidate from a late datagram", err)
	}
}

// A remote was started again at another address. What is sent there meets no session, and the handshake that is due for that begins on the path where the
// remote was before: whoever sends once more, soon after, has it go on at the new address.
func TestAHandshakeGoesOnWhereTheRemoteIsNow(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{ResetJitter: time.Millisecond}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 0)
	l.run(time.Second)
	b.addr = addr(500)
	b.restart(3)
	b.s.Trust(a.id.key, a.id.card.Static)
	a.ping(b, 1) // lost, and answered by a reset
	l.run(50 * time.Millisecond)
	begun := len(l.record)
	if last := l.record[begun-1]; last.data[1] != wire.TypeInitiation || last.to != addr(2) {
		t.Fatalf("the last datagram is of type %d, to %v", last.data[1], last.to)
	}
	a.ping(b, 2)
	l.run(200 * time.Millisecond)
	if len(b.got) == 0 || b.got[len(b.got)-1] != 2 {
		t.Errorf("it got %v", b.got)
	}
}
