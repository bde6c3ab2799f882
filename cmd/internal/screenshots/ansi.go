package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// look is how a cell is coloured; "" is the terminal's own.
type look struct {
	foreground, background string
	bold, underline        bool
}

// glyph is one character where it stands.
type glyph struct {
	text  string
	x     int // columns
	width int // 1 or 2
	look  look
}

// parse takes a captured screen apart: text and the sequences that colour it, nothing else.
func parse(screen string) (rows [][]glyph, err error) {
	var now look
	for line := range strings.SplitSeq(strings.TrimSuffix(screen, "\n"), "\n") {
		var row []glyph
		x := 0
		for line != "" {
			if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
				parameters, rest, ok := strings.Cut(rest, "m")
				if !ok {
					return nil, fmt.Errorf("a sequence that colours nothing: %q", line)
				}
				if err := now.sgr(parameters); err != nil {
					return nil, err
				}
				line = rest
				continue
			}
			next := strings.IndexByte(line, '\x1b')
			if next < 0 {
				next = len(line)
			}
			if next == 0 {
				return nil, fmt.Errorf("a sequence that colours nothing: %q", line)
			}
			for g := graphemes.FromString(line[:next]); g.Next(); {
				w := max(displaywidth.String(g.Value()), 1)
				row = append(row, glyph{g.Value(), x, w, now})
				x += w
			}
			line = line[next:]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// sgr obeys one sequence's parameters (ECMA-48 §8.3.117), as far as tmux writes them.
func (l *look) sgr(parameters string) error {
	p := strings.Split(parameters, ";")
	for i := 0; i < len(p); i++ {
		n, err := strconv.Atoi("0" + p[i])
		if err != nil {
			return fmt.Errorf("colour %q: %w", parameters, err)
		}
		switch {
		case n == 0:
			*l = look{}
		case n == 1:
			l.bold = true
		case n == 4:
			l.underline = true
		case n == 22:
			l.bold = false
		case n == 24:
			l.underline = false
		case n == 39:
			l.foreground = ""
		case n == 49:
			l.background = ""
		case (n == 38 || n == 48) && i+4 < len(p) && p[i+1] == "2":
			c, err := rgb(p[i+2 : i+5])
			if err != nil {
				return fmt.Errorf("colour %q: %w", parameters, err)
			}
			if n == 38 {
				l.foreground = c
			} else {
				l.background = c
			}
			i += 4
		default:
			return fmt.Errorf("colour %q is not one of 24 bits", parameters)
		}
	}
	return nil
}

func rgb(parts []string) (string, error) {
	var c [3]uint64
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return "", err
		}
		c[i] = n
	}
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]), nil
}
