package main

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
)

// Colours that stand out on black and on white: each has a contrast of 3.6 to 1 or more with both (WCAG 2, relative luminance), by
// the values that xterm gives its 256 colours. Terminals with fewer get four of the classic ones.
var (
	manyColours = []int{167, 166, 100, 64, 28, 30, 32, 63, 99, 133, 163, 161}
	fewColours  = []int{31, 32, 35, 36}
)

// painter colours the names of people, by their keys: someone who takes another's name has another colour. The zero value paints
// nothing.
type painter struct {
	on   bool
	many bool // the terminal has 256 colours
	keys map[string]wire.Key
}

// newPainter decides by the flag, the variables NO_COLOR (no-color.org) and TERM, and whether the output is a terminal.
func newPainter(env *environment, flag string, terminal bool) painter {
	on := flag == "always" || flag == "auto" && terminal && env.lookup("NO_COLOR") == "" && env.lookup("TERM") != "dumb"
	return painter{on: on, many: strings.Contains(env.lookup("TERM"), "256color") || env.lookup("COLORTERM") != ""}
}

// learn takes the keys of the client table.
func (p *painter) learn(rows []peer.Contact) {
	p.keys = make(map[string]wire.Key, len(rows))
	for _, r := range rows {
		p.keys[r.Name] = r.Key
	}
}

// paint colours the names in the lines of a notice.
func (p *painter) paint(n peer.Notice, lines []string) []string {
	if t, ok := n.(peer.Table); ok {
		p.learn(t.All)
	}
	if !p.on || len(lines) == 0 {
		return lines
	}
	switch n := n.(type) {
	case peer.Arrived:
		return append([]string{p.name(lines[0], n.From, ": ")}, lines[1:]...)
	case peer.Table:
		painted := make([]string, len(lines))
		for i, line := range lines {
			name, _, _ := strings.Cut(line, " @ ")
			painted[i] = p.name(line, name, " @ ")
		}
		return painted
	}
	return lines
}

// name colours the first place in a line where a name that is in the table stands before what follows it.
func (p *painter) name(line, name, follows string) string {
	if key, known := p.keys[name]; known {
		return p.put(line, name, key, follows)
	}
	return line
}

// mark colours a name in a line of the history. It may be called from any goroutine.
func (p *painter) mark(line, name string, k wire.Key) string {
	if name == "" {
		return line
	}
	if marked := p.put(line, name, k, ": "); marked != line {
		return marked
	}
	return p.put(line, name, k, " to all: ")
}

// put colours the first place where a name stands as a word of its own before what follows it.
func (p *painter) put(line, name string, k wire.Key, follows string) string {
	shown, at := plain.Name(name), 0
	if !strings.HasPrefix(line, shown+follows) {
		at = strings.Index(line, " "+shown+follows) + 1
		if at == 0 {
			return line
		}
	}
	if !p.on {
		return line
	}
	return line[:at] + p.colour(k) + shown + "\x1b[0m" + line[at+len(shown):]
}

// colour is the sequence that begins a key's colour. Keys are random: their first byte is as good as any.
func (p *painter) colour(k wire.Key) string {
	if p.many {
		return fmt.Sprintf("\x1b[38;5;%dm", manyColours[int(k[0])%len(manyColours)])
	}
	return fmt.Sprintf("\x1b[%dm", fewColours[int(k[0])%len(fewColours)])
}
