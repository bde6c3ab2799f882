package explain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"udpchat/wire"
)

// Each fault is told at its byte, with what was there and what belongs there.
func TestFaultsOfBodies(t *testing.T) {
	for _, tt := range []struct{ name, hex, want string }{
		{"no array", "05", "byte 0: an integer, where a message begins: an array [kind, fields…] (§3)"},
		{"an array of nothing", "90", "byte 0: an array, where a message begins: an array [kind, fields…] (§3)"},
		{"a map", "81", "byte 0: 81 begins a map, a float or an extension: there are none (§3)"},
		{"a float inside", "95 05 cb 00 00 00", "byte 2: cb begins a map, a float or an extension: there are none (§3)"},
		{"no kind", "91 a0", "byte 1: a message begins with its kind, an integer from 1 (§3)"},
		{"kind 0", "91 00", "byte 1: a message begins with its kind, an integer from 1 (§3)"},
		{"a field too few", "93 05 01 07", "byte 0: an array of 3, and ping is one of 5: its kind and 4 fields (§4)"},
		{"cut off", "95 05 01 07", "byte 0: declares 5 elements, and 3 bytes follow"},
		{"cut off in an integer", "95 05 ce 00 00 00", "byte 2: ce takes 4 bytes more, and 3 bytes follow"},
		{"too large", "95 05 cf 0000000100000000 07 04 00", "byte 2: nonce is 4294967296: it has 32 bits"},
		{"below 0", "95 05 ff 07 04 00", "byte 2: nonce is an integer from 0, and not an integer below 0"},
		{"another sort", "95 05 a0 07 04 00", "byte 2: nonce is an integer from 0, and not a string"},
		{"no boolean", "96 06 01 01 07 04 00", "byte 3: known is a boolean, and not an integer"},
		{"a short key", "92 13 c4 02 0000", "byte 2: key is a key, 32 bytes, and not 2"},
		{"bytes that are missing", "92 13 c4 20 0000", "byte 2: declares 32 bytes, and 2 bytes follow"},
		{"not UTF-8", "93 03 01 a1ff", "byte 3: name is not UTF-8"},
		{"the second message", "95 05 01 07 04 00 93 05 01 07", "byte 6: an array of 3, and ping is one of 5: its kind and 4 fields (§4)"},
		{"values that do not fit", "97 0a 01 02 0c 91 92 0d0e 01 01", "byte 0: a receiver refuses this message: range from 13 above 12"},
		{"a control record of a wrong size", "92 78 c4 01 00", "byte 2: challenge is a bin of 8 bytes (§13.7)"},
		{"too deep", "92 63 91 91 91 91 01", "byte 5: arrays nest deeper than 4 (§3)"},
	} {
		lines, err := Body(unhex(t, tt.hex))
		var f *Fault
		if !errors.As(err, &f) || f.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
			continue
		}
		if n := len(lines); n > 0 && lines[n-1].At+len(lines[n-1].Bytes) > max(f.At, 1) && !strings.Contains(tt.want, "refuses") {
			t.Errorf("%s: explained behind the fault: %+v", tt.name, lines[n-1])
		}
	}
	if _, err := Body(make([]byte, wire.MaxBody+1)); err == nil || !strings.HasPrefix(err.Error(), "byte 1181: ") {
		t.Errorf("too long: %v", err)
	}
	if _, err := Body(nil); err == nil {
		t.Error("an empty body is explained")
	}
}

func TestFaultsOfDatagrams(t *testing.T) {
	whole := datagrams()[0]
	change := func(at int, b byte) []byte {
		c := bytes.Clone(whole)
		c[at] = b
		return c
	}
	initiation := bytes.Clone(datagrams()[1])
	initiation[15] = 1
	for _, tt := range []struct {
		name string
		b    []byte
		want string
	}{
		{"nothing", nil, "byte 0: the bytes end here: a header has 19 (§2)"},
		{"one byte", whole[:1], "byte 1: the bytes end here: a header has 19 (§2)"},
		{"another array", change(0, 0x93), "byte 0: 93, where 94 begins an array of four (§2)"},
		{"version 1", change(1, 1), "byte 1: type 1 was version 1's, in the clear: it is not answered (§2)"},
		{"no type", change(1, 9), "byte 1: type 9 is none of 2 data, 3 initiation, 4 response, 5 cookie, 6 reset, 7 key request, 8 key answer (§13.1)"},
		{"no index", change(2, 0xcd), "byte 2: cd, where ce begins index (§2)"},
		{"cut in the counter", whole[:12], "byte 12: the bytes end here, within the counter: a header has 19 (§2)"},
		{"cut in the body", whole[:40], "byte 17: the body's length is 33, and 21 bytes follow (§2)"},
		{"a byte too many", append(bytes.Clone(whole), 0), "byte 52: 1 byte behind the body's 33 (§2)"},
		{"a counter", initiation, "byte 7: the counter of this type is 0, and not 1 (§13.1)"},
		{"too long", make([]byte, 1201), "byte 1200: a datagram has at most 1200 bytes, and this one has 1201 (§2)"},
		{"no room for the tag", wire.AppendHeader(nil, wire.Header{Type: 2}, 0), "byte 19: 0 bytes where at least 16 are needed"},
		{"a reset that is short", append(wire.AppendHeader(nil, wire.Header{Type: 6}, 1), 0), "byte 17: the body of this type has 16 bytes, and not 1 (§13.1)"},
	} {
		if _, err := Datagram(tt.b); err == nil || err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

// What the table shows of a fault.
func TestRender(t *testing.T) {
	lines, err := Body(unhex(t, "92 78 c4 08 0102030405060708 94 05 ce 00 00"))
	golden(t, "fault.txt", Render(lines, err, 80))
}

// agree checks that what is explained is what a receiver takes.
func agree(t *testing.T, b []byte) {
	lines, err := Body(b)
	_ = Render(lines, err, 0)
	if _, control := controls[second(b)]; control && b[0] == 0x92 {
		return // the sessions take it off
	}
	var d wire.Decoder
	if want := d.Decode(b, func(wire.Message) error { return nil }); (err == nil) != (want == nil) {
		t.Errorf("%x: explained with %v, decoded with %v", b, err, want)
	}
}

func second(b []byte) byte {
	if len(b) < 2 {
		return 0
	}
	return b[1]
}

func TestTruncatedAndAltered(t *testing.T) {
	for _, m := range messages() {
		b := encode(t, m)
		for n := range b {
			agree(t, b[:n])
		}
		for i := range min(len(b), 80) {
			for _, x := range []byte{0x01, 0x80, 0xff, 0x90} {
				c := bytes.Clone(b)
				c[i] ^= x
				agree(t, c)
			}
		}
	}
	for _, b := range datagrams() {
		for n := range b {
			if _, err := Datagram(b[:n]); err == nil {
				t.Errorf("type %d: %d of %d bytes are explained", b[1], n, len(b))
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, m := range messages() {
		f.Add(encode(f, m))
	}
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b) })
}

func FuzzDatagram(f *testing.F) {
	for _, b := range datagrams() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines, err := Datagram(b)
		_ = Render(lines, err, 0)
		h, _, bad := wire.ParseDatagram(b)
		if err == nil && bad != nil {
			t.Errorf("%x: explained, and parsed with %v", b, bad)
		}
		if err == nil && binary.BigEndian.Uint32(b[3:]) != h.Index {
			t.Errorf("%x: another index", b)
		}
	})
}
