package wire

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

var (
	alice = Key{0: 0xa1, 31: 0x1a}
	bob   = Key{0: 0xb0, 31: 0x0b}
	note  = Text{Epoch: 0x1122334455667788, ToEpoch: 9, Seq: 300, Part: 1, Parts: 2, Size: 962, Time: 1700000000000, Body: []byte("hi")}
	had   = Marks{Epoch: 70000, ToEpoch: 9, Through: 12, Ranges: []Range{{14, 14}, {20, 300}}}
)

// card is an encoded card, as far as this package looks into one.
var (
	card    = bytes.Repeat([]byte{0xca}, CardSize)
	cardRaw = strings.Repeat("ca", 196)
	cardHex = "c4c4" + cardRaw
	headRaw = strings.Repeat("ad", RowHead)
)

const (
	aliceHex = "c420a10000000000000000000000000000000000000000000000000000000000001a"
	bobHex   = "c420b00000000000000000000000000000000000000000000000000000000000000b"
	noteHex  = "cf1122334455667788 09 cd012c 01 02 cd03c2 cf0000018bcfe56800 00 c4026869"
	hadHex   = "ce00011170 09 0c 92 920e0e 9214cd012c"
)

// golden is one message of every kind: as bytes, as a value, and as any msgpack tool prints it.
var golden = []struct {
	hex   string
	m     Message
	plain string
}{
	{"9a 01 cdbeef a3616e6e 05 07 03 02 04" + cardHex + "02",
		&Register{Request: 0xbeef, Name: "ann", Epoch: 5, Store: 7, Revision: 3, Seen: 2, Order: 4, Card: card, Mode: Sender},
		`[1 48879 "ann" 5 7 3 2 4 <` + cardRaw + `> 2]`},
	{"99 02 cdbeef 01 07 04 c3 ce00010000 5a cd0102",
		&Registered{Request: 0xbeef, Outcome: NameTaken, Store: 7, Revision: 4, Waiting: true, MaxMessage: MaxText, Lease: 90, Order: 258},
		`[2 48879 1 7 4 true 65536 90 258]`},
	{"93 03 ce80000000 a6d0b0d0bdd18f",
		&Deregister{Request: 1 << 31, Name: "аня"},
		`[3 2147483648 "аня"]`},
	{"93 04 ceffffffff 04",
		&Deregistered{Request: math.MaxUint32, Outcome: NotYours},
		`[4 4294967295 4]`},
	{"95 05 cc80 07 04 09",
		&Ping{Nonce: 128, Store: 7, Revision: 4, Order: 9},
		`[5 128 7 4 9]`},
	{"96 06 7f c2 07 cfffffffffffffffff 00",
		&Pong{Nonce: 127, Store: 7, Revision: math.MaxUint64},
		`[6 127 false 7 18446744073709551615 0]`},
	{"95 07 0a 02 c3 92" +
		"92 a3616e6e c42f" + aliceHex[4:] + "0000000000000005 01 2328 c0000201" +
		"92 a3626f62 c43b" + bobHex[4:] + "0000000000000006 00 2329 20010db8000000000000000000000001",
		&Table{Base: TableBase(7, 3), Span: 2, More: true, Rows: []Row{
			{Key: alice, Name: "ann", Epoch: 5, Addr: netip.MustParseAddrPort("192.0.2.1:9000"), State: Online},
			{Key: bob, Name: "bob", Epoch: 6, Addr: netip.MustParseAddrPort("[2001:db8::1]:9001")},
		}},
		`[7 10 2 true [["ann" <` + aliceHex[4:] + `0000000000000005012328c0000201>] ["bob" <` + bobHex[4:] + `000000000000000600232920010db8000000000000000000000001>]]]`},
	{"93 08 07 05",
		&TableAck{Store: 7, Revision: 5},
		`[8 7 5]`},
	{"9b 09 03" + noteHex,
		&Direct{Try: 3, Text: note},
		`[9 3 1234605616436508552 9 300 1 2 962 1700000000000 0 <6869>]`},
	{"97 0a" + hadHex + "14 03",
		&Ack{Marks: had, Seq: 20, Try: 3},
		`[10 70000 9 12 [[14 14] [20 300]] 20 3]`},
	{"9d 0b" + bobHex + "ccff 01 05 06 01 00 01 00 ff 01 c400",
		&Deposit{To: bob, Try: 255, Base: 1, Text: Text{Epoch: 5, ToEpoch: 6, Seq: 1, Parts: 1, Time: -1, Flags: FlagVoid}},
		`[11 <` + bobHex[4:] + `> 255 1 5 6 1 0 1 0 -1 1 <>]`},
	{"9c 0c" + bobHex + "05 06 01 02 05 00 c400 00 cd1000 c3",
		&Stored{To: bob, Epoch: 5, ToEpoch: 6, Seq: 1, Try: 2, Verdict: NoClient, Order: 4096, Again: true},
		`[12 <` + bobHex[4:] + `> 5 6 1 2 5 0 <> 0 4096 true]`},
	{"9e 0d 04 05 01" + aliceHex + noteHex,
		&Push{Prev: 4, Order: 5, Try: 1, From: alice, Text: note},
		`[13 4 5 1 <` + aliceHex[4:] + `> 1234605616436508552 9 300 1 2 962 1700000000000 0 <6869>]`},
	{"99 0e" + aliceHex + hadHex + "05 01 02",
		&Taken{From: alice, Marks: had, Order: 5, Try: 1, Refusal: Anew},
		`[14 <` + aliceHex[4:] + `> 70000 9 12 [[14 14] [20 300]] 5 1 2]`},
	{"9f 0f 00 05 01 c3" + aliceHex + noteHex,
		&PushPost{Prev: 0, Order: 5, Try: 1, Live: true, Author: alice, Text: note},
		`[15 0 5 1 true <` + aliceHex[4:] + `> 1234605616436508552 9 300 1 2 962 1700000000000 0 <6869>]`},
	{"96 10 07 05 90 05 01",
		&Seen{Store: 7, Through: 5, Order: 5, Try: 1},
		`[16 7 5 [] 5 1]`},
	{"96 11" + bobHex + hadHex,
		&Receipt{To: bob, Marks: had},
		`[17 <` + bobHex[4:] + `> 70000 9 12 [[14 14] [20 300]]]`},
	{"96 12" + bobHex + hadHex,
		&ReceiptAck{To: bob, Marks: had},
		`[18 <` + bobHex[4:] + `> 70000 9 12 [[14 14] [20 300]]]`},
	{"92 13" + bobHex,
		&Lookup{Key: bob},
		`[19 <` + bobHex[4:] + `>]`},
	{"93 14" + bobHex + cardHex,
		&Found{Key: bob, Card: card},
		`[20 <` + bobHex[4:] + `> <` + cardRaw + `>]`},
	{"92 15 a3616e6e",
		&Find{Name: "ann"},
		`[21 "ann"]`},
	{"93 16 a3616e6e 91" +
		"92 a3616e6e c42f" + aliceHex[4:] + "0000000000000005 01 2328 c0000201",
		&Named{Name: "ann", Rows: []Row{{Key: alice, Name: "ann", Epoch: 5, Addr: netip.MustParseAddrPort("192.0.2.1:9000"), State: Online}}},
		`[22 "ann" [["ann" <` + aliceHex[4:] + `0000000000000005012328c0000201>]]]`},
	{"93 17 cdbeef fe",
		&Clock{Nonce: 0xbeef, Time: -2},
		`[23 48879 -2]`},
	{"93 18 cd2710 07",
		&Crowd{Clients: 10000, Present: 7},
		`[24 10000 7]`},
	{"9a 19 04 c3" + aliceHex + "05 00 cd012c c470" + headRaw + "c420" + headRaw[:64] + "92" +
		"98 01 04 00 01 02 cf0000018bcfe56800 06 c4026869" +
		"98 cd0100 05 01 02 cd0371 fb 06 c40161",
		&PushRow{Prev: 4, Live: true, Author: alice, Head: bytes.Repeat([]byte{0xad}, RowHead), Path: bytes.Repeat([]byte{0xad}, 32), Posts: []RowPost{
			{Order: 5, Position: 4, Text: Text{Epoch: 5, Seq: 300, Parts: 1, Size: 2, Time: 1700000000000, Flags: 6, Body: []byte("hi")}},
			{Order: 261, Position: 5, Text: Text{Epoch: 5, Seq: 301, Part: 1, Parts: 2, Size: 881, Time: 1699999999995, Flags: 6, Body: []byte("a")}}}},
		`[25 4 true <` + aliceHex[4:] + `> 5 0 300 <` + headRaw + `> <` + headRaw[:64] + `> [[1 4 0 1 2 1700000000000 6 <6869>] [256 5 1 2 881 -5 6 <61>]]]`},
	{"93 1a 07 cd012c",
		&Gone{Store: 7, Order: 300},
		`[26 7 300]`},
}

