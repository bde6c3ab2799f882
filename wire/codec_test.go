package wire

import (
	"bytes"
	"errors"
	"math"
	"net/netip"
	"reflect"
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
	b := encode(t, &Direct{Text: Text{Seq: 1, Parts: 1, Size: 2, Body: []byte("hi")}}, &Ping{})
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
