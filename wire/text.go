package wire

import (
	"fmt"
	"math"

	"github.com/vmihailenco/msgpack/v5"
)

// The flags of a text. What is not known is ignored.
const (
	// FlagVoid marks a seq that ended without a text: refused, expired or withdrawn. There is no text in the Body. It
	// travels like a text, so that no hole stays at the recipient (§5).
	FlagVoid uint8 = 1

	// FlagCovered marks a Body that the server can't alter: sealed mail, or a signed post (§14).
	FlagCovered uint8 = 2

	// FlagBatch says how: the Body shows its place in a batch that is signed. Without it, it is in the form of before (§14.5).
	FlagBatch uint8 = 4
)

// Text is one part of a text, the same on every path (§5). It is nine fields of the message that bears it. Sender and
// recipient are known from elsewhere; with the two epochs and the seq they name the part for ever.
type Text struct {
	Epoch   uint64 // the sender's
	ToEpoch uint64 // the recipient's
	Seq     uint64 // counts parts from 1, per sender, recipient and epochs
	Part    uint16 // from 0; the first part of the text has the seq Seq-Part
	Parts   uint16 // of the text, 1 to MaxParts
	Size    uint32 // of the whole text, in bytes, at most MaxText
	Time    int64  // when it was written; of a void: how many seqs right below it end with it
	Flags   uint8
	Body    []byte // at most MaxPart bytes; decoded: a part of the datagram, to be copied by who keeps it
}

// From is the lowest seq that ends with the text: its own, or, for a void, that of the first of those that it closes.
func (t *Text) From() uint64 {
	if below := uint64(t.Time); t.Flags&FlagVoid != 0 && t.Time > 0 && below < t.Seq {
		return t.Seq - below
	}
	return t.Seq
}

// Void ends the seqs from lo to hi.
func Void(epoch, toEpoch, lo, hi uint64) Text {
	return Text{Epoch: epoch, ToEpoch: toEpoch, Seq: hi, Parts: 1, Time: int64(hi - lo), Flags: FlagVoid}
}

// Marks is what a recipient has of the texts of one sender's epoch: all through the watermark, and ranges above it (§6).
type Marks struct {
	Epoch   uint64
	ToEpoch uint64
	Through uint64
	Ranges  []Range // at most MaxRanges, ascending, disjoint, above Through+1
}

// Range is the seqs from Lo to Hi, both included.
type Range struct{ Lo, Hi uint64 }

// Direct is a text from peer to peer (§4); its kind is KindText. The answer is Ack.
type Direct struct {
	Try  uint8
	Text Text
}

// Ack answers Direct when the text is durable at the recipient, and every copy of it again (§6).
type Ack struct {
	Marks Marks
	Seq   uint64 // the text that this answers
	Try   uint8  // its try
}

const (
	textFields   = 9
	marksFields  = 4
	directFields = 1 + textFields
	ackFields    = marksFields + 2
)

func (*Direct) Kind() Kind { return KindText }
func (*Ack) Kind() Kind    { return KindAck }

func (m *Direct) check() error { return m.Text.check() }
func (m *Ack) check() error    { return m.Marks.check() }

// §5: what a text says of itself agrees with itself.
func (t *Text) check() error {
	switch {
	case t.Parts < 1 || t.Parts > MaxParts || t.Part >= t.Parts:
		return fmt.Errorf("%w: part %d of %d", ErrMalformed, t.Part, t.Parts)
	case t.Seq <= uint64(t.Part):
		return fmt.Errorf("%w: part %d at seq %d", ErrMalformed, t.Part, t.Seq)
	case t.Seq-uint64(t.Part) > math.MaxUint64-uint64(t.Parts):
		return fmt.Errorf("%w: seq %d leaves no room for the text", ErrMalformed, t.Seq)
	case t.Size > MaxText:
		return fmt.Errorf("%w: text of %d bytes", ErrMalformed, t.Size)
	case t.Flags&FlagVoid != 0 && (t.Size != 0 || t.Parts != 1):
		return fmt.Errorf("%w: void with a text", ErrMalformed)
	case len(t.Body) > MaxPart:
		return fmt.Errorf("%w: part of %d bytes", ErrMalformed, len(t.Body))
	case !t.fits():
		// Room is given by what a text says of its size (§10): it can't say less than it brings.
		return fmt.Errorf("%w: %d bytes of %d in %d parts", ErrMalformed, len(t.Body), t.Size, t.Parts)
	}
	return nil
}

