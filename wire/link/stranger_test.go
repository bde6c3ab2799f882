package link

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// protocol.md §2, §13: what is not a datagram of ours, or of no use, is refused for a reason, and counted by it.
func TestRefusals(t *testing.T) {
	plain := func(h wire.Header, size int) []byte {
		return append(wire.AppendHeader(nil, h, size), make([]byte, size)...)
	}
	good := plain(wire.Header{Type: wire.TypeData, Index: 7}, 40)
	changed := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	for _, c := range []struct {
		name     string
		datagram []byte
		want     error
	}{
		{"nothing", nil, wire.ErrMalformed},
		{"text", []byte("hello, is anybody there? I speak plain text"), wire.ErrMalformed},
		{"another marker", changed(0, 0x93), wire.ErrMalformed},
		{"a byte more", append(bytes.Clone(good), 0), wire.ErrMalformed},
		{"too long", plain(wire.Header{Type: wire.TypeData}, wire.MaxBody+1), wire.ErrMalformed},
		{"type 0", changed(1, 0), ErrForeign},
		{"version 1", changed(1, 1), ErrForeign},
		{"the first type without a meaning", changed(1, wire.TypeKeyAnswer+1), ErrForeign},
		{"the last type", changed(1, 127), ErrForeign},
		{"no session", good, ErrUnknown},
		{"an initiation too short", plain(wire.Header{Type: wire.TypeInitiation}, initiationSize-1), wire.ErrMalformed},
		{"an initiation too long", plain(wire.Header{Type: wire.TypeInitiation}, initiationSize+1), wire.ErrMalformed},
		{"an initiation with a counter", plain(wire.Header{Type: wire.TypeInitiation, Counter: 1}, initiationSize), wire.ErrMalformed},
		{"an initiation without a mac", plain(wire.Header{Type: wire.TypeInitiation}, initiationSize), ErrStranger},
		{"a response too short", plain(wire.Header{Type: wire.TypeResponse}, responseSize-1), wire.ErrMalformed},
		{"a response with a counter", plain(wire.Header{Type: wire.TypeResponse, Counter: 1}, responseSize), wire.ErrMalformed},
		{"a response without a mac", plain(wire.Header{Type: wire.TypeResponse}, responseSize), ErrStranger},
		{"a cookie too long", plain(wire.Header{Type: wire.TypeCookie}, noise.CookieSize+1), wire.ErrMalformed},
		{"a cookie for nothing", plain(wire.Header{Type: wire.TypeCookie}, noise.CookieSize), ErrUnknown},
		{"a reset too short", plain(wire.Header{Type: wire.TypeReset}, noise.MacSize-1), wire.ErrMalformed},
		{"a reset of nothing", plain(wire.Header{Type: wire.TypeReset}, noise.MacSize), ErrUnknown},
		{"a key request too short to be answered", plain(wire.Header{Type: wire.TypeKeyRequest}, keyAnswerSize-1), wire.ErrMalformed},
		{"a key request", plain(wire.Header{Type: wire.TypeKeyRequest}, keyAnswerSize), ErrStranger},
		{"a key answer too short", plain(wire.Header{Type: wire.TypeKeyAnswer}, keyAnswerSize-1), wire.ErrMalformed},
		{"a key answer to nobody", plain(wire.Header{Type: wire.TypeKeyAnswer}, keyAnswerSize), ErrUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newLab(t).party(1, SessionConfig{})
			if err := p.open(addr(2), c.datagram); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			n := p.s.Counts
			count := map[error]uint64{wire.ErrMalformed: n.Malformed, ErrForeign: n.Foreign, ErrStranger: n.Strangers, ErrUnknown: n.Unknown}
			if count[c.want] != 1 || n.Malformed+n.Foreign+n.Strangers+n.Unknown != 1 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

// protocol.md §13.2, §13.10: who knows the key, and answers nobody, takes no more than the room for those who are not confirmed; and the
// room is free again after their time.
func TestRoomForStrangersIsBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  SessionConfig
	}{
		{"unconfirmed sessions", SessionConfig{Server: true, Handshakes: 1 << 20, MaxPending: 50}},
		{"all sessions", SessionConfig{Server: true, Handshakes: 1 << 20, MaxSessions: 50}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			l.drop = func(flight) bool { return true }
			server := l.party(2, c.cfg)
			flood := func() (busy int) {
				for i := range byte(200) {
					id := NewIdentity([32]byte{99, i})
					b := initiation(t, id.static, id.credential(nil), server.id.card.Static, uint32(i)+1, i)
					if errors.Is(server.open(addr(2000+int(i)), b), ErrBusy) {
						busy++
					}
				}
				return busy
			}
			for round := range 2 {
				if busy := flood(); busy != 150 || len(server.s.pending) != 50 || len(server.s.sessions) != 50 {
					t.Errorf("round %d: %d refused, %d pending", round, busy, len(server.s.pending))
				}
				l.run(11 * time.Second)
				if n := len(server.s.pending) + len(server.s.sessions) + len(server.s.askers) + len(server.s.expiry); n != 0 {
					t.Errorf("round %d: %d stay", round, n)
				}
			}
		})
	}
}

