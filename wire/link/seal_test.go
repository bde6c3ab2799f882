package link

import (
	"errors"
	"testing"

	"udpchat/wire"
)

func TestOpenRefusesRubbish(t *testing.T) {
	good := seal(nil, me, her, 1, []byte{0x91, 0x05})
	changed := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	header := wire.AppendHeader(nil, wire.Header{Type: wire.TypeOpen, Counter: 1}, 3)
	for _, c := range []struct {
		name     string
		datagram []byte
		want     error
	}{
		{"nothing", nil, wire.ErrMalformed},
		{"text", []byte("hello, is anybody there? I speak plain text"), wire.ErrMalformed},
		{"another marker", changed(0, 0x93), wire.ErrMalformed},
		{"another type", changed(1, wire.TypeOpen+1), ErrForeign},
		{"a session's index", changed(6, 1), ErrForeign},
		{"no envelope", append(header, 1, 2, 3), wire.ErrMalformed},
		{"a byte more", append(append([]byte(nil), good...), 0), wire.ErrMalformed},
		{"too long", seal(nil, me, her, 1, make([]byte, room+1)), wire.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to, body, err := Open(c.datagram)
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if from != (wire.Key{}) || to != (wire.Key{}) || body != nil {
				t.Errorf("from %v, to %v, body %x beside an error", from, to, body)
			}
		})
	}
	for n := range good {
		if _, _, _, err := Open(good[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were opened", n, len(good))
		}
	}
	if n := testing.AllocsPerRun(100, func() { _, _, _, _ = Open(good[:40]) }); n != 0 {
		t.Errorf("refusing allocates %v times", n)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(seal(nil, me, her, 1, []byte{0x91, 0x05}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		from, to, body, err := Open(b)
		if err != nil {
			return
		}
		h, _, _ := wire.ParseDatagram(b)
		if again := seal(nil, from, to, h.Counter, body); string(again) != string(b) {
			t.Errorf("%x was opened, sealed again it is %x", b, again)
		}
	})
}
