package explain

import (
	"encoding/binary"
	"fmt"
	"math"
)

// sort is what a msgpack value is.
type sort uint8

const (
	isNil sort = iota
	isBool
	isUint
	isInt // below 0
	isString
	isBin
	isArray
)

func (s sort) String() string {
	return [...]string{"nil", "a boolean", "an integer", "an integer below 0", "a string", "bytes", "an array"}[s]
}

// value is one msgpack value: head bytes of code and length, then what it has itself. The elements of an array follow it.
type value struct {
	sort  sort
	at    int
	head  int
	data  []byte // of a string or bin
	n     uint64 // an integer, 1 for true
	minus int64
	count int // of an array
}

// prefix is how many of its bytes only say what follows: an integer of its own byte has none.
func (v value) prefix() int {
	if v.sort == isUint || v.sort == isInt {
		return min(v.head-1, 1)
	}
	return v.head
}

func (v value) end() int { return v.at + v.head + len(v.data) }

// read reads the value at an offset, or says which byte is wrong and why.
func read(b []byte, at int) (value, *Fault) {
	if at >= len(b) {
		return value{}, &Fault{at, "the bytes end here, and more were declared"}
	}
	v := value{at: at, head: 1}
	switch c := b[at]; {
	case c <= 0x7f:
		v.sort, v.n = isUint, uint64(c)
		return v, nil
	case c >= 0xe0:
		v.sort, v.minus = isInt, int64(int8(c))
		return v, nil
	case c&0xe0 == 0xa0:
		return v.filled(b, isString, uint64(c&0x1f))
	case c&0xf0 == 0x90:
		return v.array(b, uint64(c&0x0f))
	case c == 0xc0:
		return v, nil
	case c == 0xc2, c == 0xc3:
		v.sort, v.n = isBool, uint64(c&1)
		return v, nil
	case c >= 0xcc && c <= 0xd3:
		return v.integer(b, 1<<(c&3), c >= 0xd0)
	case c >= 0xc4 && c <= 0xc6:
		return v.sized(b, isBin, 1<<(c-0xc4))
	case c >= 0xd9 && c <= 0xdb:
		return v.sized(b, isString, 1<<(c-0xd9))
	case c == 0xdc, c == 0xdd:
		return v.sized(b, isArray, 2<<(c-0xdc))
	}
	return v, &Fault{at, fmt.Sprintf("%02x begins a map, a float or an extension: there are none (§3)", b[at])}
}

// big reads width bytes behind the code.
func (v *value) big(b []byte, width int) (uint64, *Fault) {
	if left := len(b) - v.at - 1; left < width {
		return 0, &Fault{v.at, fmt.Sprintf("%02x takes %s more, and %s", b[v.at], sized(width, ""), following(left))}
	}
	var all [8]byte
	copy(all[8-width:], b[v.at+1:])
	v.head = 1 + width
	return binary.BigEndian.Uint64(all[:]), nil
}

func (v value) integer(b []byte, width int, sign bool) (value, *Fault) {
	n, fault := v.big(b, width)
	v.sort, v.n = isUint, n
	if shift := 64 - 8*width; sign && int64(n<<shift) < 0 {
		v.sort, v.minus = isInt, int64(n<<shift)>>shift
	}
	return v, fault
}

// sized reads a length of some bytes, and what it is the length of.
func (v value) sized(b []byte, s sort, width int) (value, *Fault) {
	n, fault := v.big(b, width)
	switch {
	case fault != nil:
		return v, fault
	case s == isArray:
		return v.array(b, n)
	}
	return v.filled(b, s, n)
}

func (v value) filled(b []byte, s sort, n uint64) (value, *Fault) {
	from := v.at + v.head
	if left := uint64(len(b) - from); n > left {
		return v, &Fault{v.at, fmt.Sprintf("declares %s, and %s", sized(int(n), ""), following(int(left)))}
	}
	v.sort, v.data = s, b[from:from+int(n)]
	return v, nil
}

func (v value) array(b []byte, n uint64) (value, *Fault) {
	if left := uint64(len(b) - v.at - v.head); n > left || n > math.MaxInt32 {
		return v, &Fault{v.at, fmt.Sprintf("declares %d elements, and %s", n, following(int(left)))}
	}
	v.sort, v.count = isArray, int(n)
	return v, nil
}
