package explain

import (
	"strings"

	"udpchat/wire"
)

// maxDepth is how deep arrays may nest (§3).
const maxDepth = 4

// Body explains a body that its session has opened: what the sessions say to each other, and messages. The lines reach up to
// what is wrong with it; the error is a *Fault then.
func Body(b []byte) ([]Line, error) {
	w := &walker{b: b}
	switch {
	case len(b) == 0:
		w.fail(0, "an empty body has no message")
	case len(b) > wire.MaxBody:
		w.fail(wire.MaxBody, "a body has at most %d bytes, and this one has %d (§2)", wire.MaxBody, len(b))
	}
	w.controls()
	for w.fault == nil && w.at < len(b) {
		w.message()
	}
	return w.result()
}

// controls explains up to two control records before the messages (§13.7).
func (w *walker) controls() {
	for i := 0; w.fault == nil && len(w.b)-w.at >= 2 && w.b[w.at] == 0x92; i++ {
		c, ok := controls[w.b[w.at+1]]
		if !ok {
			return
		}
		if i == 2 {
			w.fail(w.at, "a third control record: a body has at most two (§13.7)")
			return
		}
		w.say(0, 1, "array", "of two: a control record of the sessions")
		w.depth++
		w.say(0, 1, "kind", "%d, %s", w.b[w.at], c.name)
		v, ok := w.next()
		if ok && (w.b[v.at] != 0xc4 || len(v.data) != c.size) {
			w.fail(v.at, "%s is a bin of %d bytes (§13.7)", c.name, c.size)
		}
		if w.fault == nil {
			w.say(v.head, v.head+c.size, c.name, "%s", sized(c.size, c.about))
		}
		w.depth--
	}
}

// message explains one array [kind, fields…].
func (w *walker) message() {
	start := w.at
	v, ok := w.next()
	if !ok {
		return
	}
	if v.sort != isArray || v.count == 0 {
		w.fail(v.at, "%s, where a message begins: an array [kind, fields…] (§3)", v.sort)
		return
	}
	head, fault := read(w.b, v.at+v.head)
	if w.fault = fault; fault != nil {
		return
	}
	if head.sort != isUint || head.n == 0 {
		w.say(0, v.head, "array", "of %d", v.count)
		w.fail(head.at, "a message begins with its kind, an integer from 1 (§3)")
		return
	}
	k := kindOf(head.n)
	if k == nil {
		w.unknown(v, head)
		return
	}
	names := k.names()
	if v.count != 1+len(names) {
		w.fail(v.at, "an array of %d, and %s is one of %d: its kind and %d fields (§4)", v.count, k.name, 1+len(names), len(names))
		return
	}
	w.say(0, v.head, k.name, "%s: an array of %d", way(k.way), v.count)
	w.depth++
	w.say(0, head.head, "kind", "%d, %s", head.n, k.name)
	m := &message{walker: w, kind: k}
	for _, name := range names {
		m.field(name)
	}
	w.depth--
	if w.fault == nil {
		w.judge(start)
	}
}

func way(s string) string {
	if s == "both" {
		return "client ↔ server"
	}
	return s
}

func kindOf(n uint64) *kind {
	if n < 1 || n > uint64(len(kinds)) {
		return nil
	}
	return &kinds[n-1]
}

// judge asks the decoder, which knows what values may stand together.
func (w *walker) judge(start int) {
	var d wire.Decoder
	if err := d.Decode(w.b[start:w.at], func(wire.Message) error { return nil }); err != nil {
		why := err.Error()
		if _, after, found := strings.Cut(why, wire.ErrMalformed.Error()+": "); found {
			why = after
		}
		w.fail(start, "a receiver refuses this message: %s", why)
	}
}

// unknown explains a message of a later version, which is skipped.
func (w *walker) unknown(v, head value) {
	w.say(0, v.head, "array", "of %d: a message of a kind that is not known; it is skipped (§3)", v.count)
	w.depth++
	w.say(0, head.head, "kind", "%d", head.n)
	for range v.count - 1 {
		w.anything(2)
	}
	w.depth--
}

// anything explains a value that has no name, at a depth of arrays.
func (w *walker) anything(depth int) {
	v, ok := w.next()
	if !ok {
		return
	}
	if v.sort != isArray {
		w.say(v.prefix(), v.end()-v.at, "value", "%s", v.sort)
		return
	}
	if v.count > 0 && depth > maxDepth {
		w.fail(v.at, "arrays nest deeper than %d (§3)", maxDepth)
		return
	}
	w.say(0, v.head, "array", "of %d", v.count)
	w.depth++
	for range v.count {
		w.anything(depth + 1)
	}
	w.depth--
}