// fits tells whether a body of this length can be the part of the text that it says it is.
func (t *Text) fits() bool {
	text, most := len(t.Body), int(t.Size)
	if t.Flags&FlagCovered != 0 {
		text = max(text-MaxCover, 0)
	}
	if t.Parts == 1 {
		return text <= most && (text == most || t.Flags&FlagCovered != 0)
	}
	cut := func(size int) bool { return (most+size-1)/size == int(t.Parts) && text <= size }
	return cut(PartSize) || cut(FirstPartSize)
}

func (m *Marks) check() error { return checkRanges(m.Through, m.Ranges) }

// §6: at most MaxRanges ranges, ascending, disjoint, the first above Through+1, which is missing.
func checkRanges(through uint64, ranges []Range) error {
	if len(ranges) > MaxRanges {
		return fmt.Errorf("%w: %d ranges", ErrMalformed, len(ranges))
	}
	return checkAscending(through, ranges)
}

func checkAscending(through uint64, ranges []Range) error {
	if len(ranges) == 0 {
		return nil
	}
	if ranges[0].Lo <= through || ranges[0].Lo-1 == through {
		return fmt.Errorf("%w: range from %d above %d", ErrMalformed, ranges[0].Lo, through)
	}
	above := through
	for _, r := range ranges {
		if r.Lo <= above || r.Hi < r.Lo {
			return fmt.Errorf("%w: range from %d to %d above %d", ErrMalformed, r.Lo, r.Hi, above)
		}
		above = r.Hi
	}
	return nil
}

func (w *writer) text(t *Text) {
	w.uint(t.Epoch)
	w.uint(t.ToEpoch)
	w.uint(t.Seq)
	w.uint(uint64(t.Part))
	w.uint(uint64(t.Parts))
	w.uint(uint64(t.Size))
	w.int(t.Time)
	w.uint(uint64(t.Flags))
	w.bytes(t.Body)
}

func (r *reader) text(t *Text) {
	t.Epoch = num[uint64](r)
	t.ToEpoch = num[uint64](r)
	t.Seq = num[uint64](r)
	t.Part = num[uint16](r)
	t.Parts = num[uint16](r)
	t.Size = num[uint32](r)
	t.Time = r.int()
	t.Flags = num[uint8](r)
	t.Body = r.bytes(MaxPart)
}

func (w *writer) marks(m *Marks) {
	w.uint(m.Epoch)
	w.uint(m.ToEpoch)
	w.uint(m.Through)
	w.ranges(m.Ranges)
}

func (r *reader) marks(m *Marks) {
	m.Epoch = num[uint64](r)
	m.ToEpoch = num[uint64](r)
	m.Through = num[uint64](r)
	m.Ranges = r.ranges()
}

func (w *writer) ranges(ranges []Range) {
	w.array(len(ranges))
	for _, r := range ranges {
		w.array(2)
		w.uint(r.Lo)
		w.uint(r.Hi)
	}
}

func (r *reader) ranges() []Range {
	n := r.array(MaxRanges)
	if n == 0 {
		return nil
	}
	ranges := make([]Range, n)
	for i := range ranges {
		if n := r.array(2); r.err == nil && n != 2 {
			r.err = errArity
		}
		ranges[i] = Range{Lo: num[uint64](r), Hi: num[uint64](r)}
	}
	return ranges
}

func (m *Direct) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindText, directFields)
	w.uint(uint64(m.Try))
	w.text(&m.Text)
	return w.err
}

func (m *Direct) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindText, directFields)
	m.Try = num[uint8](&r)
	r.text(&m.Text)
	return r.done(m)
}

func (m *Ack) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindAck, ackFields)
	w.marks(&m.Marks)
	w.uint(m.Seq)
	w.uint(uint64(m.Try))
	return w.err
}

func (m *Ack) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindAck, ackFields)
	r.marks(&m.Marks)
	m.Seq = num[uint64](&r)
	m.Try = num[uint8](&r)
	return r.done(m)
}
