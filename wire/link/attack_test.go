package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// initiation is a datagram of who knows the static key of to, in the name that vouch says.
func initiation(t *testing.T, from *noise.Static, vouch []byte, to [32]byte, index uint32, seed byte) []byte {
	t.Helper()
	_, message, err := noise.Initiate(random(seed), from, to, prologue(index), vouch)
	if err != nil {
		t.Fatal(err)
	}
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation, Index: index}, initiationSize)
	b = append(b, message...)
	sum := noise.MacFor(to).Sum(b)
	return append(append(b, sum[:]...), make([]byte, noise.MacSize)...)
}

func TestStrangersGetSilence(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	good := initiation(t, a.id.static, a.id.credential(nil), b.id.card.Static, 5, 9)
	for at := len(good) - macsSize; at < len(good)-noise.MacSize; at++ {
		bad := append([]byte(nil), good...)
		bad[at] ^= 1
		if err := b.open(a.addr, bad); !errors.Is(err, ErrStranger) {
			t.Errorf("mac1 changed: %v", err)
		}
	}
	request := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyRequest}, keyAnswerSize)
	if err := b.open(a.addr, append(request, make([]byte, keyAnswerSize)...)); !errors.Is(err, ErrStranger) {
		t.Errorf("key request: %v", err)
	}
	forAnother := initiation(t, a.id.static, a.id.credential(nil), a.id.card.Static, 5, 9)
	if err := b.open(a.addr, forAnother); !errors.Is(err, ErrStranger) {
		t.Errorf("for another key: %v", err)
	}
	b.flush()
	if len(l.record) != 0 {
		t.Errorf("%d datagrams for strangers", len(l.record))
	}
	if err := b.open(a.addr, good); err != nil {
		t.Error(err)
	}
	if b.flush(); len(l.record) != 1 {
		t.Error("no response to who knows the key")
	}
}

// protocol.md §13.3: whatever comes from an address that is not proved, of every type and size, gets at most as many bytes.
func TestAnswersAreNoLargerThanQuestions(t *testing.T) {
	l := newLab(t)
	a := l.party(1, SessionConfig{})
	calm := l.party(2, SessionConfig{KeyRequests: true})
	busy := l.party(3, SessionConfig{KeyRequests: true, Handshakes: 1})
	shut := l.party(4, SessionConfig{})
	rng := rand.New(rand.NewPCG(3, 4))
	for _, p := range []*party{calm, busy, shut} {
		record := [][]byte{}
		a.s.Trust(p.id.key, p.id.card.Static)
		l.drop = func(f flight) bool { record = append(record, f.data); return false }
		a.ping(p, 1)
		l.run(2 * time.Second)
		l.drop = func(flight) bool { return true }
		check := func(what string, b []byte) {
			from := addr(1000 + rng.IntN(50000))
			_, _, _, _ = p.s.Open(l.now, Path{Remote: from}, append([]byte(nil), b...))
			p.flush()
			if l.bytes[from] > len(b) {
				t.Errorf("%s of %d bytes got %d", what, len(b), l.bytes[from])
			}
			delete(l.bytes, from)
		}
		for kind := range uint8(12) {
			for size := range 1401 {
				b := make([]byte, size)
				if size >= wire.HeaderSize {
					wire.AppendHeader(b[:0], wire.Header{Type: kind, Index: rng.Uint32()}, size-wire.HeaderSize)
				}
				if size > wire.HeaderSize+macsSize && rng.IntN(2) == 0 {
					sum := p.s.mac.Sum(b[:size-macsSize])
					copy(b[size-macsSize:], sum[:])
				}
				check(fmt.Sprint("type ", kind), b)
			}
		}
		for _, b := range record {
			check("replay", b)
		}
		for i := range 300 { // real ones, from everywhere
			check("initiation", initiation(t, a.id.static, a.id.credential(nil), p.id.card.Static, uint32(i+1), byte(i)))
			l.now = l.now.Add(time.Millisecond)
		}
		if len(p.s.pending) > maxAsked {
			t.Errorf("%d sessions pending in one name", len(p.s.pending))
		}
	}
	if busy.s.Counts.Cookies == 0 || calm.s.Counts.Resets == 0 {
		t.Error("the test did not come to cookies or resets")
	}
}

func TestCookieUnderLoad(t *testing.T) {
	l := newLab(t)
	server := l.party(2, SessionConfig{Server: true, Handshakes: 20})
	flood := func(n int) {
		for i := range n {
			id := NewIdentity([32]byte{99, byte(i)})
			b := initiation(t, id.static, id.credential(nil), server.id.card.Static, uint32(i+1), byte(i))
			_ = server.open(addr(2000+i), b)
		}
	}
	a := l.party(1, SessionConfig{})
	a.s.TrustServer(server.id.key, server.id.card.Static)
	stop := l.now.Add(3 * time.Second)
	l.drop = func(f flight) bool { return f.to != server.addr && f.to != a.addr }
	flood(25)
	if server.s.Counts.Cookies != 5 || len(server.s.pending) != 20 {
		t.Fatalf("%d cookies, %d pending", server.s.Counts.Cookies, len(server.s.pending))
	}
	for n := uint32(1); l.now.Before(stop); n++ {
		flood(25)
		server.flush()
		a.ping(server, n)
		l.run(200 * time.Millisecond)
	}
	if len(server.got) == 0 || a.s.Counts.Handshakes != 1 {
		t.Error("an honest client did not get in")
	}
	seen := map[uint8]int{}
	for _, f := range l.record {
		if f.to == a.addr {
			seen[f.data[1]]++
		}
	}
	if seen[wire.TypeCookie] != 1 || seen[wire.TypeResponse] != 1 {
		t.Errorf("a got %v by type", seen)
	}
	if n := len(server.s.pending); n > 25 {
		t.Errorf("%d sessions pending", n)
	}
	l.run(5 * time.Second) // and the load is over a second after
	before := server.s.Counts.Cookies
	flood(1)
	if server.s.Counts.Cookies != before {
		t.Error("a cookie is asked for without load")
	}
}

