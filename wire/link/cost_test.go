package link

import (
	"encoding/binary"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// meet makes a session between two parties without a lab, and returns the time.
func meet(tb testing.TB, a, b *Sessions) time.Time {
	tb.Helper()
	now := dawn
	a.Trust(b.me.key, b.me.card.Static)
	if err := a.Add(now, Path{Remote: addr(2)}, b.me.key, &wire.Ping{}); err != nil {
		tb.Fatal(err)
	}
	pass(tb, now, a, b)
	pass(tb, now, b, a)
	pass(tb, now, a, b)
	if !a.Ready(now, b.me.key) || !b.Ready(now, a.me.key) {
		tb.Fatal("no session")
	}
	return now
}

// pass carries what one has to say to the other.
func pass(tb testing.TB, now time.Time, from, to *Sessions) {
	tb.Helper()
	_, err := from.Flush(func(b []byte, p Path) error {
		_, _, _, err := to.Open(now, Path{Remote: p.Remote}, append([]byte(nil), b...))
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// built says whether a flag of the build is set; under the race detector sync.Pool forgets at random.
func built(flag string) bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: flag, Value: "true"})
}

func TestMemoryPerServerSession(t *testing.T) {
	if built("-race") {
		t.Skip("the race detector has its own accounts")
	}
	const clients = 2000
	server := NewSessions(SessionConfig{Identity: NewIdentity([32]byte{1}), Server: true, Rand: random(1), Handshakes: 1 << 30, Answers: 1 << 30})
	server.resets.take(0, []byte{1}) // what is there once, whatever the clients
	before := heapInUse()
	for i := range uint32(clients) {
		var seed [32]byte
		binary.BigEndian.PutUint32(seed[:], i+10)
		client := NewSessions(SessionConfig{Identity: NewIdentity(seed), Rand: random(byte(i))})
		client.TrustServer(server.me.key, server.me.card.Static)
		meet(t, client, server)
	}
	each := (heapInUse() - before) / clients
	t.Logf("%d bytes a session", each)
	if each > 560 { // 472 on 64 bits
		t.Errorf("%d bytes a session, more than 560", each)
	}
	runtime.KeepAlive(server)
}

func heapInUse() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func pair(tb testing.TB) (a, b *Sessions, now time.Time) {
	a = NewSessions(SessionConfig{Identity: NewIdentity([32]byte{1}), Rand: random(1)})
	b = NewSessions(SessionConfig{Identity: NewIdentity([32]byte{2}), Rand: random(2)})
	now = meet(tb, a, b)
	a.remotes.Get(b.me.key).cur.heard = true
	return a, b, now
}

func TestSealingAndOpeningDoNotAllocate(t *testing.T) {
	if built("-race") {
		t.Skip("the codec's pool of encoders allocates under the race detector")
	}
	a, b, now := pair(t)
	ping := &wire.Ping{Nonce: 1}
	buffer := make([]byte, 0, wire.MaxDatagram)
	var from Path
	round := func() {
		_ = a.Add(now, Path{Remote: addr(2)}, b.me.key, ping)
		_, _ = a.Flush(func(d []byte, p Path) error {
			buffer, from = append(buffer[:0], d...), Path{Remote: addr(2)}
			return nil
		})
		if _, _, body, err := b.Open(now, from, buffer); err != nil || len(body) == 0 {
			t.Fatal(err)
		}
	}
	round()
	// Flush's closures are made once per flush, not per datagram.
	if n := testing.AllocsPerRun(1000, round); n > 3 {
		t.Errorf("%v allocations a flush", n)
	}
	sess := a.remotes.Get(b.me.key).cur
	body := make([]byte, 1000)
	if n := testing.AllocsPerRun(1000, func() { buffer = a.seal(sess, buffer, body) }); n != 0 {
		t.Errorf("%v allocations a sealed datagram", n)
	}
	if n := testing.AllocsPerRun(1000, func() {
		buffer = a.seal(sess, buffer, body)
		_, _, _, _ = b.Open(now, from, buffer)
	}); n != 0 {
		t.Errorf("%v allocations an opened datagram", n)
	}
	garbage := append(wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation}, initiationSize), make([]byte, initiationSize)...)
	if n := testing.AllocsPerRun(1000, func() { _, _, _, _ = b.Open(now, from, garbage) }); n != 0 {
		t.Errorf("%v allocations to refuse a stranger", n)
	}
}

func BenchmarkHandshake(b *testing.B) {
	alice, bob := NewIdentity([32]byte{1}), NewIdentity([32]byte{2})
	for b.Loop() {
		meet(b, NewSessions(SessionConfig{Identity: alice}), NewSessions(SessionConfig{Identity: bob}))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
}

func BenchmarkStranger(b *testing.B) {
	_, bob, now := pair(b)
	garbage := append(wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation}, initiationSize), make([]byte, initiationSize)...)
	for b.Loop() {
		_, _, _, _ = bob.Open(now, Path{Remote: addr(3)}, garbage)
	}
}

// BenchmarkDatagram compares what a session does to a datagram of 1,200 bytes with the bare AEAD on as many. The two take turns, since the
// machine is others' too: x/bare is the median of how many times as long the session took.
func BenchmarkDatagram(b *testing.B) {
	const size = wire.MaxBody - 16
	body, ad := make([]byte, size), make([]byte, wire.HeaderSize)
	aead, _ := chacha20poly1305.New(make([]byte, 32))
	nonce, room := make([]byte, 12), make([]byte, 0, 2*wire.MaxDatagram)
	alice, bob, now := pair(b)
	ours := alice.remotes.Get(bob.me.key).cur
	theirs := bob.sessions[ours.theirs]
	b.Run("seal", func(b *testing.B) {
		compare(b, func() { room = aead.Seal(room[:0], nonce, body, ad) }, func() { room = alice.seal(ours, room[:0], body) })
	})
	sealed, d := aead.Seal(nil, nonce, body, ad), alice.seal(ours, nil, body)
	b.Run("open", func(b *testing.B) {
		compare(b, func() {
			room = append(room[:0], sealed...)
			_, _ = aead.Open(room[:0], nonce, room, ad)
		}, func() {
			theirs.window = noise.Window{} // the same one again
			room = append(room[:0], d...)
			if _, _, _, err := bob.Open(now, Path{Remote: addr(2)}, room); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// compare measures f, and how much longer it takes than bare.
func compare(b *testing.B, bare, f func()) {
	const turn = 100
	take := func(f func()) time.Duration {
		begun := time.Now()
		for range turn {
			f()
		}
		return time.Since(begun)
	}
	var ratios, times []float64
	for b.Loop() {
		without, with := take(bare), take(f)
		ratios, times = append(ratios, float64(with)/float64(without)), append(times, float64(with)/turn)
	}
	b.ReportMetric(0, "ns/op") // of a turn of both: it would only be in the way
	b.ReportMetric(median(times), "ns/datagram")
	b.ReportMetric(median(ratios), "x/bare")
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
