package explain

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"udpchat/wire"
)

var (
	ann  = wire.Key{0: 0xa1, 31: 0x1a}
	some = wire.Text{Epoch: 70000, ToEpoch: 9, Seq: 3, Parts: 1, Size: 5, Time: 1_700_000_000_000_000, Body: []byte("hello")}
	had  = wire.Marks{Epoch: 70000, ToEpoch: 9, Through: 12, Ranges: []wire.Range{{Lo: 14, Hi: 14}, {Lo: 20, Hi: 300}}}
)

func covered(n int) wire.Text {
	t := some
	t.Flags, t.Body = wire.FlagCovered|wire.FlagBatch, bytes.Repeat([]byte{7}, n)
	return t
}

// former is one in the form of before.
func former(n int) wire.Text {
	t := covered(n)
	t.Flags &^= wire.FlagBatch
	return t
}

// inRow is a text of a post in a row.
func inRow(seq uint64, body string) wire.Text {
	return wire.Text{Epoch: 9, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: 1700000000000000 + int64(seq), Flags: wire.FlagCovered | wire.FlagBatch, Body: []byte(body)}
}

// messages are one of every kind.
func messages() []wire.Message {
	card := bytes.Repeat([]byte{0xca}, wire.CardSize)
	return []wire.Message{
		&wire.Register{Request: 0xbeef, Name: "ann", Epoch: 5, Store: 7, Revision: 3, Seen: 2, Card: card},
		&wire.Registered{Request: 0xbeef, Outcome: wire.NameTaken, Store: 7, Revision: 4, Waiting: true, MaxMessage: wire.MaxText, Lease: 90},
		&wire.Deregister{Request: 1, Name: "ann"},
		&wire.Deregistered{Request: 1, Outcome: wire.OK},
		&wire.Ping{Nonce: 128, Store: 7, Revision: 4},
		&wire.Pong{Nonce: 128, Known: true, Store: 7, Revision: 4},
		&wire.Table{Base: wire.TableBase(7, 3), Span: 2, More: true, Rows: []wire.Row{
			{Key: ann, Name: "ann", Epoch: 5, Addr: netip.MustParseAddrPort("192.0.2.1:9000"), State: wire.Online},
			{Key: wire.Key{1}, Name: "боб", Epoch: 6},
		}},
		&wire.TableAck{Store: 7, Revision: 5},
		&wire.Direct{Try: 2, Text: some},
		&wire.Ack{Marks: had, Seq: 12, Try: 2},
		&wire.Deposit{To: ann, Try: 1, Text: covered(5 + wire.MaxCover)},
		&wire.Stored{To: ann, Epoch: 5, ToEpoch: 6, Seq: 1, Try: 1, Verdict: wire.FullPair, Order: 9},
		&wire.Push{Prev: 4, Order: 5, Try: 1, From: ann, Text: covered(5 + wire.MaxCover)},
		&wire.Taken{From: ann, Marks: had, Order: 5, Try: 1},
		&wire.PushPost{Order: 5, Try: 1, Live: true, Author: ann, Text: covered(16 + 32 + 64 + 1 + 2*32 + 5)},
		&wire.Seen{Store: 7, Through: 5, Order: 5, Try: 1},
		&wire.Receipt{To: ann, Marks: had},
		&wire.ReceiptAck{To: ann, Marks: had},
		&wire.Lookup{Key: ann},
		&wire.Found{Key: ann, Card: card},
		&wire.Find{Name: "ann"},
		&wire.Named{Name: "ann", Rows: []wire.Row{{Key: ann, Name: "ann", Epoch: 5, Addr: netip.MustParseAddrPort("192.0.2.1:9000"), State: wire.Online}}},
		&wire.Clock{Nonce: 7, Time: 1764316800000000},
		&wire.Crowd{Clients: 10000, Present: 7},
		&wire.Gone{Store: 7, Order: 5},
		&wire.PushRow{Prev: 4, Live: true, Author: ann, Head: bytes.Repeat([]byte{0xad}, wire.RowHead), Path: bytes.Repeat([]byte{0x9a}, 32), Posts: []wire.RowPost{
			{Order: 5, Position: 4, Text: inRow(5, "one")}, {Order: 7, Position: 5, Text: inRow(6, "two")}}},
	}
}

func encode(t testing.TB, all ...wire.Message) (body []byte) {
	t.Helper()
	for _, m := range all {
		var err error
		if body, err = wire.AppendMessage(body, m); err != nil {
			t.Fatal(err)
		}
	}
	return body
}

// datagrams are one of every type.
func datagrams() (all [][]byte) {
	for _, d := range types {
		n := d.sum()
		if n == 0 {
			n = 33
		}
		counter := uint64(0)
		if d.number == wire.TypeData {
			counter = 5
		}
		b := wire.AppendHeader(nil, wire.Header{Type: d.number, Index: 42, Counter: counter}, n)
		for i := range n {
			b = append(b, byte(i))
		}
		all = append(all, b)
	}
	return all
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
