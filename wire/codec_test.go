package wire

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// decodeAll is the messages of a body.
func decodeAll(body []byte) ([]Message, error) {
	var d Decoder
	var all []Message
	err := d.Decode(body, func(m Message) error {
		all = append(all, m)
		return nil
	})
	return all, err
}

func encode(t testing.TB, ms ...Message) []byte {
	t.Helper()
	var b []byte
	for _, m := range ms {
		var err error
		if b, err = AppendMessage(b, m); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// datagram is a whole datagram from alice to bob.
func datagram(t testing.TB, ms ...Message) []byte {
	t.Helper()
	body := append(AppendEnvelope(nil, alice, bob), encode(t, ms...)...)
	return append(AppendHeader(nil, Header{Type: TypeOpen, Index: 1, Counter: 2}, len(body)), body...)
}

// receive is what a socket's reader does with a datagram.
func receive(d *Decoder, b []byte) ([]Message, error) {
	_, body, err := ParseDatagram(b)
	if err != nil {
		return nil, err
	}
	_, _, rest, err := ParseEnvelope(body)
	if err != nil {
		return nil, err
	}
	var all []Message
	err = d.Decode(rest, func(m Message) error {
		all = append(all, m)
		return nil
	})
	return all, err
}

// largest is a text with every field at its widest and a full body.
func largest() Text {
	return Text{
		Epoch: math.MaxUint64, ToEpoch: math.MaxUint64, Seq: math.MaxUint64 - MaxParts,
		Part: MaxParts - 1, Parts: MaxParts, Size: MaxText, Time: math.MinInt64, Flags: 0xfe,
		Body: bytes.Repeat([]byte{0xff}, PartSize),
	}
}

// longRow is a row with every field at its widest.
var longRow = Row{Key: alice, Name: strings.Repeat("𐐷", MaxName), Epoch: math.MaxUint64,
	Addr: netip.MustParseAddrPort("[2001:db8::1]:65535"), State: Online}

// widest is a message of every kind that can be too large, at its largest.
func widest() []Message {
	marks := Marks{Epoch: math.MaxUint64, ToEpoch: math.MaxUint64, Through: math.MaxUint64 - 100}
	for i := range uint64(MaxRanges) {
		n := math.MaxUint64 - 90 + 4*i
		marks.Ranges = append(marks.Ranges, Range{n, n + 1})
	}
	rows := make([]Row, TableRoom/longRow.Size())
	for i := range rows {
		rows[i] = longRow
	}
	top := uint64(math.MaxUint64)
	return []Message{
		&Table{Store: top, Since: top, Until: top, Head: top, Rows: rows},
		&Direct{Try: 255, Text: largest()},
		&Deposit{To: alice, Try: 255, Text: largest()},
		&Push{Prev: top - 1, Order: top, Try: 255, From: alice, Text: largest()},
		&PushPost{Prev: top - 1, Order: top, Try: 255, Live: true, Author: alice, Text: largest()},
		&Ack{Marks: marks, Seq: top, Try: 255},
		&Taken{From: alice, Marks: marks, Order: top, Try: 255},
		&Seen{Store: top, Through: marks.Through, Ranges: marks.Ranges, Order: top, Try: 255},
		&Receipt{To: alice, Marks: marks},
		&ReceiptAck{To: alice, Marks: marks},
	}
}

// protocol.md §3: every message fits one datagram, whatever its fields are.
func TestLargestMessagesFit(t *testing.T) {
	for _, m := range widest() {
		b := datagram(t, m)
		t.Logf("%v: %d bytes", m.Kind(), len(b))
		if len(b) > MaxDatagram {
			t.Errorf("%v: %d bytes", m.Kind(), len(b))
		}
		back, err := receive(new(Decoder), b)
		if err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], m) {
			t.Errorf("%v: came back as %+v, %v", m.Kind(), back, err)
		}
	}
	acks := widest()[5:8]
	if b := datagram(t, acks...); len(b) > MaxDatagram {
		t.Errorf("three full acknowledgements: %d bytes", len(b))
	}
}

func TestTooManyRows(t *testing.T) {
	table := widest()[0].(*Table)
	table.Rows = append(table.Rows, table.Rows...)
	b, err := AppendMessage([]byte{1, 2}, table)
	if !errors.Is(err, ErrTooLong) || !bytes.Equal(b, []byte{1, 2}) {
		t.Errorf("got %x, %v", b, err)
	}
}

