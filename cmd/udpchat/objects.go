package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"unicode"

	"udpchat/cmd/internal/control"
	"udpchat/peer"
)

// objects is a screen for a program: JSON objects, one a line, in both directions (docs/scripting.md).
type objects struct {
	in *bufio.Reader

	mu   sync.Mutex
	out  io.Writer
	last uint64            // ref given out
	refs map[uint64]string // what the program calls its texts, until it is told what became of them at first
}

func newObjects(in io.Reader, out io.Writer) *objects {
	return &objects{in: bufio.NewReader(in), out: out, refs: map[uint64]string{}}
}

// read gives the next command. What is none is answered, and the next one read. ctx is not heeded, as with other pipes.
func (o *objects) read(context.Context) typed {
	for {
		line, err := control.ReadLine(o.in)
		if err != nil && !errors.Is(err, control.ErrTooLong) {
			return typed{err: err}
		}
		var m control.Command
		var t typed
		if err == nil {
			if len(line) == 0 {
				continue
			}
			m, err = control.Parse(line)
		}
		if err == nil {
			t, err = o.typed(m)
		}
		if err == nil {
			return t
		}
		if err = o.write(control.Event{Event: "error", Ref: m.Ref, Error: control.BadCommand, Why: err.Error()}); err != nil {
			return typed{err: err}
		}
	}
}

// typed is what a user would have typed.
func (o *objects) typed(m control.Command) (typed, error) {
	switch m.Op {
	case "send":
		if m.To == "" {
			return typed{}, errors.New(`"to" is missing: a name, or "all"`)
		}
		return o.text(m), nil
	case "peers", "quit":
		return typed{line: m.Op}, nil
	case "verify", "trust", "reg", "dereg":
		if m.Name == "" || strings.ContainsFunc(m.Name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
			return typed{}, errors.New(`"name" is missing, or no name`)
		}
		return typed{line: m.Op + " " + m.Name}, nil
	case "":
		return typed{}, errors.New(`"op" is missing`)
	}
	return typed{}, errors.New("there is no op " + m.Op)
}

func (o *objects) text(m control.Command) typed {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	if m.Ref != "" {
		o.refs[o.last] = m.Ref
	}
	to := m.To
	if to == control.All {
		to = ""
	}
	return typed{text: &text{ref: o.last, to: to, text: m.Text}}
}

func (o *objects) where(lines []string) error {
	for _, line := range lines {
		if err := o.println(line); err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) begin(*session) {}

func (o *objects) tell(n peer.Notice, lines []string) error {
	e, ok := control.Of(n)
	if !ok {
		return nil
	}
	if ref := control.Ref(n); ref != 0 {
		o.mu.Lock()
		e.Ref = o.refs[ref]
		delete(o.refs, ref)
		o.mu.Unlock()
	}
	if _, ok := n.(peer.Identity); ok {
		e.Lines = lines
	}
	return o.write(e)
}

func (o *objects) println(line string) error {
	return o.write(control.Event{Event: "note", Text: line})
}

func (o *objects) write(e control.Event) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.out.Write(control.Line(e))
	return err
}

func (o *objects) logWriter(stderr *os.File) io.Writer { return stderr }

func (o *objects) interactive() bool { return false }

func (o *objects) close() {}
