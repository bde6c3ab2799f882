package wire

import (
	"net/netip"

	"github.com/vmihailenco/msgpack/v5"
)

// writer writes the fields of one message and keeps the first error.
type writer struct {
	e   *msgpack.Encoder
	err error
}

// begin opens the array of a message: fields does not count the kind.
func begin(e *msgpack.Encoder, k Kind, fields int) writer {
	w := writer{e: e}
	w.array(1 + fields)
	w.uint(uint64(k))
	return w
}

func (w *writer) array(n int) {
	if w.err == nil {
		w.err = w.e.EncodeArrayLen(n)
	}
}

func (w *writer) uint(n uint64) {
	if w.err == nil {
		w.err = w.e.EncodeUint(n)
	}
}

func (w *writer) int(n int64) {
	if w.err == nil {
		w.err = w.e.EncodeInt(n)
	}
}

func (w *writer) bool(v bool) {
	if w.err == nil {
		w.err = w.e.EncodeBool(v)
	}
}

func (w *writer) string(s string) {
	if w.err == nil {
		w.err = w.e.EncodeString(s)
	}
}

// bytes writes a bin, also for nil: the library's EncodeBytes would write nil for it.
func (w *writer) bytes(b []byte) {
	if w.err == nil {
		w.err = w.e.EncodeBytesLen(len(b))
	}
	if w.err == nil {
		_, w.err = w.e.Writer().Write(b)
	}
}

func (w *writer) key(k *Key) { w.bytes(k[:]) }

// addr writes two fields: a bin of 0 (unknown), 4 or 16 bytes, and the port. A zone means nothing to others and is left out.
func (w *writer) addr(a netip.AddrPort) {
	w.bytes(appendIP(w.scratch(), a.Addr()))
	w.uint(uint64(a.Port()))
}

func appendIP(b []byte, ip netip.Addr) []byte {
	switch ip = ip.Unmap(); {
	case ip.Is4():
		v4 := ip.As4()
		b = append(b, v4[:]...)
	case ip.Is6():
		v6 := ip.As16()
		b = append(b, v6[:]...)
	}
	return b
}

// scratch is room for an address, or a row, that does not cost an allocation when our own sink is written to.
func (w *writer) scratch() []byte {
	if s, ok := w.e.Writer().(*sink); ok {
		return s.scratch[:0]
	}
	return make([]byte, 0, rowSize+16)
}

// sink is what messages are encoded into.
type sink struct {
	b       []byte
	scratch [rowSize + 16]byte
}

func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

func (s *sink) WriteByte(c byte) error {
	s.b = append(s.b, c)
	return nil
}
