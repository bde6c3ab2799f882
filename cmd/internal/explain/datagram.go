package explain

import (
	"encoding/binary"
	"fmt"
	"strings"

	"udpchat/wire"
)

// Datagram explains a datagram as it travels. The lines reach up to what is wrong with it; the error is a *Fault then.
func Datagram(b []byte) ([]Line, error) {
	w := &walker{b: b}
	if len(b) > wire.MaxDatagram {
		w.fail(wire.MaxDatagram, "a datagram has at most %d bytes, and this one has %d (§2)", wire.MaxDatagram, len(b))
		return w.result()
	}
	t := w.header()
	if w.fault != nil {
		return w.result()
	}
	rest := len(b) - w.at
	if want := t.sum(); want > 0 && rest != want {
		w.fail(wire.HeaderSize-2, "the body of this type has %d bytes, and not %d (§13.1)", want, rest)
		return w.result()
	}
	w.depth++
	w.parts(t.parts, rest)
	return w.result()
}

// sum is how many bytes the body has, 0 when it may have more or fewer.
func (t *datagramType) sum() int {
	n := 0
	for _, p := range t.parts {
		if p.size == 0 {
			return 0
		}
		n += p.size
	}
	return n
}

// header explains what stands at constant offsets (§2).
func (w *walker) header() (t *datagramType) {
	w.marker(0, 0x94, "an array of four")
	if w.fault != nil {
		return nil
	}
	w.say(0, 1, "array", "of four: type, index, counter, body")
	if t = w.datagramType(); t == nil {
		return nil
	}
	for _, h := range header[2:] {
		w.marker(h.offset, mark[h.field], h.field)
		if w.fault == nil && len(w.b) < h.offset+h.bytes {
			w.fail(len(w.b), "the bytes end here, within the %s: a header has %d (§2)", h.field, wire.HeaderSize)
		}
		if w.fault != nil {
			return nil
		}
		switch h.field {
		case "index":
			w.say(1, h.bytes, h.field, "%d: %s", binary.BigEndian.Uint32(w.b[h.offset+1:]), t.index)
		case "counter":
			w.counter(t, h.bytes)
		case "body":
			w.length(h.bytes)
		}
	}
	return t
}

// mark is the code that each field begins with.
var mark = map[string]byte{"index": 0xce, "counter": 0xcf, "body": 0xc5}

func (w *walker) marker(at int, want byte, what string) {
	switch {
	case w.fault != nil:
	case at >= len(w.b):
		w.fail(at, "the bytes end here: a header has %d (§2)", wire.HeaderSize)
	case w.b[at] != want:
		w.fail(at, "%02x, where %02x begins %s (§2)", w.b[at], want, what)
	}
}

func (w *walker) datagramType() *datagramType {
	if len(w.b) < 2 {
		w.fail(1, "the bytes end here: a header has %d (§2)", wire.HeaderSize)
		return nil
	}
	n := w.b[1]
	for i := range types {
		if types[i].number == n {
			w.say(0, 1, "type", "%d, %s", n, types[i].name)
			return &types[i]
		}
	}
	if n == 1 {
		w.fail(1, "type 1 was version 1's, in the clear: it is not answered (§2)")
	} else {
		w.fail(1, "type %d is none of %s (§13.1)", n, typeNumbers())
	}
	return nil
}

func typeNumbers() string {
	var all []string
	for _, t := range types {
		all = append(all, fmt.Sprintf("%d %s", t.number, t.name))
	}
	return strings.Join(all, ", ")
}

func (w *walker) counter(t *datagramType, size int) {
	n := binary.BigEndian.Uint64(w.b[w.at+1:])
	if n != 0 && (t.number == wire.TypeInitiation || t.number == wire.TypeResponse) {
		w.fail(w.at, "the counter of this type is 0, and not %d (§13.1)", n)
		return
	}
	about := t.counter
	if about == "0" {
		about = "always 0 in this type"
	}
	w.say(1, size, "counter", "%d: %s", n, about)
}

func (w *walker) length(size int) {
	n, left := int(binary.BigEndian.Uint16(w.b[w.at+1:])), len(w.b)-w.at-size
	if n > left {
		w.fail(w.at+1, "the body's length is %d, and %s (§2)", n, following(left))
		return
	}
	if n < left {
		w.fail(w.at+size+n, "%s behind the body's %d (§2)", sized(left-n, ""), n)
		return
	}
	w.say(1, size, "body", "%s", sized(n, ""))
}