func TestSeveralMessages(t *testing.T) {
	var all []Message
	var body []byte
	for _, g := range golden {
		b, err := AppendMessage(body, g.m)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > MaxMessage {
			break
		}
		body, all = b, append(all, g.m)
	}
	got, err := decodeAll(body)
	if err != nil || !reflect.DeepEqual(got, all) {
		t.Errorf("%d messages came back as %d, %v", len(all), len(got), err)
	}
}

// protocol.md §3: a kind that is not known is skipped and counted, whatever is in it.
func TestUnknownKinds(t *testing.T) {
	body := unhex(t, "92 13 c0"+"94 05 01 02 03"+"dc0002 7f 92a1619101"+"91 cdffff"+"91 ccff"+"91 cfffffffffffffffff"+"94 cd0105 01 02 03")
	var d Decoder
	var got []Message
	err := d.Decode(body, func(m Message) error {
		got = append(got, m)
		return nil
	})
	if err != nil || d.Unknown != 6 || len(got) != 1 || got[0].Kind() != KindPing {
		t.Errorf("got %+v, %d unknown, %v", got, d.Unknown, err)
	}
}

func TestDecodeStopsAtTheCallersError(t *testing.T) {
	body := encode(t, &Ping{Nonce: 1}, &Ping{Nonce: 2})
	full := errors.New("full")
	calls := 0
	err := new(Decoder).Decode(body, func(Message) error { calls++; return full })
	if err != full || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// protocol.md §3: what is wrong in one message refuses the whole body.
func TestMalformedMessages(t *testing.T) {
	tests := []struct{ name, hex string }{
		{"nothing", ""},
		{"a number", "05"},
		{"an empty array", "90"},
		{"a kind that is a string", "91 a105"},
		{"a negative kind", "91 ff"},
		{"a second envelope", "93 00" + aliceHex + bobHex},
		{"a field too few", "93 05 01 02"},
		{"a field too many", "95 05 01 02 03 04"},
		{"a last message that is cut", "94 05 01 02 03 94 05 01 02"},
		{"a good message, then a bad one", "94 05 01 02 03 94 05 01 02 a0"},
		{"garbage behind the last message", "94 05 01 02 03 c0"},
		{"nil for an integer", "94 05 c0 02 03"},
		{"a nonce of 33 bits", "94 05 cf0000000100000000 02 03"},
		{"a negative nonce", "94 05 ff 02 03"},
		{"a negative nonce of 64 bits", "94 05 d3ffffffffffffffff 02 03"},
		{"an array for an integer", "94 05 9101 02 03"},
		{"a number for a boolean", "95 06 01 01 02 03"},
		{"nil for a boolean", "95 06 01 c0 02 03"},
		{"a lease of 17 bits", "98 02 00 01 07 04 c3 05 ce00010000"},
		{"an outcome of 9 bits", "93 04 01 cd0100"},
		{"a try of 9 bits", "97 0a 05 06 00 90 01 cd0100"},
		{"a time above 63 bits", "9b 09 01 05 06 01 00 01 00 cf8000000000000000 00 c400"},
		{"a name of invalid UTF-8", "93 03 01 a2c328"},
		{"a name as bytes", "93 03 01 c40161"},
		{"a name of 129 bytes", "93 03 01 d981" + strings.Repeat("61", 129)},
		{"a body as a string", "9b 09 01 05 06 01 00 01 00 00 00 a0"},
		{"a body of nil", "9b 09 01 05 06 01 00 01 00 00 00 c0"},
		{"a key of 31 bytes", "96 11 c41f" + strings.Repeat("00", 31) + "05 06 00 90"},
		{"a key of 33 bytes", "96 11 c421" + strings.Repeat("00", 33) + "05 06 00 90"},
		{"ranges of three", "97 0a 05 06 00 91 93020202 01 01"},
		{"17 ranges", "97 0a 05 06 00 dc0011" + ranges(17) + "01 01"},
		{"a range that is a number", "97 0a 05 06 00 91 02 01 01"},
		{"an address of 5 bytes", stored("c4050102030405 01")},
		{"an address without a port", stored("c40401020304 00")},
		{"a port without an address", stored("c400 01")},
		{"a port of 17 bits", stored("c40401020304 ce00010000")},
		{"an IPv4 address in the clothes of IPv6", stored("c41000000000000000000000ffff01020304 01")},
		{"a presence that is none", "9b 0c" + bobHex + "05 06 01 02 00 02 c400 00 05"},
		{"a row with a bad name", table("91 96" + aliceHex + "a3612062 05 c400 00 00")},
		{"a row without a name", table("91 96" + aliceHex + "a0 05 c400 00 00")},
		{"a row of five", table("91 95" + aliceHex + "a161 05 c400 00")},
		{"a row with a presence that is none", table("91 96" + aliceHex + "a161 05 c400 00 02")},
		{"rows that are a bin", table("c400")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeAll(unhex(t, tt.hex))
			if !errors.Is(err, ErrMalformed) || got != nil {
				t.Errorf("got %+v, %v", got, err)
			}
			if strings.Count(fmt.Sprint(err), "malformed") != 1 {
				t.Errorf("the error repeats itself: %v", err)
			}
		})
	}
}

