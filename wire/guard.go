package wire

import (
	"encoding/binary"
	"fmt"
)

// The refusals of the guard, made once.
var (
	errEmpty = fmt.Errorf("%w: empty body", ErrMalformed)
	errLong  = fmt.Errorf("%w: body too long", ErrMalformed)
	errTop   = fmt.Errorf("%w: message is no array", ErrMalformed)
	errDepth = fmt.Errorf("%w: arrays nest too deep", ErrMalformed)
	errCount = fmt.Errorf("%w: more declared than there is", ErrMalformed)
	errCode  = fmt.Errorf("%w: map, float or extension", ErrMalformed)
)

// guard walks a whole body before the library sees a byte of it: the library makes room for what a length declares, so
// that twelve bytes are enough to make it take all memory (its issues #376, #393, #401). A body passes (§3) when it is
// a run of non-empty arrays, complete to the last byte, of integers, booleans, nil, strings, bins and arrays, nested at
// most maxDepth deep, in which at no point more elements are declared than bytes are left. So the elements of a body
// are never more than its bytes.
func guard(b []byte) error {
	switch {
	case len(b) == 0:
		return errEmpty
	case len(b) > MaxBody:
		return errLong
	}
	var todo [maxDepth]int // elements still to come, of every open array
	depth, declared := 0, 0
	for i := 0; i < len(b); {
		next, count, array, err := element(b, i)
		if err != nil {
			return err
		}
		i = next
		if depth == 0 && (!array || count == 0) {
			return errTop
		}
		if depth > 0 {
			todo[depth-1]--
			declared--
		}
		if count > 0 {
			if depth == maxDepth {
				return errDepth
			}
			todo[depth] = count
			depth++
			declared += count
			if declared > len(b)-i {
				return errCount
			}
		}
		for depth > 0 && todo[depth-1] == 0 {
			depth--
		}
	}
	if depth > 0 {
		return errCount
	}
	return nil
}

// element reads what begins at i: where the next one begins, and for an array how many elements it declares.
func element(b []byte, i int) (next, count int, array bool, err error) {
	c := b[i]
	i++
	skip := 0
	switch {
	case c <= 0x7f || c >= 0xe0: // fixint
	case c >= 0xa0 && c <= 0xbf: // fixstr
		skip = int(c & 0x1f)
	case c >= 0x90 && c <= 0x9f: // fixarray
		return i, int(c & 0x0f), true, nil
	default:
		width, kind := shape(c)
		if kind == shapeBad {
			return 0, 0, false, errCode
		}
		if width > len(b)-i {
			return 0, 0, false, errCount
		}
		if skip = width; kind == shapeFixed {
			break
		}
		skip = number(b[i : i+width])
		if skip > MaxBody {
			return 0, 0, false, errCount
		}
		if i += width; kind == shapeArray {
			return i, skip, true, nil
		}
	}
	if skip > len(b)-i {
		return 0, 0, false, errCount
	}
	return i + skip, 0, false, nil
}

const (
	shapeBad   = iota
	shapeFixed // width bytes of value follow
	shapeBytes // width bytes of length follow, then as many bytes
	shapeArray // width bytes of count follow, then as many elements
)

// shape is how a value that begins with c, a code from 0x80 to 0x8f or from 0xc0 to 0xdf, goes on.
func shape(c byte) (width, kind int) {
	switch c {
	case 0xc0, 0xc2, 0xc3: // nil, false, true
		return 0, shapeFixed
	case 0xcc, 0xd0: // u8, i8
		return 1, shapeFixed
	case 0xcd, 0xd1:
		return 2, shapeFixed
	case 0xce, 0xd2:
		return 4, shapeFixed
	case 0xcf, 0xd3:
		return 8, shapeFixed
	case 0xc4, 0xd9: // bin, str
		return 1, shapeBytes
	case 0xc5, 0xda:
		return 2, shapeBytes
	case 0xc6, 0xdb:
		return 4, shapeBytes
	case 0xdc:
		return 2, shapeArray
	case 0xdd:
		return 4, shapeArray
	}
	return 0, shapeBad
}

// number is the length that b of 1, 2 or 4 bytes spells.
func number(b []byte) int {
	switch len(b) {
	case 1:
		return int(b[0])
	case 2:
		return int(binary.BigEndian.Uint16(b))
	}
	return int(min(binary.BigEndian.Uint32(b), MaxBody+1)) // an int may have 32 bits
}
