// Package play puts the program on a stage: real processes, a script of what is typed and what everyone must see then. It is
// for tests and for the demonstration; it knows lines and nothing of the protocol.
//
//	Script ─▶ Stage ─▶ processes: one server, a Desk for each client ─▶ Screen ─▶ match ─▶ the first line that is wrong
//
// The lines of one client are compared in order. What comes to it from different machines in the same step are different
// strands, which may mix between, but not within, their blocks. The next step begins when every strand has been seen, so a
// line that is out of place is found in the step after at the latest.
package play

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Script is a play: steps in their order.
type Script struct {
	Title string
	Steps []Step
}

// Step is one thing that happens, and what is seen of it.
type Step struct {
	what    action
	who     string // the client that acts
	text    string // what is typed
	code    int    // the exit code of a client that ends in this step
	strands map[string][]strand
}

type action int

const (
	serverStarts action = iota
	serverStops
	clientStarts
	clientTypes
	clientInterrupts
	clientEnds
)

// A block is a line, or lines that nothing may come between. The blocks of a strand come in their order.
type (
	block  []string
	strand []block
)

// ServerStarts and ServerStops are steps that nobody sees at once.
func ServerStarts() Step { return Step{what: serverStarts} }

// ServerStops ends the server in good order.
func ServerStops() Step { return Step{what: serverStops} }

// Starts starts a client, the first time or again.
func Starts(who string) Step { return Step{what: clientStarts, who: who} }

// Types types a line and presses Enter. The line stands on the typist's screen, before what comes of it.
func Types(who, line string) Step {
	return Step{what: clientTypes, who: who, text: line}.Shows(who, Prompt+line)
}

// Interrupts presses Ctrl-C; the client ends by it.
func Interrupts(who string) Step {
	return Step{what: clientInterrupts, who: who, code: 130}.Shows(who, "[Exiting]")
}

// Ends waits until a client has ended by itself with an exit code.
func Ends(who string, code int) Step { return Step{what: clientEnds, who: who, code: code} }

// Shows adds a strand to a client's screen. A block of several lines holds \n. What a typist sees first goes on with what
// comes of the typing.
func (s Step) Shows(who string, blocks ...string) Step {
	var more strand
	for _, b := range blocks {
		more = append(more, strings.Split(b, "\n"))
	}
	strands := map[string][]strand{}
	maps.Copy(strands, s.strands)
	had := strands[who]
	if s.what == clientTypes && who == s.who && len(had) == 1 && len(had[0]) == 1 {
		strands[who] = []strand{append(had[0][:1:1], more...)}
	} else {
		strands[who] = append(slices.Clip(had), more)
	}
	s.strands = strands
	return s
}

// String says what happens.
func (s Step) String() string {
	switch s.what {
	case serverStarts:
		return "the server starts"
	case serverStops:
		return "the server is ended"
	case clientStarts:
		return s.who + " starts"
	case clientTypes:
		return fmt.Sprintf("%s types %q", s.who, s.text)
	case clientInterrupts:
		return s.who + " presses Ctrl-C"
	}
	return fmt.Sprintf("%s ends by itself with exit code %d", s.who, s.code)
}
