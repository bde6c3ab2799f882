package bolt

import (
	"math"

	"udpchat/store"
)

// item is a text and who sent it.
type item struct {
	From store.Key
	Text store.Text
}

func (i *item) encode(w *writer) {
	w.array(2)
	w.bytes(i.From[:])
	encodeText(w, i.Text)
}

func (i *item) decode(r *reader) {
	r.array(2)
	r.fill(i.From[:])
	i.Text = decodeText(r)
}

// place is an item that is read for what it is, without its body.
type place item

func (p *place) encode(w *writer) { (*item)(p).encode(w) }

func (p *place) decode(r *reader) {
	r.array(2)
	r.fill(p.From[:])
	p.Text = decodeName(r)
	r.view()
}

func encodeText(w *writer, x store.Text) {
	w.array(9)
	w.uint(x.Epoch)
	w.uint(x.ToEpoch)
	w.uint(x.Seq)
	w.uint(uint64(x.Part))
	w.uint(uint64(x.Parts))
	w.uint(uint64(x.Size))
	w.int(x.Time)
	w.uint(uint64(x.Flags))
	w.bytes(x.Body)
}

func decodeText(r *reader) store.Text {
	x := decodeName(r)
	x.Body = r.bytes()
	return x
}

// decodeName reads a text up to its body.
func decodeName(r *reader) (x store.Text) {
	r.array(9)
	x.Epoch, x.ToEpoch, x.Seq = r.u64(), r.u64(), r.u64()
	x.Part, x.Parts = uint16(r.uint(math.MaxUint16)), uint16(r.uint(math.MaxUint16))
	x.Size = uint32(r.uint(math.MaxUint32))
	x.Time = r.int()
	x.Flags = uint8(r.uint(math.MaxUint8))
	return x
}

// encodeMarks writes how far marks reach; their epochs stand in the key.
func encodeMarks(w *writer, m store.Marks) {
	w.array(2)
	w.uint(m.Through)
	w.array(2 * len(m.Ranges))
	for _, g := range m.Ranges {
		w.uint(g.Lo)
		w.uint(g.Hi)
	}
}

func decodeMarks(r *reader) (m store.Marks) {
	r.array(2)
	m.Through = r.u64()
	if n := r.length() / 2; n > 0 {
		m.Ranges = make([]store.Range, n)
	}
	for i := range m.Ranges {
		m.Ranges[i] = store.Range{Lo: r.u64(), Hi: r.u64()}
	}
	return m
}
