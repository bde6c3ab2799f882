package explain

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"unicode/utf8"

	"udpchat/cmd/internal/plain"
	"udpchat/wire"
)

// message is a message that is being explained, and what its fields so far say about those that follow.
type message struct {
	*walker
	kind  *kind
	to    wire.Key
	flags uint64
	part  uint64
	size  uint64
	row   int // how many rows stand before this one
}

// field explains the next field.
func (m *message) field(name string) {
	v, ok := m.next()
	if !ok {
		return
	}
	f := lookup(m.kind.name, name)
	switch f.shape {
	case ranges:
		m.ranges(v, name, f)
		return
	case rows:
		m.rows(v, f)
		return
	}
	text := m.value(v, name, f)
	if m.fault != nil {
		return
	}
	if inner := m.inner(name, len(v.data)); inner != nil && len(v.data) > 0 {
		if len(v.data) < least(inner) {
			m.say(v.head, v.end()-v.at, name, "%s", sized(len(v.data), fmt.Sprintf("too few for what it should be, at least %d: its recipient refuses it", least(inner))))
			return
		}
		m.say(0, v.head, name, "%s", sized(len(v.data), text))
		m.depth++
		m.parts(inner, len(v.data))
		m.depth--
		return
	}
	m.say(v.prefix(), v.end()-v.at, name, "%s", text)
}

// inner is what a bin of so many bytes is made of, nil when it is only bytes.
func (m *message) inner(name string, n int) []part {
	switch {
	case name == "card":
		return card
	case name == "who":
		return who
	case name == "head":
		return rowHead
	case m.kind.name == "push-row": // its parts are in the clear, and nothing is around them
		return nil
	case name != "body" || m.flags&uint64(wire.FlagCovered) == 0:
		return nil
	case m.kind.name == "push-post" || m.to == wire.Channel:
		switch {
		case m.flags&uint64(wire.FlagBatch) != 0:
			return post
		case uint64(n) == min(wire.PartSize, m.size-m.part*wire.PartSize)+uint64(least(firstPost)):
			return firstPost // only its length tells it from the other (§14.5)
		}
		return lonePost
	case m.flags&uint64(wire.FlagBatch) == 0:
		return formerMail
	}
	return mail
}

// value checks a value against its field and says what it means.
func (m *message) value(v value, name string, f field) string {
	switch f.shape {
	case number:
		return m.number(v, name, f)
	case signed:
		if v.sort != isUint && v.sort != isInt || v.n > math.MaxInt64 {
			m.mistyped(v, name, "an integer of 64 bits with a sign")
			return ""
		}
		at := int64(v.n)
		if v.sort == isInt {
			at = v.minus
		}
		if m.row > 0 {
			return fmt.Sprintf("%d µs after the one before it (§11.3)", at)
		}
		return sayTime(at)
	case boolean:
		if v.sort != isBool {
			m.mistyped(v, name, "a boolean")
			return ""
		}
		return also(fmt.Sprint(v.n == 1), f.about)
	case words:
		return m.words(v, name, f)
	case key:
		return m.key(v, name, f)
	case address:
		return m.address(v, name, f)
	}
	return m.blob(v, name, f)
}

func (m *message) mistyped(v value, name, want string) {
	m.fail(v.at, "%s is %s, and not %s", name, want, v.sort)
}

func also(s, about string) string {
	if about == "" {
		return s
	}
	return s + ": " + about
}

func (m *message) number(v value, name string, f field) string {
	if v.sort != isUint {
		m.mistyped(v, name, "an integer from 0")
		return ""
	}
	if f.bits < 64 && v.n >= 1<<f.bits {
		m.fail(v.at, "%s is %d: it has %d bits", name, v.n, f.bits)
		return ""
	}
	switch name {
	case "flags":
		m.flags = v.n
	case "part":
		m.part = v.n
	case "size":
		m.size = v.n
	}
	s := fmt.Sprint(v.n)
	if f.say != nil {
		s += ", " + f.say(v.n)
	}
	return also(s, f.about)
}

