package wire

import (
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// PushRow brings posts of one author that follow each other and were signed as one batch (§11.3): the signature once, and of what each
// follows only what does not come out of the post before it. The answer is Seen, as if each had come alone, by its first try.
type PushRow struct {
	Prev   uint64 // nothing else waits for the receiver between Prev and the first one's Order, nor between two of the row
	Live   bool   // accepted while the receiver was there
	Author Key
	Head   []byte    // RowHead bytes: what the first one follows, and the signature; decoded: a part of the datagram
	Path   []byte    // the hashes of the batch's tree that do not come out of the row, at most MaxRowPath bytes; likewise
	Posts  []RowPost // 2 to MaxRow
}

// RowPost is one post of a PushRow.
type RowPost struct {
	Order    uint64
	Position uint8 // in the batch's tree (§14.3)
	Text     Text  // epochs are the same in a row, seqs follow each other; Body is the part alone
}

const (
	pushRowFields = 9
	rowPostFields = 8
)

func (*PushRow) Kind() Kind { return KindPushRow }

func (m *PushRow) check() error {
	switch {
	case len(m.Posts) < 2 || len(m.Posts) > MaxRow:
		return fmt.Errorf("%w: row of %d", ErrMalformed, len(m.Posts))
	case len(m.Head) != RowHead || len(m.Path) > MaxRowPath:
		return errLength
	}
	first, before := m.Posts[0].Text, m.Prev
	for i := range m.Posts {
		p := &m.Posts[i]
		if err := checkOrder(before, p.Order); err != nil {
			return err
		}
		before = p.Order
		t := p.Text
		if t.Epoch != first.Epoch || t.ToEpoch != first.ToEpoch || t.Seq != first.Seq+uint64(i) {
			return fmt.Errorf("%w: seq %d is not the next of its row", ErrMalformed, t.Seq)
		}
		if t.Flags&rowFlags != rowFlags {
			return fmt.Errorf("%w: row of what is not signed", ErrMalformed)
		}
		if len(t.Body) > PartSize {
			return errLength
		}
		t.Flags &^= rowFlags // its body has nothing beside the part
		if err := t.check(); err != nil {
			return err
		}
	}
	return nil
}

// rowFlags are those of all that stands in a row.
const rowFlags = FlagCovered | FlagBatch

func (m *PushRow) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindPushRow, pushRowFields)
	var first Text
	if len(m.Posts) > 0 {
		first = m.Posts[0].Text
	}
	w.uint(m.Prev)
	w.bool(m.Live)
	w.key(&m.Author)
	w.uint(first.Epoch)
	w.uint(first.ToEpoch)
	w.uint(first.Seq)
	w.bytes(m.Head)
	w.bytes(m.Path)
	w.array(len(m.Posts))
	order, time := m.Prev, int64(0)
	for i := range m.Posts {
		p := &m.Posts[i]
		w.array(rowPostFields)
		w.uint(p.Order - order)
		w.uint(uint64(p.Position))
		w.uint(uint64(p.Text.Part))
		w.uint(uint64(p.Text.Parts))
		w.uint(uint64(p.Text.Size))
		w.int(p.Text.Time - time)
		w.uint(uint64(p.Text.Flags))
		w.bytes(p.Text.Body)
		order, time = p.Order, p.Text.Time
	}
	return w.err
}

func (m *PushRow) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindPushRow, pushRowFields)
	m.Prev = num[uint64](&r)
	m.Live = r.bool()
	r.key(&m.Author)
	epoch, toEpoch, seq := num[uint64](&r), num[uint64](&r), num[uint64](&r)
	m.Head = r.bytes(RowHead)
	m.Path = r.bytes(MaxRowPath)
	m.Posts = make([]RowPost, r.array(MaxRow))
	order, time := m.Prev, int64(0)
	for i := range m.Posts {
		p := &m.Posts[i]
		if n := r.array(rowPostFields); r.err == nil && n != rowPostFields {
			r.err = errArity
		}
		order += num[uint64](&r)
		p.Order, p.Position = order, num[uint8](&r)
		t := &p.Text
		t.Epoch, t.ToEpoch, t.Seq = epoch, toEpoch, seq+uint64(i)
		t.Part, t.Parts, t.Size = num[uint16](&r), num[uint16](&r), num[uint32](&r)
		time += r.int() // both may go around: so what was written comes back
		t.Time, t.Flags, t.Body = time, num[uint8](&r), r.bytes(PartSize)
	}
	return r.done(m)
}

// Post is the i-th post of the row as if it had come alone, but for its Body, which is the part alone.
func (m *PushRow) Post(i int) PushPost {
	prev := m.Prev
	if i > 0 {
		prev = m.Posts[i-1].Order
	}
	return PushPost{Prev: prev, Order: m.Posts[i].Order, Try: 1, Live: m.Live, Author: m.Author, Text: m.Posts[i].Text}
}

// Fits tells whether a message can be sent: its values are allowed, and it is not too long for a datagram.
func Fits(m Message) bool {
	_, err := AppendMessage(nil, m)
	return err == nil
}
