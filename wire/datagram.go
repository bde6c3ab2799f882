package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed is what every refusal of received bytes wraps. It is no error of ours: count, debug, drop.
var ErrMalformed = errors.New("malformed")

// The refusals of ParseDatagram are made once, so that a flood of rubbish costs no allocation.
var (
	errDatagramSize   = fmt.Errorf("%w: datagram of a wrong size", ErrMalformed)
	errDatagramMarker = fmt.Errorf("%w: datagram without our markers", ErrMalformed)
)

// The types of datagrams (§13.1). 1 was version 1's: a body in the clear.
const (
	TypeData       uint8 = 2
	TypeInitiation uint8 = 3
	TypeResponse   uint8 = 4
	TypeCookie     uint8 = 5
	TypeReset      uint8 = 6
	TypeKeyRequest uint8 = 7
	TypeKeyAnswer  uint8 = 8
)

// The markers of the fixed header and where they stand (§2).
const (
	markArray   = 0x94 // array of 4
	markIndex   = 0xce // u32
	markCounter = 0xcf // u64
	markBody    = 0xc5 // bin 16

	atType    = 1
	atIndex   = 2
	atCounter = 7
	atBody    = 16
)

// Header is what stands before the body of every datagram (§2).
type Header struct {
	Type    uint8  // at most 127, a positive fixint
	Index   uint32 // what the receiver calls the session
	Counter uint64 // number of the datagram in the session
}

// AppendHeader appends the header of a datagram whose body has bodyLen bytes, at most MaxBody; the body follows it.
func AppendHeader(b []byte, h Header, bodyLen int) []byte {
	b = append(b, markArray, h.Type, markIndex)
	b = binary.BigEndian.AppendUint32(b, h.Index)
	b = append(b, markCounter)
	b = binary.BigEndian.AppendUint64(b, h.Counter)
	b = append(b, markBody)
	return binary.BigEndian.AppendUint16(b, uint16(bodyLen))
}

// ParseDatagram reads a datagram at constant offsets, without a copy: the body is a part of b. The type is not judged
// beyond its encoding. The error wraps ErrMalformed.
func ParseDatagram(b []byte) (Header, []byte, error) {
	// §2: longer than MaxDatagram, or with a byte too few or too many: refused.
	if len(b) < HeaderSize || len(b) > MaxDatagram {
		return Header{}, nil, errDatagramSize
	}
	if b[0] != markArray || b[atType] > 0x7f || b[atIndex] != markIndex || b[atCounter] != markCounter || b[atBody] != markBody {
		return Header{}, nil, errDatagramMarker
	}
	if int(binary.BigEndian.Uint16(b[atBody+1:])) != len(b)-HeaderSize {
		return Header{}, nil, errDatagramSize
	}
	h := Header{
		Type:    b[atType],
		Index:   binary.BigEndian.Uint32(b[atIndex+1:]),
		Counter: binary.BigEndian.Uint64(b[atCounter+1:]),
	}
	return h, b[HeaderSize:len(b):len(b)], nil
}
