package wire

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
)

// What stands in a row before its posts, and a post of one.
var rowHex = "04 c3" + aliceHex + "05 00 01 c470" + headRaw + "c400"

const post1 = "98 01 04 00 01 01 00 06 c40161"

func row(before, posts string) string { return "9a 19" + before + posts }

// protocol.md §3: what is wrong in one message refuses the whole body.
func TestMalformedMessages(t *testing.T) {
	tests := []struct{ name, hex string }{
		{"nothing", ""},
		{"a number", "05"},
		{"an empty array", "90"},
		{"a kind that is a string", "91 a105"},
		{"a negative kind", "91 ff"},
		{"the envelope of version 1", "93 00" + aliceHex + bobHex + "95 05 01 02 03 04"},
		{"a field too few", "94 05 01 02 03"},
		{"a field too many", "96 05 01 02 03 04 05"},
		{"a last message that is cut", "95 05 01 02 03 04 95 05 01 02"},
		{"a good message, then a bad one", "95 05 01 02 03 04 95 05 01 02 03 a0"},
		{"garbage behind the last message", "95 05 01 02 03 04 c0"},
		{"nil for an integer", "95 05 c0 02 03 04"},
		{"a nonce of 33 bits", "95 05 cf0000000100000000 02 03 04"},
		{"a negative nonce", "95 05 ff 02 03 04"},
		{"a negative nonce of 64 bits", "95 05 d3ffffffffffffffff 02 03 04"},
		{"an array for an integer", "95 05 9101 02 03 04"},
		{"a number for a boolean", "96 06 01 01 02 03 04"},
		{"nil for a boolean", "96 06 01 c0 02 03 04"},
		{"a lease of 17 bits", "99 02 00 01 07 04 c3 05 ce00010000 00"},
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
		{"a presence that is none", "9c 0c" + bobHex + "05 06 01 02 00 02 c400 00 05 c2"},
		{"a row with a bad name", table("91 92 a3612062" + rowBin("00 0000"))},
		{"a row without a name", table("91 92 a0" + rowBin("00 0000"))},
		{"a row of three", table("91 93 a161" + rowBin("00 0000") + "00")},
		{"a row of half a key", table("91 92 a161 c410" + aliceHex[4:36])},
		{"a row without a port", table("91 92 a161 c429" + aliceHex[4:] + "0000000000000005 00")},
		{"a row with an address of five bytes", table("91 92 a161" + rowBin("00 0001 0102030405"))},
		{"a row with an IPv4 address as one of IPv6", table("91 92 a161" + rowBin("00 0001 00000000000000000000ffffc0000201"))},
		{"a row that is too long", table("91 92 a161" + rowBin("00 0001 20010db800000000000000000000000100"))},
		{"a row with a presence that is none", table("91 92 a161" + rowBin("02 0000"))},
		{"rows that are a bin", table("c400")},
		{"a request of version 1", "97 01 01 a161 05 07 03 02"},
		{"a registration of version 1", "98 02 01 00 07 04 c3 05 5a"},
		{"a mail that was taken, as version 1 says it", "98 0e" + aliceHex + hadHex + "05 01"},
		{"a refusal that is none", "99 0e" + aliceHex + hadHex + "05 01 03"},
		{"a boolean for a refusal", "99 0e" + aliceHex + hadHex + "05 01 c3"},
		{"a base above the seq", "9d 0b" + bobHex + "01 02 05 06 01 00 01 00 00 01 c400"},
		{"a request without a card", request("c400")},
		{"a request with nil for a card", request("c0")},
		{"a card of 195 bytes", request("c4c3" + cardRaw[2:])},
		{"a card of 197 bytes", request("c4c5ca" + cardRaw)},
		{"a card as a string", request("d9c4" + cardRaw)},
		{"a found card of 1 byte", "93 14" + bobHex + "c401ca"},
		{"a found card of 195 bytes", "93 14" + bobHex + "c4c3" + cardRaw[2:]},
		{"a found card of 197 bytes", "93 14" + bobHex + "c4c5ca" + cardRaw},
		{"nil for a found card", "93 14" + bobHex + "c0"},
		{"a lookup of a key of 31 bytes", "92 13 c41f" + strings.Repeat("00", 31)},
		{"a lookup of nothing", "91 13"},
		{"a row of one post", row(rowHex, "91"+post1)},
		{"a row of no posts", row(rowHex, "90")},
		{"a row of 17 posts", row(rowHex, "dc0011"+strings.Repeat(post1, 17))},
		{"a row that is a number", row(rowHex, "02")},
		{"a post of a row with a field too few", row(rowHex, "92"+post1+"97 01 04 00 01 01 00 06")},
		{"posts of a row under one order", row(rowHex, "92"+post1+"98 00 04 00 01 01 00 06 c40161")},
		{"orders of a row that go around", row(rowHex, "92"+post1+"98 cfffffffffffffffff 04 00 01 01 00 06 c40161")},
		{"a post of a row that is not signed", row(rowHex, "92"+post1+"98 01 04 00 01 01 00 02 c40161")},
		{"a post of a row that is longer than it says", row(rowHex, "92"+post1+"98 01 04 00 01 01 00 06 c4026161")},
		{"a post of a row that is shorter than it says", row(rowHex, "92"+post1+"98 01 04 00 01 02 00 06 c40161")},
		{"a void with a text in a row", row(rowHex, "92"+post1+"98 01 04 00 01 00 00 07 c40161")},
		{"a part of a row that is longer than there are", row(rowHex, "92"+post1+"98 01 04 00 01 cd0371 00 06 c50371"+strings.Repeat("61", PartSize+1))},
		{"a position of 9 bits", row(rowHex, "92"+post1+"98 01 cd0100 00 01 01 00 06 c40161")},
		{"seqs of a row that go around", row("04 c3"+aliceHex+"05 00 cfffffffffffffffff c470"+headRaw+"c400", "92"+post1+post1)},
		{"a row with a short head", row("04 c3"+aliceHex+"05 00 01 c46f"+headRaw[2:]+"c400", "92"+post1+post1)},
		{"a row with a long head", row("04 c3"+aliceHex+"05 00 01 c471ad"+headRaw+"c400", "92"+post1+post1)},
		{"a row with too long a path", row("04 c3"+aliceHex+"05 00 01 c470"+headRaw+"c50101"+strings.Repeat("ad", MaxRowPath+1), "92"+post1+post1)},
		{"a part of 997 bytes", "9b 09 01 05 06 01 00 01 cd03e5 00 00 c503e5" + strings.Repeat("61", MaxPart+1)},
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

func request(card string) string { return "9a 01 01 a161 05 07 03 02 04" + card + "00" }
func stored(addr string) string  { return "9c 0c" + bobHex + "05 06 01 02 00 01" + addr + "05 c2" }

// rowBin is the bin of a row: alice's, with this behind her epoch.
func rowBin(rest string) string {
	rest = strings.ReplaceAll(rest, " ", "")
	return fmt.Sprintf("c4%02x%s%016x%s", rowSize-3+len(rest)/2, aliceHex[4:], 5, rest)
}

func table(rows string) string { return "95 07 0a 02 c2" + rows }

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
	checkBoth(t, []statement{
		{"a text", text(func(*Text) {}), true},
		{"no parts", text(func(x *Text) { x.Part, x.Parts = 0, 0 }), false},
		{"a part behind the last", text(func(x *Text) { x.Part = 2 }), false},
		{"the most parts", text(func(x *Text) { x.Parts, x.Size = MaxParts, MaxText }), true},
		{"more parts than its size needs", text(func(x *Text) { x.Parts = MaxParts }), false},
		{"less size than it brings", text(func(x *Text) { x.Part, x.Parts, x.Size = 0, 1, 1 }), false},
		{"a part too many", text(func(x *Text) { x.Parts = MaxParts + 1 }), false},
		{"seq 0", text(func(x *Text) { x.Seq, x.Part = 0, 0 }), false},
		{"a first part at seq 0", text(func(x *Text) { x.Seq = 1 }), false},
		{"a first part at seq 1", text(func(x *Text) { x.Seq = 2 }), true},
		{"the last seqs", text(func(x *Text) { x.Seq = math.MaxUint64 - 1 }), true},
		{"parts beyond the last seq", text(func(x *Text) { x.Seq = math.MaxUint64 }), false},
		{"the longest text", text(func(x *Text) { x.Parts, x.Size = MaxParts, MaxText }), true},
		{"a text too long", text(func(x *Text) { x.Size = MaxText + 1 }), false},
		{"flags to come", text(func(x *Text) { x.Flags = 0xfc }), true},
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
		{"a row with a bad name", &Table{Rows: []Row{{Name: "a b"}}}, false},
		{"a row with a good name", &Table{Rows: []Row{{Name: "a.b"}}}, true},
		{"a row with an address without a port", &Table{Rows: []Row{{Name: "a", Addr: netip.AddrPortFrom(addr.Addr(), 0)}}}, false},
		{"a port without an address", &Stored{Addr: netip.AddrPortFrom(netip.Addr{}, 9)}, false},
		{"an address", &Stored{Addr: addr}, true},
		{"a presence that is none", &Stored{State: 2}, false},
		{"a request for a bad name", &Register{Name: "a b", Card: card}, true},
		{"a request for a name of invalid UTF-8", &Register{Name: "a\xff", Card: card}, false},
		{"a request without a card", &Register{Name: "a"}, false},
		{"a request with a card too short", &Register{Name: "a", Card: card[1:]}, false},
		{"a request with a card too long", &Register{Name: "a", Card: append(card[:CardSize:CardSize], 0)}, false},
		{"a request to be there in no known way", &Register{Name: "a", Card: card, Mode: 3}, false},
		{"no card found", &Found{Key: bob}, true},
		{"a card found", &Found{Key: bob, Card: card}, true},
		{"a card found too short", &Found{Key: bob, Card: card[1:]}, false},
		{"a card found too long", &Found{Key: bob, Card: append(card[:CardSize:CardSize], 0)}, false},
		{"a name that nobody has", &Named{Name: "a"}, true},
		{"a name that somebody has", &Named{Name: "a", Rows: []Row{{Name: "a"}}}, true},
		{"a name that two have", &Named{Name: "a", Rows: []Row{{Name: "a"}, {Name: "a"}}}, false},
		{"a row of another name", &Named{Name: "a", Rows: []Row{{Name: "b"}}}, false},
		{"a row of a name that has no port", &Named{Name: "a", Rows: []Row{{Name: "a", Addr: netip.AddrPortFrom(addr.Addr(), 0)}}}, false},
		{"a look-up of invalid UTF-8", &Find{Name: "a\xff"}, false},
		{"a request for a name too long to read", &Deregister{Name: strings.Repeat("a", MaxNameBytes+1)}, false},
	})
}

// The rows above are wrong in what they are called for, and in nothing else.
func TestRowOfTwoIsRight(t *testing.T) {
	if _, err := decodeAll(unhex(t, row(rowHex, "92"+post1+post1))); err != nil {
		t.Error(err)
	}
}