func ranges(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "92%02x%02x", 2*i+2, 2*i+2)
	}
	return s.String()
}

func stored(addr string) string { return "9b 0c" + bobHex + "05 06 01 02 00 01" + addr + "05" }
func table(rows string) string  { return "96 07 07 03 05 08" + rows }

// protocol.md §5 and §6: what contradicts itself is neither sent nor taken.
func TestContradictions(t *testing.T) {
	text := func(change func(*Text)) Message {
		d := &Direct{Try: 1, Text: Text{Epoch: 1, ToEpoch: 1, Seq: 5, Part: 1, Parts: 2, Size: 1000, Body: []byte("hi")}}
		change(&d.Text)
		return d
	}
	marks := func(through uint64, ranges ...Range) Message {
		return &Ack{Marks: Marks{Epoch: 1, ToEpoch: 1, Through: through, Ranges: ranges}, Seq: 1, Try: 1}
	}
	addr := netip.MustParseAddrPort("192.0.2.1:9")
	tests := []struct {
		name string
		m    Message
		ok   bool
	}{
		{"a text", text(func(*Text) {}), true},
		{"no parts", text(func(x *Text) { x.Part, x.Parts = 0, 0 }), false},
		{"a part behind the last", text(func(x *Text) { x.Part = 2 }), false},
		{"the most parts", text(func(x *Text) { x.Parts = MaxParts }), true},
		{"a part too many", text(func(x *Text) { x.Parts = MaxParts + 1 }), false},
		{"seq 0", text(func(x *Text) { x.Seq, x.Part = 0, 0 }), false},
		{"a first part at seq 0", text(func(x *Text) { x.Seq = 1 }), false},
		{"a first part at seq 1", text(func(x *Text) { x.Seq = 2 }), true},
		{"the last seqs", text(func(x *Text) { x.Seq = math.MaxUint64 - 1 }), true},
		{"parts beyond the last seq", text(func(x *Text) { x.Seq = math.MaxUint64 }), false},
		{"the longest text", text(func(x *Text) { x.Size = MaxText }), true},
		{"a text too long", text(func(x *Text) { x.Size = MaxText + 1 }), false},
		{"a full part", text(func(x *Text) { x.Body = make([]byte, PartSize) }), true},
		{"a part too long", text(func(x *Text) { x.Body = make([]byte, PartSize+1) }), false},
		{"a void", text(func(x *Text) { x.Flags, x.Body = FlagVoid, nil }), true},
		{"a void with a body", text(func(x *Text) { x.Flags = FlagVoid }), false},
		{"flags to come", text(func(x *Text) { x.Flags = 0xfe }), true},
		{"a push after itself", &Push{Prev: 5, Order: 5, Text: note}, false},
		{"a post after a later one", &PushPost{Prev: 6, Order: 5, Text: note}, false},
		{"marks", marks(5, Range{7, 7}, Range{9, 12}), true},
		{"ranges side by side", marks(5, Range{7, 7}, Range{8, 12}), true},
		{"a range at the watermark", marks(5, Range{6, 7}), false},
		{"a range below the watermark", marks(5, Range{2, 3}), false},
		{"a range that ends before it begins", marks(5, Range{8, 7}), false},
		{"ranges that overlap", marks(5, Range{7, 9}, Range{9, 10}), false},
		{"ranges that descend", marks(5, Range{9, 9}, Range{7, 7}), false},
		{"a range at the end of all seqs", marks(5, Range{9, math.MaxUint64}), true},
		{"a range behind the end of all seqs", marks(5, Range{9, math.MaxUint64}, Range{0, 1}), false},
		{"a range above the last seq", marks(math.MaxUint64, Range{0, 1}), false},
		{"orders seen twice", &Seen{Through: 5, Ranges: []Range{{4, 8}}}, false},
		{"a table backwards", &Table{Since: 3, Until: 2, Head: 4}, false},
		{"a table beyond its head", &Table{Since: 3, Until: 5, Head: 4}, false},
		{"a row with a bad name", &Table{Rows: []Row{{Name: "a b"}}}, false},
		{"a row with a good name", &Table{Rows: []Row{{Name: "a.b"}}}, true},
		{"a row with an address without a port", &Table{Rows: []Row{{Name: "a", Addr: netip.AddrPortFrom(addr.Addr(), 0)}}}, false},
		{"a port without an address", &Stored{Addr: netip.AddrPortFrom(netip.Addr{}, 9)}, false},
		{"an address", &Stored{Addr: addr}, true},
		{"a presence that is none", &Stored{State: 2}, false},
		{"a request for a bad name", &Register{Name: "a b"}, true},
		{"a request for a name of invalid UTF-8", &Register{Name: "a\xff"}, false},
		{"a request for a name too long to read", &Deregister{Name: strings.Repeat("a", MaxNameBytes+1)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := AppendMessage(nil, tt.m)
			if errors.Is(err, ErrMalformed) == tt.ok || tt.ok && err != nil {
				t.Errorf("encode: %v", err)
			}
			w := encoders.New().(*encoder) // past the check
			w.enc.ResetWriter(&w.sink)
			if err := tt.m.EncodeMsgpack(w.enc); err != nil {
				t.Fatal(err)
			}
			got, err := decodeAll(w.sink.b)
			if errors.Is(err, ErrMalformed) == tt.ok || tt.ok && !reflect.DeepEqual(got[0], tt.m) {
				t.Errorf("decode: %+v, %v", got, err)
			}
		})
	}
}

