package memory

import (
	"testing"

	"udpchat/store"
)

// BenchmarkTexts sends a text, has it settled, and receives one that is shown.
func BenchmarkTexts(b *testing.B) {
	p := NewProfile([32]byte{1}, 1)
	done, body, peer := func(error) {}, []byte("hello"), store.Key{2}
	b.ReportAllocs()
	for i := range uint64(b.N) {
		out := store.Text{Epoch: 1, ToEpoch: 2, Seq: i + 1, Parts: 1, Size: 5, Body: body}
		line := store.Line{Order: 2*i + 1, Peer: peer, Epoch: 1, First: i + 1, Last: i + 1, Out: true, End: store.EndOpen, Text: "hello"}
		p.Submit(&store.Accept{Items: []store.Outgoing{{To: peer, Text: out, Line: line.Order}}, Lane: store.Lane{To: peer, Epoch: 1, ToEpoch: 2, Last: i + 1}, Line: line}, done)
		p.Submit(store.Settle{To: peer, Epoch: 1, ToEpoch: 2, Seqs: []uint64{i + 1}, Ends: []store.Ended{{Line: line.Order, End: store.EndDelivered}}}, done)
		in := store.Line{Order: 2*i + 2, Peer: peer, Epoch: 2, First: i + 1, Last: i + 1, Text: "hello"}
		p.Submit(&store.Receive{Source: &store.Source{From: peer, Age: 1, Marks: store.Marks{Epoch: 2, ToEpoch: 1, Through: i + 1}}, Line: &in}, done)
		p.Submit(store.Shown{Lines: []uint64{in.Order}}, done)
	}
}

// What was not shown stays, however long ago it came.
func TestOldLinesGo(t *testing.T) {
	p := NewProfile([32]byte{1}, 1)
	for order := uint64(1); order <= 2*keptLines+1; order++ {
		p.Apply(&store.Receive{Line: &store.Line{Order: order, End: store.EndOpen}})
		if order != 7 && order != 9 {
			p.Apply(store.Shown{Lines: []uint64{order}})
		}
	}
	lines, err := p.History(0, 3*keptLines)
	if err != nil || len(lines) < keptLines+2 || len(lines) > keptLines+2+3*pageLines || lines[0].Order != 7 || lines[1].Order != 9 {
		t.Fatalf("%d lines, the first ones %v, %v", len(lines), lines[:min(3, len(lines))], err)
	}
	for i, l := range lines[2:] {
		if want := uint64(2*keptLines + 4 - len(lines) + i); l.Order != want {
			t.Fatalf("order %d, not %d", l.Order, want)
		}
	}
	p.Apply(store.Settle{Ends: []store.Ended{{Line: 9, End: store.EndDelivered}, {Line: 8, End: store.EndDelivered}}})
	if lines, _ := p.History(0, 3); lines[1].End != store.EndDelivered || lines[0].End == store.EndDelivered || lines[2].End == store.EndDelivered {
		t.Errorf("ended: %v", lines)
	}
	p.Apply(&store.Receive{Line: &store.Line{Order: 8}})
	if lines, _ := p.History(7, 2); len(lines) != 2 || lines[0].Order != 8 || lines[1].Order != 9 {
		t.Errorf("a line between others: %v", lines)
	}
}
