package wire

import (
	"bytes"
	"errors"
	"math"
	"net/netip"
	"reflect"
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

// datagram is a whole datagram, before it is sealed.
func datagram(t testing.TB, ms ...Message) []byte {
	t.Helper()
	body := encode(t, ms...)
	return append(AppendHeader(nil, Header{Type: TypeData, Index: 1, Counter: 2}, len(body)), body...)
}

// receive takes a datagram apart that nothing sealed.
func receive(d *Decoder, b []byte) ([]Message, error) {
	_, body, err := ParseDatagram(b)
	if err != nil {
		return nil, err
	}
	var all []Message
	err = d.Decode(body, func(m Message) error {
		all = append(all, m)
		return nil
	})
	return all, err
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
	body := unhex(t, "92 1f c0"+"95 05 01 02 03 04"+"dc0002 7f 92a1619101"+"91 cdffff"+"91 ccff"+"91 cfffffffffffffffff"+"94 cd0105 01 02 03")
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
		got, err := decodeAll(unhex(t, "95 05 05 05 05"+five))
		if err != nil || *got[0].(*Ping) != (Ping{5, 5, 5, 5}) {
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