// Addresses arrive as the rest of the program compares them: unmapped and without a zone.
func TestAddressesAreUnmapped(t *testing.T) {
	for in, want := range map[string]string{
		"[::ffff:192.0.2.1]:9": "192.0.2.1:9",
		"[fe80::1%eth0]:9":     "[fe80::1]:9",
	} {
		got, err := decodeAll(encode(t, &Stored{Addr: netip.MustParseAddrPort(in)}))
		if err != nil || got[0].(*Stored).Addr.String() != want {
			t.Errorf("%s came back as %+v, %v", in, got, err)
		}
	}
}

func TestIntegersOfAnyWidth(t *testing.T) {
	for _, five := range []string{"05", "cc05", "cd0005", "ce00000005", "cf0000000000000005", "d005", "d10005", "d200000005", "d30000000000000005"} {
		got, err := decodeAll(unhex(t, "94 05 05 05"+five))
		if err != nil || *got[0].(*Ping) != (Ping{5, 5, 5}) {
			t.Errorf("%s: %+v, %v", five, got, err)
		}
		got, err = decodeAll(unhex(t, "9b 09 01 05 06 01 00 01 00"+five+"00 c400"))
		if err != nil || got[0].(*Direct).Text.Time != 5 {
			t.Errorf("%s as time: %+v, %v", five, got, err)
		}
	}
	for _, n := range []int64{math.MinInt64, math.MinInt32, math.MinInt16, math.MinInt8, -33, -32, -1, 0, math.MaxInt64} {
		got, err := decodeAll(encode(t, &Direct{Text: Text{Seq: 1, Parts: 1, Time: n}}))
		if err != nil || got[0].(*Direct).Text.Time != n {
			t.Errorf("time %d: %+v, %v", n, got, err)
		}
	}
}

