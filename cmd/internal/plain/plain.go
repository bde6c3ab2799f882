// Package plain makes what others wrote fit to be shown: nothing in it moves the cursor, changes colours, reverses the
// reading order or hides. Everything remote passes it on its way to a terminal or a log: texts, names, errors of servers.
//
// It is for what is shown, not for what is kept: stored bytes stay as they came. It does not judge (package wire says what a
// name may be), and it cannot make two looks apart that are one.
//
// What is replaced shows as U+FFFD, so that nothing disappears silently: controls (C0, DEL, C1), bidi marks, overrides and
// isolates, everything else that is invisible, tags, private use, what Unicode has not assigned, and bytes that are not
// UTF-8. Writing of every script stays as it is, wide and right to left too. Spaces of every kind become the plain one, but
// for the ideographic.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Indent begins every line of a text but its first, so that none can pass for a line of someone else's, or of ours.
const Indent = "    "

// Name makes a string of one line fit to be shown: a name, an error, a field of a log. A line break is replaced too.
func Name(s string) string {
	if isPlain(s) {
		return s
	}
	return clean(s, false)
}

// Text makes a text of any number of lines fit to be shown. Every line after a \n or \r\n begins with Indent; one that came
// with it, or with more space, stays as it is, so that a text may pass twice.
func Text(s string) string {
	if isPlain(s) {
		return s
	}
	return clean(s, true)
}

// isPlain: printable ASCII, most of what there is, needs nothing and costs no memory.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func clean(s string, lines bool) string {
	c := cleaner{lines: lines}
	c.out.Grow(len(s) + len(Indent))
	for s != "" {
		r, n := utf8.DecodeRuneInString(s) // U+FFFD for each byte that is not UTF-8
		s = s[n:]
		if r == '\r' && lines && strings.HasPrefix(s, "\n") {
			continue
		}
		c.add(r, s)
	}
	return c.out.String()
}

// cleaner is a string on its way out. Its zero value is at the beginning of a line.
type cleaner struct {
	out     strings.Builder
	lines   bool
	base    rune // what marks stand on, 0 at the beginning of a line
	marks   int  // that stand on it and take no room
	spacing int  // that stand on it and take room
}

// add writes one rune, or what stands for it, before the rest.
func (c *cleaner) add(r rune, rest string) {
	switch {
	case r >= ' ' && r <= '~':
		c.stand(r)
	case r == '\n' && c.lines:
		c.out.WriteByte('\n')
		if !strings.HasPrefix(rest, Indent) {
			c.out.WriteString(Indent)
		}
		c.base, c.marks, c.spacing = 0, 0, 0
	case r == '\t', unicode.Is(unicode.Zs, r) && r != '\u3000':
		c.stand(' ')
	case joins(r, c.base, rest):
		c.out.WriteRune(r)
	case unicode.Is(unicode.Variation_Selector, r):
		c.mark(r)
	case !unicode.IsPrint(r) && r != '\u3000', unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		c.stand(utf8.RuneError)
	case unicode.IsMark(r), conjoins(r):
		c.mark(r)
	default:
		c.stand(r)
	}
}

// stand writes what marks can stand on.
func (c *cleaner) stand(r rune) {
	c.out.WriteRune(r)
	c.base, c.marks, c.spacing = r, 0, 0
}

// maxMarks is how many combining marks may stand on one character: writing needs fewer, and more only cover the lines
// above and below. Those that take room of their own are counted apart, as both are on one letter in Burmese.
const maxMarks = 4

// mark writes a combining mark, unless it is one too many: those are left out. One at the beginning of a line would stand
// on what we write before it.
func (c *cleaner) mark(r rune) {
	count := &c.marks
	if unicode.Is(unicode.Mc, r) {
		count = &c.spacing
	}
	switch {
	case c.base == 0:
		c.stand(utf8.RuneError)
	case *count < maxMarks:
		c.out.WriteRune(r)
		*count++
	}
}

// conjoins: the vowels and final consonants of Hangul's letters (Unicode §3.12) stand within the syllable's first, as marks do.
func conjoins(r rune) bool {
	return r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff
}
