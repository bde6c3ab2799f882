package link

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"udpchat/wire"
)

func TestIdentityComesFromTheSeed(t *testing.T) {
	seed := [32]byte{1, 2, 3}
	a, again, b := NewIdentity(seed), NewIdentity(seed), NewIdentity([32]byte{9})
	if want := wire.Key(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)); a.Key() != want {
		t.Errorf("key %x, want %x", a.Key(), want)
	}
	if a.Card() != again.Card() || a.token(7) != again.token(7) || a.Card() == b.Card() || a.token(7) == b.token(7) {
		t.Error("secrets are not those of the seed")
	}
	if err := a.Card().Verify(a.Key()); err != nil {
		t.Error(err)
	}
	forged := a.Card()
	forged.Static = b.Card().Static
	if !errors.Is(a.Card().Verify(b.Key()), ErrCard) || !errors.Is(forged.Verify(a.Key()), ErrCard) {
		t.Error("a card is good for another key")
	}
}

func TestSessionCarriesMessages(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	a.s.Trust(b.id.key, b.id.card.Static)
	for n := range uint32(5) {
		a.ping(b, n+1)
	}
	l.run(time.Second)
	b.expect(1, 5)
	if b.from[0] != a.id.key || b.path.Remote != a.addr || b.path.Local != b.addr.Addr() {
		t.Errorf("from %v on %v", b.from[0], b.path)
	}
	b.ping(a, 1) // b was never told how to dial a, and need not
	l.run(time.Second)
	a.expect(1, 1)
	if static := b.s.remotes.Get(a.id.key).static; static != a.id.card.Static {
		t.Errorf("static key of a: %x", static)
	}
	types := map[uint8]int{}
	for _, f := range l.record {
		h, _, err := wire.ParseDatagram(f.data)
		if err != nil {
			t.Fatal(err)
		}
		types[h.Type]++
	}
	if types[wire.TypeInitiation] != 1 || types[wire.TypeResponse] != 1 || types[wire.TypeData] != 2 {
		t.Errorf("datagrams by type: %v", types) // five messages waited, and share one
	}
}

