package explain

import (
	"fmt"
	"math/bits"
)

// Line is a stretch of bytes and what it is.
type Line struct {
	At    int // offset of the first byte
	Depth int // how deep it stands in what is around it
	Head  int // how many of the bytes only say what follows, and how long it is
	Bytes []byte
	Name  string // as protocol.md calls it
	Text  string // fit for a terminal
}

// Fault is where bytes stop making sense. It is an error of one line.
type Fault struct {
	At  int // offset; behind the last byte when something is missing
	Why string
}

func (f *Fault) Error() string { return fmt.Sprintf("byte %d: %s", f.At, f.Why) }

// walker goes through bytes from the first to the last and leaves a line for each stretch. The first fault ends it.
type walker struct {
	b     []byte
	at    int
	depth int
	lines []Line
	fault *Fault
}

func (w *walker) fail(at int, format string, args ...any) {
	if w.fault == nil {
		w.fault = &Fault{at, fmt.Sprintf(format, args...)}
	}
}

// say leaves a line for the next bytes and goes behind them.
func (w *walker) say(head, size int, name, format string, args ...any) {
	w.lines = append(w.lines, Line{At: w.at, Depth: w.depth, Head: head, Bytes: w.b[w.at : w.at+size], Name: name, Text: fmt.Sprintf(format, args...)})
	w.at += size
}

// next reads the next value and stays before it.
func (w *walker) next() (value, bool) {
	if w.fault != nil {
		return value{}, false
	}
	v, fault := read(w.b, w.at)
	w.fault = fault
	return v, fault == nil
}

// parts explains the next size bytes as the parts that they are made of.
func (w *walker) parts(all []part, size int) {
	known := least(all)
	if known > size {
		w.fail(w.at, "%d bytes where at least %d are needed", size, known)
		return
	}
	for _, p := range all {
		n := p.size
		switch n {
		case levels:
			if n = w.path(&p, size-known); n == 0 && p.about == "" {
				continue
			}
			known += n
		case 0:
			n = size - known
		}
		if p.inner == nil {
			w.say(0, n, p.name, "%s", sized(n, p.about))
			continue
		}
		w.lines = append(w.lines, Line{At: w.at, Depth: w.depth, Name: p.name, Text: sized(n, p.about)})
		w.depth++
		w.parts(p.inner, n)
		w.depth--
	}
}

// path is how long the path is that the position before it speaks of, when no more than most bytes are left. A post that is alone has none.
func (w *walker) path(p *part, most int) int {
	position := w.b[w.at-1]
	n := 32 * (bits.Len8(position) - 1)
	switch {
	case position == 0 || position > 31 || n > most:
		p.about = "there is none for this position: members refuse it"
		return 0
	case n == 0:
		p.about = ""
	}
	return n
}

// least is how many bytes parts have at least.
func least(all []part) (n int) {
	for _, p := range all {
		n += max(0, p.size)
	}
	return n
}

func sized(n int, about string) string {
	s := "1 byte"
	if n != 1 {
		s = fmt.Sprintf("%d bytes", n)
	}
	if about == "" {
		return s
	}
	return s + ", " + about
}

func following(n int) string {
	if n == 1 {
		return "1 byte follows"
	}
	return sized(n, "") + " follow"
}

func (w *walker) result() ([]Line, error) {
	if w.fault != nil {
		return w.lines, w.fault
	}
	return w.lines, nil
}
