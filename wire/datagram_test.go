package wire

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func TestHeader(t *testing.T) {
	for _, h := range []Header{
		{},
		{Type: TypeData, Index: 1, Counter: 2},
		{Type: 127, Index: math.MaxUint32, Counter: math.MaxUint64},
	} {
		for _, size := range []int{0, 1, 255, 256, MaxBody} {
			body := bytes.Repeat([]byte{7}, size)
			b := AppendHeader(nil, h, size)
			if len(b) != HeaderSize {
				t.Fatalf("header of %d bytes", len(b))
			}
			got, rest, err := ParseDatagram(append(b, body...))
			if err != nil || got != h || !bytes.Equal(rest, body) || cap(rest) != size {
				t.Errorf("%+v with %d bytes came back as %+v with %d, %v", h, size, got, len(rest), err)
			}
		}
	}
}

// protocol.md §2: refused is what has another marker, a byte too many or too few, or more than 1,200.
func TestWrongDatagrams(t *testing.T) {
	good := append(AppendHeader(nil, Header{Type: TypeData}, 3), 1, 2, 3)
	tests := []struct {
		name   string
		change func(b []byte) []byte
	}{
		{"nothing", func([]byte) []byte { return nil }},
		{"an array of 3", func(b []byte) []byte { b[0] = 0x93; return b }},
		{"a type above 127", func(b []byte) []byte { b[1] = 0x80; return b }},
		{"another index marker", func(b []byte) []byte { b[2] = 0xcd; return b }},
		{"another counter marker", func(b []byte) []byte { b[7] = 0xd3; return b }},
		{"another body marker", func(b []byte) []byte { b[16] = 0xda; return b }},
		{"a length too large", func(b []byte) []byte { b[18]++; return b }},
		{"a length too small", func(b []byte) []byte { b[18]--; return b }},
		{"a length of 64 KiB more", func(b []byte) []byte { b[17]++; return b }},
		{"a byte too many", func(b []byte) []byte { return append(b, 0) }},
		{"a byte too few", func(b []byte) []byte { return b[:len(b)-1] }},
		{"1,201 bytes", func([]byte) []byte {
			return append(AppendHeader(nil, Header{Type: TypeData}, MaxBody+1), make([]byte, MaxBody+1)...)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, body, err := ParseDatagram(tt.change(bytes.Clone(good)))
			if !errors.Is(err, ErrMalformed) || body != nil || h != (Header{}) {
				t.Errorf("got %+v, %x, %v", h, body, err)
			}
		})
	}
}

func TestKeyString(t *testing.T) {
	if got := alice.String(); got != "a1000000" {
		t.Errorf("got %s", got)
	}
}

func TestStrings(t *testing.T) {
	for _, tt := range []struct {
		v    interface{ String() string }
		want string
	}{
		{KindText, "text"}, {KindReceiptAck, "receipt-ack"}, {KindLookup, "lookup"}, {KindFound, "found"}, {KindFind, "find"}, {KindNamed, "named"}, {KindClock, "clock"}, {KindCrowd, "crowd"}, {KindGone, "gone"}, {Kind(0), "kind 0"}, {Kind(77), "kind 77"},
		{OK, "ok"}, {NotYours, "not yours"}, {Outcome(9), "outcome 9"},
		{Accepted, "accepted"}, {TooLong, "too long"}, {Skipped, "a post before it is missing"}, {FullDisk, "the server's disk is full"}, {Verdict(6), "verdict 6"},
		{Present, "present"}, {Sender, "sender"}, {Mode(3), "mode 3"},
		{Online, "online"}, {Presence(2), "presence 2"},
	} {
		if got := tt.v.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
