package wire

import (
	"encoding/binary"
	"io"
)

// source is a body that is decoded: an io.ByteScanner, so that the library puts no buffer before it, which can also
// hand out a part of itself.
type source struct {
	b  []byte
	at int
}

func (s *source) Read(p []byte) (int, error) {
	if s.at >= len(s.b) {
		return 0, io.EOF
	}
	n := copy(p, s.b[s.at:])
	s.at += n
	return n, nil
}

func (s *source) ReadByte() (byte, error) {
	if s.at >= len(s.b) {
		return 0, io.EOF
	}
	s.at++
	return s.b[s.at-1], nil
}

func (s *source) UnreadByte() error {
	if s.at == 0 {
		return io.ErrNoProgress
	}
	s.at--
	return nil
}

// take is the next n bytes, capped so that an append to them copies.
func (s *source) take(n int) ([]byte, error) {
	if n > len(s.b)-s.at {
		return nil, io.ErrUnexpectedEOF
	}
	b := s.b[s.at : s.at+n : s.at+n]
	s.at += n
	return b, nil
}

// uint looks at the next value: an integer from 0 up, and how many bytes it takes. 0 of them: it is something else, which is the library's.
// A message is integers for the most part: a text is read in half the time (BenchmarkDecode).
func (s *source) uint() (n uint64, width int) {
	if s == nil || s.at >= len(s.b) {
		return 0, 0
	}
	c, rest := s.b[s.at], s.b[s.at+1:]
	switch {
	case c <= 0x7f:
		return uint64(c), 1
	case c == 0xcc && len(rest) >= 1:
		return uint64(rest[0]), 2
	case c == 0xcd && len(rest) >= 2:
		return uint64(binary.BigEndian.Uint16(rest)), 3
	case c == 0xce && len(rest) >= 4:
		return uint64(binary.BigEndian.Uint32(rest)), 5
	case c == 0xcf && len(rest) >= 8:
		return binary.BigEndian.Uint64(rest), 9
	}
	return 0, 0
}

// short looks at the next value: the length in its first byte, if that is head and a length below 16.
func (s *source) short(head byte) (int, bool) {
	if s == nil || s.at >= len(s.b) || s.b[s.at]&0xf0 != head {
		return 0, false
	}
	return int(s.b[s.at] & 0x0f), true
}