func TestBodyIsAPartOfTheDatagram(t *testing.T) {
	b := encode(t, &Direct{Text: Text{Seq: 1, Parts: 1, Body: []byte("hi")}}, &Ping{})
	want := bytes.Clone(b)
	got, err := decodeAll(b)
	if err != nil {
		t.Fatal(err)
	}
	body := got[0].(*Direct).Text.Body
	if &body[0] != &b[bytes.Index(b, []byte("hi"))] {
		t.Error("the body was copied")
	}
	if _ = append(body, "more"...); !bytes.Equal(b, want) {
		t.Error("an append to the body writes into the next message")
	}
}

// protocol.md §2 and §3: of a datagram no shorter beginning is a datagram.
func TestEveryTruncationIsRefused(t *testing.T) {
	ms := widest()
	for _, g := range golden {
		ms = append(ms, g.m)
	}
	var d Decoder
	for _, m := range ms {
		b := datagram(t, m)
		for n := range len(b) {
			if got, err := receive(&d, b[:n]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%v: %d of %d bytes gave %+v, %v", m.Kind(), n, len(b), got, err)
			}
		}
		body := encode(t, m)
		for n := range len(body) {
			if got, err := decodeAll(body[:n]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%v: %d of %d bytes of the body gave %+v, %v", m.Kind(), n, len(body), got, err)
			}
		}
		if got, err := receive(&d, append(b, 0)); !errors.Is(err, ErrMalformed) {
			t.Fatalf("%v: a byte too many gave %+v, %v", m.Kind(), got, err)
		}
	}
}

// A bit that flips may make another message or none; it makes no panic, and what it makes can be encoded again.
func TestEveryBitFlipIsSurvived(t *testing.T) {
	var d Decoder
	for _, g := range golden {
		b := datagram(t, g.m)
		for i := range 8 * len(b) {
			b[i/8] ^= 1 << (i % 8)
			got, err := receive(&d, b)
			if err != nil && !errors.Is(err, ErrMalformed) {
				t.Fatalf("%v, bit %d: %v", g.m.Kind(), i, err)
			}
			for _, m := range got {
				if _, err := AppendMessage(nil, m); err != nil {
					t.Fatalf("%v, bit %d: %v", g.m.Kind(), i, err)
				}
			}
			b[i/8] ^= 1 << (i % 8)
		}
	}
}

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
		"tables":           "96 07 00 00 00 00 90",
		"pings":            "94 05 00 00 00",
		"unknown":          "91 7f",
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
	addr := &Stored{To: bob, Addr: netip.MustParseAddrPort("[2001:db8::1]:9")}
	for name, tt := range map[string]struct {
		most float64
		f    func()
	}{
		"header":          {0, func() { AppendHeader(buf, Header{Type: TypeOpen}, 100) }},
		"parse":           {0, func() { _, _, _ = ParseDatagram(whole) }},
		"refuse":          {0, func() { _, _, _ = ParseDatagram(whole[:40]) }},
		"envelope":        {0, func() { AppendEnvelope(buf, alice, bob) }},
		"parse envelope":  {0, func() { _, _, _, _ = ParseEnvelope(whole[HeaderSize:]) }},
		"guard":           {0, func() { _ = guard(body) }},
		"encode":          {0, func() { _, _ = AppendMessage(buf, m) }},
		"encode address":  {0, func() { _, _ = AppendMessage(buf, addr) }},
		"decode one text": {1, func() { _ = d.Decode(body, none) }},
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
		_, _, rest, _ := ParseEnvelope(body)
		_ = d.Decode(rest, func(Message) error { return nil })
	}
}

// FuzzDatagram: what is accepted is encoded to something that is accepted as the same.
func FuzzDatagram(f *testing.F) {
	for _, g := range golden {
		f.Add(datagram(f, g.m))
	}
	for _, m := range widest() {
		f.Add(datagram(f, m))
	}
	f.Add(datagram(f, &Ping{}, &Ack{Marks: had}, &Pong{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Decoder
		got, err := receive(&d, b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if len(got) == 0 {
			return // all of them unknown
		}
		again := datagram(t, got...)
		back, err := receive(&d, again)
		if err != nil || !reflect.DeepEqual(back, got) {
			t.Fatalf("%+v came back as %+v, %v", got, back, err)
		}
		if !bytes.Equal(datagram(t, back...), again) {
			t.Fatal("two encodings differ")
		}
	})
}
