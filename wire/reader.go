package wire

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
)

// The refusals of a field. Decoder adds the kind that they stand in.
var (
	errArity  = fmt.Errorf("%w: wrong number of fields", ErrMalformed)
	errKind   = fmt.Errorf("%w: wrong kind", ErrMalformed)
	errType   = fmt.Errorf("%w: field of a wrong type", ErrMalformed)
	errRange  = fmt.Errorf("%w: integer out of range", ErrMalformed)
	errLength = fmt.Errorf("%w: field of a wrong length", ErrMalformed)
	errUTF8   = fmt.Errorf("%w: invalid UTF-8", ErrMalformed)
	errAddr   = fmt.Errorf("%w: no address", ErrMalformed)
)

// reader reads the fields of one message and keeps the first error. It takes nothing on trust: the library decodes nil
// as anything, a string as bytes, and an integer that does not fit as another one.
type reader struct {
	d   *msgpack.Decoder
	src *source // that d reads, when that is ours
	err error
}

func newReader(d *msgpack.Decoder) reader {
	src, _ := d.Buffered().(*source)
	return reader{d: d, src: src}
}

// open reads the head of a message of the kind: fields does not count the kind.
func open(d *msgpack.Decoder, k Kind, fields int) reader {
	r := newReader(d)
	if n := r.array(math.MaxUint8); r.err == nil && n != 1+fields {
		r.err = errArity
	}
	if got := r.uint(math.MaxUint64); r.err == nil && got != uint64(k) {
		r.err = errKind
	}
	return r
}

// done ends a message: the first error, or what its check says.
func (r *reader) done(m Message) error {
	if r.err != nil {
		return r.err
	}
	return m.check()
}

// code is the first byte of the next value, which stays unread.
func (r *reader) code() byte {
	if r.err != nil {
		return 0
	}
	c, err := r.d.PeekCode()
	r.fail(err)
	return c
}

// fail keeps an error, ours as it is and the library's as a refusal.
func (r *reader) fail(err error) {
	switch {
	case r.err != nil || err == nil:
	case errors.Is(err, ErrMalformed):
		r.err = err
	default:
		r.err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
}

// array reads the length of an array, at most limit.
func (r *reader) array(limit int) int {
	if n, ok := r.src.short(0x90); ok && r.err == nil && n <= limit {
		r.src.at++
		return n
	}
	c := r.code()
	if r.err == nil && c&0xf0 != 0x90 && c != 0xdc && c != 0xdd {
		r.err = errType
	}
	if r.err != nil {
		return 0
	}
	n, err := r.d.DecodeArrayLen()
	r.fail(err)
	if r.err == nil && (n < 0 || n > limit) { // an int may have 32 bits
		r.err = errLength
	}
	if r.err != nil {
		return 0
	}
	return n
}

// uint reads an integer from 0 to limit, in whatever width it is written.
func (r *reader) uint(limit uint64) uint64 {
	if n, width := r.src.uint(); width > 0 && r.err == nil && n <= limit {
		r.src.at += width
		return n
	}
	c := r.code()
	if r.err != nil {
		return 0
	}
	var n uint64
	var err error
	switch {
	case c <= 0x7f, c >= 0xcc && c <= 0xcf:
		n, err = r.d.DecodeUint64()
	case c >= 0xe0, c >= 0xd0 && c <= 0xd3:
		var signed int64
		if signed, err = r.d.DecodeInt64(); err == nil && signed < 0 {
			err = errRange
		}
		n = uint64(signed)
	default:
		err = errType
	}
	if err == nil && n > limit {
		err = errRange
	}
	if err != nil {
		r.fail(err)
		return 0
	}
	return n
}

// num reads an integer of the range of T.
func num[T ~uint8 | ~uint16 | ~uint32 | ~uint64](r *reader) T {
	return T(r.uint(uint64(^T(0))))
}

// int reads a signed integer of 64 bits.
func (r *reader) int() int64 {
	c := r.code()
	if c >= 0xe0 || c >= 0xd0 && c <= 0xd3 {
		n, err := r.d.DecodeInt64()
		r.fail(err)
		return n
	}
	return int64(r.uint(math.MaxInt64))
}

func (r *reader) bool() bool {
	c := r.code()
	if r.err == nil && c != 0xc2 && c != 0xc3 {
		r.err = errType
	}
	if r.err != nil {
		return false
	}
	v, err := r.d.DecodeBool()
	r.fail(err)
	return v
}

// bytes reads a bin of at most limit bytes; nil when it is empty. It is a part of the body when the reader is ours.
func (r *reader) bytes(limit int) []byte {
	c := r.code()
	if r.err == nil && (c < 0xc4 || c > 0xc6) {
		r.err = errType
	}
	return r.take(limit)
}

// name reads a string of valid UTF-8 of at most MaxNameBytes.
func (r *reader) name() string {
	c := r.code()
	if r.err == nil && c&0xe0 != 0xa0 && (c < 0xd9 || c > 0xdb) {
		r.err = errType
	}
	b := r.take(MaxNameBytes)
	if r.err == nil && !utf8.Valid(b) {
		r.err = errUTF8
	}
	if r.err != nil {
		return ""
	}
	return string(b)
}

// take reads a length of at most limit and as many bytes.
func (r *reader) take(limit int) []byte {
	if r.err != nil {
		return nil
	}
	n, err := r.d.DecodeBytesLen()
	r.fail(err)
	if r.err == nil && (n < 0 || n > limit) { // an int may have 32 bits
		r.err = errLength
	}
	if r.err != nil || n == 0 {
		return nil
	}
	if r.src != nil {
		b, err := r.src.take(n)
		r.fail(err)
		return b
	}
	b := make([]byte, n)
	r.fail(r.d.ReadFull(b))
	return b
}

func (r *reader) key(k *Key) {
	b := r.bytes(keySize)
	if r.err == nil && len(b) != keySize {
		r.err = errLength
	}
	copy(k[:], b)
}

// addr reads what writer.addr writes.
func (r *reader) addr() netip.AddrPort {
	b := r.bytes(16)
	return r.ip(b, num[uint16](r))
}

// ip is an address of 0, 4 or 16 bytes, and a port. An IPv4 address in the clothes of an IPv6 one is refused: equal addresses have
// equal bytes. That there is a port when there is an address is for checkAddr to say.
func (r *reader) ip(b []byte, port uint16) netip.AddrPort {
	if r.err != nil {
		return netip.AddrPort{}
	}
	ip, ok := netip.AddrFromSlice(b)
	if ok != (len(b) != 0) || ip.Is4In6() {
		r.err = errAddr
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip, port)
}

// checkAddr refuses a port without an address and an address without a port.
func checkAddr(a netip.AddrPort) error {
	if a.Addr().IsValid() != (a.Port() != 0) {
		return errAddr
	}
	return nil
}
