package wire

import (
	"bytes"
	"net/netip"
	"runtime"
	"strings"
	"testing"
)

// allocated is how many bytes f takes from the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The most that a valid body makes the decoder allocate is bounded as well.
func TestCrowdedBodies(t *testing.T) {
	for name, one := range map[string]string{
		"acknowledgements": "97 0a 00 00 00 90 00 00",
		"texts":            "9b 09 00 00 00 01 00 01 00 00 00 c400",
		"tables":           "95 07 00 00 c2 90",
		"pings":            "95 05 00 00 00 00",
		"unknown":          "91 7f",
		"lookups":          "92 13" + aliceHex,
		"founds":           "93 14" + aliceHex + "c400",
		"cards":            "9a 01 00 a0 00 00 00 00 00" + cardHex + "00",
		"finds":            "92 15 a0",
		"names":            "93 16 a0 90",
	} {
		b := unhex(t, strings.Repeat(one, MaxMessage/len(unhex(t, one))))
		var d Decoder
		n := allocated(func() {
			if err := d.Decode(b, func(Message) error { return nil }); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if n >= 64<<10 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
}

func hundred() *Direct {
	return &Direct{Try: 1, Text: Text{Epoch: 0x1122334455667788, ToEpoch: 0x8877665544332211, Seq: 300, Parts: 1,
		Size: 100, Time: 1700000000000, Body: bytes.Repeat([]byte("a"), 100)}}
}

func TestAllocations(t *testing.T) {
	m := hundred()
	body := encode(t, m)
	whole := datagram(t, m)
	buf := make([]byte, 0, MaxDatagram)
	var d Decoder
	none := func(Message) error { return nil }
	found := &Found{Key: bob, Card: card}
	carded := encode(t, found)
	addr := &Stored{To: bob, Addr: netip.MustParseAddrPort("[2001:db8::1]:9")}
	for name, tt := range map[string]struct {
		most float64
		f    func()
	}{
		"header":          {0, func() { AppendHeader(buf, Header{Type: TypeData}, 100) }},
		"parse":           {0, func() { _, _, _ = ParseDatagram(whole) }},
		"refuse":          {0, func() { _, _, _ = ParseDatagram(whole[:40]) }},
		"guard":           {0, func() { _ = guard(body) }},
		"encode":          {0, func() { _, _ = AppendMessage(buf, m) }},
		"encode address":  {0, func() { _, _ = AppendMessage(buf, addr) }},
		"encode card":     {0, func() { _, _ = AppendMessage(buf, found) }},
		"decode one text": {0, func() { _ = d.Decode(body, none) }},
		"decode one card": {1, func() { _ = d.Decode(carded, none) }},
	} {
		if n := testing.AllocsPerRun(1000, tt.f); n > tt.most && !raceEnabled {
			t.Errorf("%s: %v allocations, want at most %v", name, n, tt.most)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := hundred()
	buf := make([]byte, 0, MaxDatagram)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = AppendMessage(buf, m)
	}
}

func BenchmarkDecode(b *testing.B) {
	body := encode(b, hundred())
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		_ = d.Decode(body, func(Message) error { return nil })
	}
}

func BenchmarkGuard(b *testing.B) {
	body := encode(b, hundred())
	b.ReportAllocs()
	for b.Loop() {
		_ = guard(body)
	}
}

func BenchmarkReceive(b *testing.B) {
	whole := datagram(b, hundred())
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		_, body, _ := ParseDatagram(whole)
		_ = d.Decode(body, func(Message) error { return nil })
	}
}
