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

// largest is a text with every field at its widest and a full body, covered.
func largest() Text {
	return Text{
		Epoch: math.MaxUint64, ToEpoch: math.MaxUint64, Seq: math.MaxUint64 - MaxParts,
		Part: MaxParts - 1, Parts: MaxParts, Size: MaxText, Time: math.MinInt64, Flags: 0xfe,
		Body: bytes.Repeat([]byte{0xff}, MaxPart),
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
		&Register{Request: math.MaxUint32, Name: longRow.Name, Epoch: top, Store: top, Revision: top, Seen: top, Order: top, Card: card, Mode: Sender},
		&Table{Base: math.MaxUint32, Span: top, More: true, Rows: rows},
		&Direct{Try: 255, Text: largest()},
		&Deposit{To: alice, Try: 255, Base: largest().Seq, Text: largest()},
		&Push{Prev: top - 1, Order: top, Try: 255, From: alice, Text: largest()},
		&PushPost{Prev: top - 1, Order: top, Try: 255, Live: true, Author: alice, Text: largest()},
		longestRow(),
		&Ack{Marks: marks, Seq: top, Try: 255},
		&Taken{From: alice, Marks: marks, Order: top, Try: 255, Refusal: Anew},
		&Seen{Store: top, Through: marks.Through, Ranges: marks.Ranges, Order: top, Try: 255},
		&Receipt{To: alice, Marks: marks},
		&ReceiptAck{To: alice, Marks: marks},
		&Found{Key: alice, Card: card},
		&Find{Name: longRow.Name},
		&Named{Name: longRow.Name, Rows: []Row{longRow}},
		&Clock{Nonce: math.MaxUint32, Time: math.MinInt64},
		&Crowd{Clients: math.MaxUint32, Present: math.MaxUint32},
		&Gone{Store: top, Order: top},
	}
}

// longestRow is a row of as many posts as there may be, with the longest path and the widest fields that leave room for them.
func longestRow() *PushRow {
	m := &PushRow{Prev: 1 << 63, Live: true, Author: alice, Head: bytes.Repeat([]byte{0xff}, RowHead), Path: bytes.Repeat([]byte{0xff}, MaxRowPath)}
	for i := range uint64(MaxRow) {
		m.Posts = append(m.Posts, RowPost{Order: 1<<63 + (i+1)<<40, Position: 255,
			Text: Text{Epoch: math.MaxUint64, ToEpoch: math.MaxUint64, Seq: 1<<63 + i, Parts: 1, Size: 10, Time: int64(i) << 40, Flags: 0xfe, Body: bytes.Repeat([]byte{0xff}, 10)}})
	}
	return m
}

// one is the message of this kind among ms.
func one[M Message](ms []Message) M {
	for _, m := range ms {
		if m, ok := m.(M); ok {
			return m
		}
	}
	panic("no message of this kind")
}

// What a session adds to a datagram: the tag of the seal, and the record with which an initiator begins (protocol.md §13.7).
const sessionOverhead = 16 + 20

// protocol.md §3: every message fits one datagram, sealed and behind an initiator's record, whatever its fields are.
func TestLargestMessagesFit(t *testing.T) {
	for _, m := range widest() {
		b := datagram(t, m)
		t.Logf("%v: %d bytes of %d", m.Kind(), len(b)-HeaderSize, MaxMessage)
		if n := len(b) + sessionOverhead; n > MaxDatagram {
			t.Errorf("%v: a datagram of %d bytes", m.Kind(), n)
		}
		back, err := receive(new(Decoder), b)
		if err != nil || len(back) != 1 || !reflect.DeepEqual(back[0], m) {
			t.Errorf("%v: came back as %+v, %v", m.Kind(), back, err)
		}
	}
	all := widest()
	if n := len(datagram(t, one[*Ack](all), one[*Taken](all), one[*Seen](all))) + sessionOverhead; n > MaxDatagram {
		t.Errorf("three full acknowledgements: a datagram of %d bytes", n)
	}
}

// What stands beside a part, at its widest: part and parts, at most MaxParts, take one byte each.
func TestRoomBesideAPart(t *testing.T) {
	all := widest()
	for _, tt := range []struct {
		m    Message
		want int
	}{{one[*PushPost](all), 105}, {one[*Push](all), 104}, {one[*Deposit](all), 95}, {one[*Direct](all), 52}} {
		if got := len(encode(t, tt.m)) - MaxPart; got != tt.want || got > MaxMessage-MaxPart {
			t.Errorf("%v: %d bytes beside the part, want %d of %d", tt.m.Kind(), got, tt.want, MaxMessage-MaxPart)
		}
	}
}

// The largest message is written down as a number, and leaves no byte of a datagram unused.
func TestMaxMessage(t *testing.T) {
	if MaxMessage != 1145 || HeaderSize+MaxMessage+sessionOverhead != MaxDatagram {
		t.Errorf("MaxMessage is %d: the wire has changed", MaxMessage)
	}
	for size, want := range map[int]error{MaxMessage: nil, MaxMessage + 1: ErrTooLong} {
		m := &Table{Rows: make([]Row, 20)}
		for i := range m.Rows {
			m.Rows[i].Name = "a"
		}
		for more := size - len(encode(t, m)); more > 0; more-- {
			m.Rows[more%len(m.Rows)].Name += "a"
		}
		b, err := AppendMessage(nil, m)
		if !errors.Is(err, want) || err == nil && len(b) != size {
			t.Errorf("%d bytes: got %d, %v, want %v", size, len(b), err, want)
		}
	}
}

func TestTooManyRows(t *testing.T) {
	table := one[*Table](widest())
	table.Rows = append(table.Rows, table.Rows...)
	b, err := AppendMessage([]byte{1, 2}, table)
	if !errors.Is(err, ErrTooLong) || !bytes.Equal(b, []byte{1, 2}) {
		t.Errorf("got %x, %v", b, err)
	}
}