// With a cookie for its address a network still gets its share only; and a cookie is good for its address alone.
func TestCookieSharesAndAddresses(t *testing.T) {
	l := newLab(t)
	server := l.party(2, SessionConfig{Server: true, Handshakes: 1})
	a := l.party(1, SessionConfig{})
	with := func(from netip.AddrPort, i int) error {
		b := initiation(t, a.id.static, a.id.credential(nil), server.id.card.Static, uint32(i+1), byte(i))
		mac1 := b[len(b)-macsSize : len(b)-noise.MacSize]
		sealed, err := server.s.jar.Give(nil, l.now, addr(1), mac1)
		if err != nil {
			t.Fatal(err)
		}
		cookie, err := noise.OpenCookie(server.id.card.Static, sealed, mac1)
		if err != nil {
			t.Fatal(err)
		}
		mac2 := noise.NewMac(cookie[:]).Sum(b[:len(b)-noise.MacSize])
		copy(b[len(b)-noise.MacSize:], mac2[:])
		return server.open(from, b)
	}
	good := 0
	for i := range 20 {
		if with(addr(1), i) == nil {
			good++
		}
	}
	if good != 6 { // the first one before the load, then a burst of five
		t.Errorf("%d of 20 at once", good)
	}
	if err := with(addr(7), 50); !errors.Is(err, ErrBusy) {
		t.Errorf("the cookie of another address: %v", err)
	}
	if err := with(netip.AddrPortFrom(addr(1).Addr(), 1), 51); !errors.Is(err, ErrBusy) {
		t.Errorf("the cookie of another port: %v", err)
	}
}

func TestForgedResetsChangeNothing(t *testing.T) {
	l := newLab(t)
	a, b, c := l.party(1, SessionConfig{}), l.party(2, SessionConfig{}), l.party(3, SessionConfig{})
	trust(a, b, c)
	a.ping(b, 1)
	a.ping(c, 1)
	l.run(time.Second)
	before := a.state()
	index := a.s.remotes.Get(b.id.key).cur.theirs
	rng := rand.New(rand.NewPCG(5, 6))
	forge := func(index uint32, token [16]byte) {
		d := wire.AppendHeader(nil, wire.Header{Type: wire.TypeReset, Index: index}, len(token))
		_ = a.open(b.addr, append(d, token[:]...))
	}
	for range 100_000 {
		var token [16]byte
		binary.BigEndian.PutUint64(token[:], rng.Uint64())
		forge(index, token)
	}
	forge(index, c.id.token(index))                                // of another remote
	forge(index, b.id.token(index+1))                              // for another session
	forge(index+1, b.id.token(index))                              // not for this one
	forge(a.s.remotes.Get(b.id.key).cur.ours, a.id.token(index))   // our own
	forge(a.s.remotes.Get(c.id.key).cur.theirs, b.id.token(index)) // one remote speaks for another
	if after := a.state(); after != before || a.s.Counts.Lost != 0 {
		t.Errorf("a forged reset changed\n%s\n%s", before, after)
	}
	forge(index, b.id.token(index))
	if a.s.Counts.Lost != 1 {
		t.Error("the true reset was not taken")
	}
}

func TestKeyRequest(t *testing.T) {
	l := newLab(t)
	server := l.party(2, SessionConfig{Server: true, KeyRequests: true})
	a := l.party(1, SessionConfig{})
	lost := 0
	l.drop = func(flight) bool { lost++; return lost < 4 }
	a.s.RequestKey(l.now, Path{Remote: server.addr})
	a.flush()
	l.run(5 * time.Second)
	key, card, ok := a.s.Answer()
	if !ok || key != server.id.key || card != server.id.card {
		t.Fatalf("answer %v %v", key, ok)
	}
	if _, has := a.s.Next(); has {
		t.Error("it asks on")
	}
	a.s.TrustServer(key, card.Static)
	a.ping(server, 1)
	l.run(time.Second)
	server.expect(1, 1)

	a.s.RequestKey(l.now, Path{Remote: server.addr})
	forged := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyAnswer, Index: 1, Counter: 2}, keyAnswerSize)
	forged = append(append(append(forged, a.id.key[:]...), a.id.card.Static[:]...), a.id.card.Sig[:]...)
	if err := a.open(server.addr, forged); !errors.Is(err, ErrUnknown) {
		t.Errorf("an answer to another question: %v", err)
	}
	wire.AppendHeader(forged[:0], wire.Header{Type: wire.TypeKeyAnswer, Index: a.s.question.index, Counter: a.s.question.counter}, keyAnswerSize)
	if err := a.open(addr(9), forged); !errors.Is(err, ErrUnknown) {
		t.Errorf("an answer from elsewhere: %v", err)
	}
	forged[len(forged)-1] ^= 1
	if err := a.open(server.addr, forged); !errors.Is(err, ErrForged) {
		t.Errorf("an answer that nobody signed: %v", err)
	}
	// Whoever asks, and from wherever: so many are answered and no more.
	request := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyRequest}, keyAnswerSize)
	request = append(request, make([]byte, keyAnswerSize)...)
	answers := 0
	for i := range 1000 {
		if server.open(addr(3000+i), request) == nil {
			answers++
		}
	}
	if answers < 511 || answers > 512 { // a school whose pupils start their first client in the same second
		t.Errorf("%d of 1,000 requests at once are answered", answers)
	}
}