// lastKind is the kind with the highest number.
const lastKind = KindGone

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plain prints a value that the library decoded without knowing our kinds.
func plain(v any) string {
	switch v := v.(type) {
	case []byte:
		return "<" + hex.EncodeToString(v) + ">"
	case string:
		return fmt.Sprintf("%q", v)
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, plain(e))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return fmt.Sprint(v)
}

// protocol.md §4: every kind, byte by byte.
func TestGolden(t *testing.T) {
	seen := map[Kind]bool{}
	for _, g := range golden {
		t.Run(g.m.Kind().String(), func(t *testing.T) {
			seen[g.m.Kind()] = true
			want := unhex(t, g.hex)
			got, err := AppendMessage(nil, g.m)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("encoded\n%x, %v, want\n%x", got, err, want)
			}
			back, err := decodeAll(want)
			if err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], g.m) {
				t.Errorf("decoded %+v, %v, want %+v", back, err, g.m)
			}
			var v any
			if err := msgpack.Unmarshal(want, &v); err != nil || plain(v) != g.plain {
				t.Errorf("a msgpack tool prints\n%s, %v, want\n%s", plain(v), err, g.plain)
			}
		})
	}
	if newMessage(0) != nil || newMessage(lastKind+1) != nil {
		t.Errorf("%v or %v is a message", Kind(0), lastKind+1)
	}
	for k := KindRegister; k <= lastKind; k++ {
		if !seen[k] {
			t.Errorf("no golden bytes for %v", k)
		}
	}
}