func (m *message) words(v value, name string, f field) string {
	switch {
	case v.sort != isString:
		m.mistyped(v, name, "a string")
	case len(v.data) > f.most:
		m.fail(v.at, "%s has %d bytes, and at most %d are allowed", name, len(v.data), f.most)
	case !utf8.Valid(v.data):
		m.fail(v.at, "%s is not UTF-8", name)
	}
	return also(`"`+plain.Name(string(v.data))+`"`, f.about)
}

func (m *message) key(v value, name string, f field) string {
	if v.sort != isBin || len(v.data) != len(wire.Key{}) {
		m.fail(v.at, "%s is a key, %d bytes, and not %s", name, len(wire.Key{}), of(v))
		return ""
	}
	k := wire.Key(v.data)
	if name == "to" {
		m.to = k
	}
	if k == wire.Channel {
		return also("the channel (§11.1)", f.about)
	}
	return also("key "+k.String(), f.about)
}

func of(v value) string {
	if v.sort == isBin {
		return fmt.Sprint(len(v.data))
	}
	return v.sort.String()
}

func (m *message) address(v value, name string, f field) string {
	if v.sort != isBin {
		m.mistyped(v, name, "bytes")
		return ""
	}
	if len(v.data) == 0 {
		return "not known"
	}
	a, ok := netip.AddrFromSlice(v.data)
	if !ok || a.Is4In6() {
		m.fail(v.at, "%s has 4 bytes (IPv4), 16 (IPv6) or none", name)
	}
	return also(a.String(), f.about)
}

func (m *message) blob(v value, name string, f field) string {
	switch {
	case v.sort != isBin:
		m.mistyped(v, name, "bytes")
		return ""
	case len(v.data) > f.most:
		m.fail(v.at, "%s has %d bytes, and at most %d are allowed", name, len(v.data), f.most)
		return ""
	case name != "body":
		return f.about
	case m.flags&uint64(wire.FlagCovered) != 0 && m.kind.name != "push-row":
		return ""
	case len(v.data) == 0:
		return "empty"
	}
	return "the part itself: " + quoted(v.data)
}

// quoted shows a text in one line, or as much of it as fits.
func quoted(b []byte) string {
	const most = 60
	s := strings.Map(func(r rune) rune {
		if r == '\n' {
			return '⏎'
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return `"` + plain.Name(s) + `"`
}

// list reads the head of an array of at most f.most.
func (m *message) list(v value, name string, f field) bool {
	switch {
	case v.sort != isArray:
		m.mistyped(v, name, "an array")
	case v.count > f.most:
		m.fail(v.at, "%s has %d elements, and at most %d are allowed", name, v.count, f.most)
	}
	if m.fault != nil {
		return false
	}
	m.say(0, v.head, name, "%s", also(fmt.Sprintf("an array of %d", v.count), f.about))
	return true
}

func (m *message) ranges(v value, name string, f field) {
	if !m.list(v, name, f) {
		return
	}
	m.depth++
	defer func() { m.depth-- }()
	for range v.count {
		m.tuple("range", 2)
		m.depth++
		for _, end := range []string{"from", "to"} {
			if v, ok := m.next(); ok {
				s := m.number(v, end, field{bits: 64})
				if m.fault == nil {
					m.say(v.prefix(), v.end()-v.at, end, "%s", s)
				}
			}
		}
		m.depth--
	}
}

func (m *message) rows(v value, f field) {
	if !m.list(v, "rows", f) {
		return
	}
	m.depth++
	defer func() { m.depth-- }()
	for m.row = range v.count {
		names := m.kind.columns()
		m.tuple("row", len(names))
		m.depth++
		for _, name := range names {
			m.field(name)
		}
		m.depth--
	}
}

// tuple reads the head of an array that has no choice of its length.
func (m *message) tuple(name string, count int) {
	v, ok := m.next()
	if !ok {
		return
	}
	if v.sort != isArray || v.count != count {
		m.fail(v.at, "a %s is an array of %d", name, count)
		return
	}
	m.say(0, v.head, name, "an array of %d", count)
}
