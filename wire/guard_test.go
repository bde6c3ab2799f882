package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// bombs are bodies that would make the library take memory, stack or time out of proportion (its issues #376, #393, #401).
var bombs = []struct{ name, hex string }{
	{"2^32-1 elements", "ddffffffff"},
	{"2^28 elements in 12 bytes", "91 92 01 dd10000000 00 00 00 00"},
	{"65535 elements", "dcffff 01 02"},
	{"15 elements in 14 bytes", "9f" + strings.Repeat("00", 13)},
	{"a bin of 4 GiB", "91 c6ffffffff"},
	{"a bin of 64 KiB", "91 c5ffff"},
	{"a string of 4 GiB", "92 03 dbffffffff"},
	{"a string of 4 GiB as a name", "93 03 01 dbffffffff 61"},
	{"a bin of 2 GiB as a body", "9b 09 01 05 06 01 00 01 00 00 00 c67fffffff 00"},
	{"counts that fit each by itself", "96 07 07 03 05 08 9f" + strings.Repeat("9f", 14)},
	{"a chain of nested arrays", strings.Repeat("91", 1000) + "00"},
	{"five deep", "91 91 91 91 91 00"},
	{"five deep, the last one empty but one", "91 91 91 91 91 90"},
	{"a nested array 32", strings.Repeat("dd00000001", 200) + "00"},
	{"a fixmap", "91 80"},
	{"a map", "81 01 02"},
	{"a map of 65535", "92 01 deffff"},
	{"a map of 2^32-1", "92 01 dfffffffff"},
	{"a float", "92 01 ca00000000"},
	{"a double", "92 01 cb0000000000000000"},
	{"an extension", "92 01 d40100"},
	{"an extension of 4 GiB", "92 01 c9ffffffff01"},
	{"a timestamp", "92 01 d6ff00000000"},
	{"the code that is never used", "92 01 c1"},
	{"an integer that is cut", "92 01 cf00000000"},
	{"a length that is cut", "92 01 c5"},
	{"a count that is cut", "92 01 dd0000"},
	{"a string of one byte too many", "92 01 a261"},
	{"a bin of one byte too many", "92 01 c40261"},
	{"an element too many", "93 01 02"},
	{"an empty array", "90"},
	{"a number", "05"},
	{"a number behind a message", "91 7f 05"},
	{"too long", strings.Repeat("91 7f", MaxBody/2+1)},
}

// protocol.md §3: refused before a byte of it is decoded, and without memory.
func TestBombs(t *testing.T) {
	for _, bomb := range bombs {
		t.Run(bomb.name, func(t *testing.T) {
			b := unhex(t, bomb.hex)
			var d Decoder
			var err error
			n := allocated(func() { err = d.Decode(b, func(Message) error { return nil }) })
			if !errors.Is(err, ErrMalformed) || !errors.Is(guard(b), ErrMalformed) {
				t.Errorf("got %v, the guard says %v", err, guard(b))
			}
			if n >= 64<<10 {
				t.Errorf("%d bytes allocated", n)
			}
		})
	}
}

// The decoders of the kinds bound what they take by themselves: should the guard ever let a count pass, or a message be
// unmarshalled without it.
func TestBombsWithoutTheGuard(t *testing.T) {
	for _, bomb := range bombs {
		b := unhex(t, bomb.hex)
		for k := KindRegister; k <= lastKind; k++ {
			if len(b) > 1 {
				b[1] = byte(k)
			}
			var err error
			n := allocated(func() { err = msgpack.Unmarshal(b, newMessage(k)) })
			if err == nil || n >= 64<<10 {
				t.Errorf("%s as %v: %v, %d bytes allocated", bomb.name, k, err, n)
			}
		}
	}
}

func TestGuardAccepts(t *testing.T) {
	for _, s := range []string{
		"91 05",
		"93 7f c0 90",
		"91 7f 91 7f",
		"92 7f 92 91 91 00 91 90",
		"dc0001 7f",
		"dd00000001 7f",
		"94 7f d9026869 da0001 61 db00000000",
		"96 7f c2 c3 e0 d080 d18000",
		"97 7f cc00 cd0000 ce00000000 cf0000000000000000 d200000000 d30000000000000000",
	} {
		if err := guard(unhex(t, s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// FuzzGuard: what passes is a run of whole arrays for the library as well, and small when decoded.
func FuzzGuard(f *testing.F) {
	for _, g := range golden {
		f.Add(unhex(f, g.hex))
	}
	for _, bomb := range bombs {
		f.Add(unhex(f, bomb.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Decoder
		err := d.Decode(b, func(Message) error { return nil })
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatal(err)
		}
		if guard(b) != nil {
			if err == nil {
				t.Fatal("decoded what the guard refuses")
			}
			return
		}
		r := bytes.NewReader(b)
		dec := msgpack.NewDecoder(r)
		for r.Len() > 0 {
			v, err := dec.DecodeInterface()
			if err != nil {
				t.Fatalf("the library: %v", err)
			}
			if _, ok := v.([]any); !ok {
				t.Fatalf("passed a %T", v)
			}
		}
	})
}