// The methods of the messages also serve the library's own Marshal and Unmarshal, which bring other readers and writers.
func TestMarshal(t *testing.T) {
	for _, g := range golden {
		b, err := msgpack.Marshal(g.m)
		if err != nil || !bytes.Equal(b, unhex(t, g.hex)) {
			t.Errorf("%v: marshalled %x, %v", g.m.Kind(), b, err)
		}
		m := newMessage(g.m.Kind())
		if err := msgpack.Unmarshal(b, m); err != nil || !reflect.DeepEqual(m, g.m) {
			t.Errorf("%v: unmarshalled %+v, %v", g.m.Kind(), m, err)
		}
	}
}

// protocol.md §2: a whole datagram, byte by byte, before it is sealed.
func TestGoldenDatagram(t *testing.T) {
	want := unhex(t, "94 02 ce00000009 cf0000000000000007 c5000c"+
		"95 05 01 02 03 00"+
		"95 05 04 05 06 00")
	body, err := AppendMessage(nil, &Ping{Nonce: 1, Store: 2, Revision: 3})
	if err != nil {
		t.Fatal(err)
	}
	if body, err = AppendMessage(body, &Ping{Nonce: 4, Store: 5, Revision: 6}); err != nil {
		t.Fatal(err)
	}
	got := append(AppendHeader(nil, Header{Type: TypeData, Index: 9, Counter: 7}, len(body)), body...)
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%x, want\n%x", got, want)
	}
	var v any
	if err := msgpack.Unmarshal(want, &v); err != nil || plain(v) != "[2 9 7 <950501020300950504050600>]" {
		t.Errorf("a msgpack tool prints %s, %v", plain(v), err)
	}
}