// cost is the least that f took in some tries, in bytes of the heap and in time: the machine is others' too.
func cost(tries int, f func(try int)) (size uint64, took time.Duration) {
	size, took = 1<<62, time.Hour
	var before, after runtime.MemStats
	for try := range tries {
		runtime.ReadMemStats(&before)
		begun := time.Now()
		f(try)
		took = min(took, time.Since(begun))
		runtime.ReadMemStats(&after)
		size = min(size, after.TotalAlloc-before.TotalAlloc)
	}
	return size, took
}

// protocol.md §13.3: before a datagram's sender has proved anything it costs at most 64 KiB and a millisecond, whatever it is.
// The dearest is an initiation by who knows our static key, which is no secret.
func TestStrangersCostLittle(t *testing.T) {
	most, longest := uint64(64<<10), time.Millisecond
	if built("-race") {
		longest *= 20
	}
	l := newLab(t)
	a := l.party(1, SessionConfig{})
	calm, busy := l.party(2, SessionConfig{KeyRequests: true}), l.party(3, SessionConfig{KeyRequests: true, Handshakes: 1})
	for _, p := range []*party{calm, busy} {
		check := func(name string, tries int, datagram func(try int) []byte) {
			t.Helper()
			all := make([][]byte, tries)
			size, took := most+1, longest
			for again := 0; again < 10 && took >= longest; again++ { // the machine may have been busy with something else
				for i := range all {
					all[i] = datagram(again*tries + i)
				}
				size, took = cost(tries, func(try int) { _, _, _, _ = p.s.Open(l.now, Path{Remote: addr(100 + try)}, all[try]) })
			}
			if tries == 40 {
				t.Logf("%s: %d bytes, %v", name, size, took)
			}
			if p.flush(); size > most || took >= longest {
				t.Errorf("%s: %d bytes, %v", name, size, took)
			}
			l.now = l.now.Add(2 * time.Second)
		}
		for kind := range uint8(12) {
			for size := 0; size <= wire.MaxDatagram+1; size += 1 + size%11*7 {
				check(fmt.Sprintf("type %d of %d bytes", kind, size), 2, func(int) []byte {
					b := make([]byte, size)
					if size >= wire.HeaderSize {
						wire.AppendHeader(b[:0], wire.Header{Type: kind}, size-wire.HeaderSize)
					}
					return b
				})
			}
			for _, size := range []int{initiationSize, responseSize, noise.CookieSize, noise.MacSize, keyAnswerSize, wire.MaxBody} {
				check(fmt.Sprintf("type %d with a body of %d bytes and a mac", kind, size), 3, func(int) []byte {
					b := append(wire.AppendHeader(nil, wire.Header{Type: kind, Index: 1}, size), make([]byte, size)...)
					if size >= macsSize {
						sum := p.s.mac.Sum(b[:len(b)-macsSize])
						copy(b[len(b)-macsSize:], sum[:])
					}
					return b
				})
			}
		}
		check("an initiation", 40, func(try int) []byte {
			return initiation(t, a.id.static, a.id.credential(nil), p.id.card.Static, uint32(try+1), byte(try))
		})
		mallory := NewIdentity([32]byte{66})
		check("an initiation in another's name", 40, func(try int) []byte {
			return initiation(t, mallory.static, a.id.credential(nil), p.id.card.Static, uint32(try+1), byte(try))
		})
	}
	if calm.s.Counts.Forged == 0 || len(calm.s.pending) == 0 || busy.s.Counts.Cookies == 0 {
		t.Errorf("the test did not come to everything: %+v, %+v", calm.s.Counts, busy.s.Counts)
	}
}
