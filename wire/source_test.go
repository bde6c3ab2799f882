package wire

import (
	"bytes"
	"math"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// An integer is the same whether it is read where it lies or by the library, in whatever width it is written, also where it ends too early.
func TestIntegersAreReadAlike(t *testing.T) {
	var all [][]byte
	for _, n := range []uint64{0, 1, 127, 128, 255, 256, math.MaxUint16, math.MaxUint16 + 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, math.MaxUint64} {
		for _, encode := range []func(e *msgpack.Encoder) error{
			func(e *msgpack.Encoder) error { return e.EncodeUint(n) },
			func(e *msgpack.Encoder) error { return e.EncodeUint8(uint8(n)) },
			func(e *msgpack.Encoder) error { return e.EncodeUint16(uint16(n)) },
			func(e *msgpack.Encoder) error { return e.EncodeUint32(uint32(n)) },
			func(e *msgpack.Encoder) error { return e.EncodeUint64(n) },
			func(e *msgpack.Encoder) error { return e.EncodeInt64(int64(n)) },
		} {
			var b bytes.Buffer
			if err := encode(msgpack.NewEncoder(&b)); err != nil {
				t.Fatal(err)
			}
			for end := range b.Len() + 1 {
				all = append(all, b.Bytes()[:end])
			}
		}
	}
	all = append(all, []byte{0xc0}, []byte{0xff}, []byte{0x91, 1}, []byte{0xa1, 'x'})
	for _, b := range all {
		for _, limit := range []uint64{math.MaxUint8, math.MaxUint16, math.MaxUint64} {
			src := &source{b: b}
			ours, theirs := newReader(msgpack.NewDecoder(src)), newReader(msgpack.NewDecoder(bytes.NewReader(b)))
			if ours.src != src || theirs.src != nil {
				t.Fatal("one of them is to be ours")
			}
			got, want := ours.uint(limit), theirs.uint(limit)
			if got != want || (ours.err == nil) != (theirs.err == nil) {
				t.Errorf("% x, at most %d: %d %v, the library %d %v", b, limit, got, ours.err, want, theirs.err)
			}
			if ours.err == nil && src.at != len(b) {
				t.Errorf("% x: read up to %d", b, src.at)
			}
		}
	}
}