func TestNothingToDialWith(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	if err := a.s.Add(l.now, Path{Remote: b.addr}, b.id.key, &wire.Ping{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("send without a key: %v", err)
	}
	a.s.Trust(a.id.key, a.id.card.Static)
	if err := a.s.Add(l.now, Path{Remote: a.addr}, a.id.key, &wire.Ping{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("send to oneself: %v", err)
	}
	a.s.Trust(b.id.key, a.s.me.card.Static)
	if err := a.s.Add(l.now, Path{Remote: b.addr}, b.id.key, &wire.Ping{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("send to who pretends to our static key: %v", err)
	}
}

func TestEmptyConfirmation(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 1)
	a.s.remotes.Get(b.id.key).waiting = nil
	l.run(time.Second)
	if !b.s.Ready(l.now, a.id.key) {
		t.Error("a session that nothing waited for is not confirmed")
	}
	b.expect(1, 0)
}

// protocol.md §13.4: the interop suites of QUIC ask for the same: 50 of 50, in virtual time.
func TestHandshakesUnderLossInBursts(t *testing.T) {
	l := newLab(t)
	rng := rand.New(rand.NewPCG(1, 2))
	burst := 0
	l.drop = func(flight) bool {
		if burst > 0 {
			burst--
			return true
		}
		if rng.Float64() < 0.125 { // bursts of three: 30 % of all
			burst = 2
			return true
		}
		return false
	}
	server := l.party(200, SessionConfig{Server: true})
	var clients []*party
	for n := range byte(50) {
		c := l.party(n+1, SessionConfig{})
		c.s.TrustServer(server.id.key, server.id.card.Static)
		clients = append(clients, c)
	}
	for round := range uint32(60) { // who sends keeps sending: the layer above repeats
		for _, c := range clients {
			c.ping(server, round)
		}
		l.run(500 * time.Millisecond)
	}
	complete := 0
	for _, c := range clients {
		if c.s.Ready(l.now, server.id.key) && server.s.Ready(l.now, c.id.key) {
			complete++
		}
	}
	lost := 0
	if complete != 50 {
		t.Errorf("%d of 50 handshakes", complete)
	}
	for _, c := range clients {
		lost += int(c.s.Counts.Dropped)
	}
	if lost != 0 {
		t.Errorf("%d messages did not outlast the handshake", lost)
	}
}

func TestHandshakeIsGivenUp(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	l.drop = func(flight) bool { return true }
	for n := range uint32(maxWaiting + 6) {
		a.ping(b, n)
	}
	if a.s.Counts.Dropped != 6 {
		t.Errorf("%d dropped from the full queue", a.s.Counts.Dropped)
	}
	l.run(31 * time.Second)
	if tries := len(l.record); tries < 8 || tries > 14 {
		t.Errorf("%d tries", tries)
	}
	if a.s.Counts.Dropped != maxWaiting+6 || len(a.s.dialling) != 0 {
		t.Errorf("%d dropped, %d handshakes left", a.s.Counts.Dropped, len(a.s.dialling))
	}
	if _, ok := a.s.Next(); ok {
		t.Error("there is still something to do")
	}
	first, second, last := l.record[1].at.Sub(l.record[0].at), l.record[2].at.Sub(l.record[1].at), l.record[len(l.record)-1].at.Sub(l.record[len(l.record)-2].at)
	if first < 240*time.Millisecond || first > 360*time.Millisecond || second < 480*time.Millisecond || second > 720*time.Millisecond || last > 6*time.Second {
		t.Errorf("gaps %v, %v … %v", first, second, last)
	}
	l.drop = nil
	a.ping(b, 999) // and begins again
	l.run(time.Second)
	b.expect(999, 999)
}

// Every packet of a recorded conversation three times, and back to its sender, and changed at every byte: nothing comes of it.
func TestReplayedReflectedAndChangedDatagrams(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	for n := range uint32(3) {
		a.ping(b, 2*n)
		l.run(time.Second)
		b.ping(a, 2*n+1)
		l.run(time.Second)
	}
	byAddr := map[any]*party{a.addr: a, b.addr: b}
	record := slices.Clone(l.record)
	stateA, stateB, gotA, gotB := a.state(), b.state(), len(a.got), len(b.got)
	check := func(what string) {
		t.Helper()
		for _, p := range []*party{a, b} {
			for _, sess := range p.s.pending { // that a replayed initiation is answered is all that may come of it
				p.s.end(sess)
			}
		}
		if a.state() != stateA || b.state() != stateB || len(a.got) != gotA || len(b.got) != gotB {
			t.Fatalf("%s changed something:\n%s\n%s\n%s\n%s", what, stateA, a.state(), stateB, b.state())
		}
	}
	for range 3 {
		for _, f := range record {
			_ = byAddr[f.to].open(f.from, f.data)
			check("a replay")
			_ = byAddr[f.from].open(f.to, f.data)
			check("a reflection")
		}
	}
	for _, f := range record {
		for i := range f.data {
			changed := bytes.Clone(f.data)
			changed[i] ^= 0x10
			if err := byAddr[f.to].open(f.from, changed); err == nil && f.data[1] != wire.TypeInitiation {
				t.Fatalf("type %d, byte %d: changed and taken", f.data[1], i)
			}
			if err := byAddr[f.to].open(f.from, f.data[:i]); err == nil {
				t.Fatalf("type %d: the first %d bytes are taken", f.data[1], i)
			}
			check("a change")
		}
	}
	l.flights = nil
	a.s.out, b.s.out = nil, nil
	a.ping(b, 6)
	b.ping(a, 7)
	l.run(time.Second)
	if len(a.got) != gotA+1 || len(b.got) != gotB+1 {
		t.Error("the session does not work any more")
	}
}

// While a handshake is under way every datagram is changed before it arrives as it was.
func TestChangedHandshakeDatagramsDoNotEndIt(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	byAddr := map[any]*party{a.addr: a, b.addr: b}
	l.drop = func(f flight) bool {
		for i := range f.data {
			changed := bytes.Clone(f.data)
			changed[i] ^= 1
			if len(changed) > macsSize && (changed[1] == wire.TypeInitiation || changed[1] == wire.TypeResponse) {
				to := byAddr[f.to] // mac1 is no secret between the two: it is made right again
				before := changed[:len(changed)-macsSize]
				sum := to.s.mac.Sum(before)
				copy(changed[len(before):], sum[:])
			}
			_ = byAddr[f.to].open(f.from, changed)
		}
		return false
	}
	a.ping(b, 1)
	l.run(250 * time.Millisecond) // before any second try
	b.ping(a, 2)
	l.run(200 * time.Millisecond)
	if !slices.Contains(b.got, 1) || !slices.Contains(a.got, 2) {
		t.Errorf("a got %v, b got %v", a.got, b.got)
	}
}

func TestForgetEndsEverything(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	a.ping(b, 1)
	l.run(time.Second)
	a.s.Forget(b.id.key)
	b.s.Forget(a.id.key)
	for _, p := range []*party{a, b} {
		if s := p.s; s.remotes.Len()+len(s.sessions)+len(s.theirs)+len(s.expiry) != 0 {
			t.Errorf("left: %s", p.state())
		}
	}
	a.s.Forget(b.id.key)
}

func TestSessionsEnd(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	a.s.Trust(b.id.key, b.id.card.Static)
	a.ping(b, 1)
	l.run(4 * time.Minute)
	if len(a.s.sessions)+len(b.s.sessions)+b.s.remotes.Len()+len(a.s.theirs)+len(b.s.theirs) != 0 || a.s.remotes.Len() != 1 {
		t.Errorf("left: %s; %s", a.state(), b.state())
	}
	a.ping(b, 2)
	l.run(time.Second)
	b.expect(1, 2)
}
