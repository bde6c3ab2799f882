package lab

import (
	"fmt"
	"strings"
	"time"
)

const (
	timeCol = 10 // of a row, before the first party's line
	between = 30 // from one party's line to the next
	tail    = 2  // between the last line and what became of an arrow
)

// The signs of events that are not arrows.
var signs = map[What]string{Typed: "▸", Shown: "◂", Timer: "◷", Told: "✓", Twice: "=", Plug: "⊘"}

// Ladder draws the story in text: a row for each datagram at the time when it left, with what became of it on the right, and for
// everything else that happened; then what became of each message, and what the signs mean.
func (s *Story) Ladder() string {
	var b strings.Builder
	b.WriteString(s.Title() + "\n\n")
	b.WriteString(s.heads())
	for _, e := range s.Events {
		switch e.What {
		case Arrives:
		case Leaves:
			b.WriteString(s.arrowRow(&s.Arrows[e.Arrow]))
		default:
			b.WriteString(s.markRow(e))
		}
	}
	b.WriteString("\n" + s.table())
	b.WriteString("\n" + s.legend())
	return b.String()
}

// Width is how many columns a ladder has, without what stands behind the last party's line.
func (s *Story) Width() int { return s.column(len(s.Parties)-1) + 1 }

// Title says with what the story was played.
func (s *Story) Title() string {
	c := s.Config
	t := fmt.Sprintf("%d clients, %s lost, %s doubled, %v one way", c.Clients, percent(c.Drop), percent(c.Dup), c.Delay)
	if c.Jitter > 0 {
		t += fmt.Sprintf(" and up to %v more", c.Jitter)
	}
	return t + fmt.Sprintf(", seed %d", c.Seed)
}

func percent(p float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", 100*p), "0"), ".") + " %"
}

func seconds(t time.Duration) string { return fmt.Sprintf("%8.3f", t.Seconds()) }

func (s *Story) column(party int) int { return timeCol + party*between }

// lines are the parties' lines, empty.
func (s *Story) lines() []rune {
	row := []rune(strings.Repeat(" ", s.column(len(s.Parties)-1)+1))
	for i := range s.Parties {
		row[s.column(i)] = '│'
	}
	return row
}

func (s *Story) heads() string {
	row := []rune(strings.Repeat(" ", s.column(len(s.Parties)-1)+len("server")))
	copy(row[2:], []rune("seconds"))
	for i, name := range s.Parties {
		copy(row[s.column(i):], []rune(name))
	}
	return strings.TrimRight(string(row), " ") + "\n"
}

// arrowRow draws a datagram.
func (s *Story) arrowRow(a *Arrow) string {
	row := s.lines()
	from, to := s.column(a.From), s.column(a.To)
	step := 1
	row[from] = '├'
	if to < from {
		step, row[from] = -1, '┤'
	}
	for x := from + step; x != to; x += step {
		if row[x] == '│' {
			row[x] = '┼'
		} else {
			row[x] = '─'
		}
	}
	s.head(row, a, from, to, step)
	room := max(to-from, from-to) - 4
	if a.lost() {
		room = max(to-from, from-to)*9/10 - 3
	}
	label := a.fitting(room)
	at := from + 2
	if step < 0 {
		at = from - 1 - len(label)
	}
	copy(row[at:], label)
	copy(row, []rune(seconds(a.Sent)))
	return string(row) + strings.Repeat(" ", tail) + strings.TrimRight(s.fate(a), " ") + "\n"
}

// fitting is as much of the label as there is room for, between blanks.
func (a *Arrow) fitting(room int) []rune {
	first, _, _ := strings.Cut(a.Short, " (+")
	label := []rune(nil)
	for _, s := range []string{a.Label, a.Short, first} {
		if label = []rune(" " + s + " "); len(label) <= room {
			return label
		}
	}
	return append(label[:room-2], '…', ' ')
}

// head draws the end of an arrow: a lost one ends on its way.
func (s *Story) head(row []rune, a *Arrow, from, to, step int) {
	if a.lost() {
		end := from + (to-from)*9/10
		for x := end + step; x != to; x += step {
			if row[x] == '┼' {
				row[x] = '│'
			} else {
				row[x] = ' '
			}
		}
		row[end] = '✗'
		return
	}
	point := '▶'
	if step < 0 {
		point = '◀'
	}
	row[to-step] = point
	if len(a.Copies) > 1 {
		row[to-2*step] = point
	}
}

// lost reports whether nothing of an arrow arrived.
func (a *Arrow) lost() bool {
	for _, c := range a.Copies {
		if !c.Lost {
			return false
		}
	}
	return true
}

// fate is what became of an arrow: when it was there, each copy.
func (s *Story) fate(a *Arrow) string {
	var all []string
	for i, c := range a.Copies {
		t := strings.TrimSpace(seconds(c.At))
		switch {
		case c.Lost:
			t = c.Why
		case i > 0:
			t = "again " + t
		}
		if !c.Lost && c.Why != "" {
			t += " " + c.Why
		}
		all = append(all, t)
	}
	return strings.Join(all, ", ")
}

// markRow draws an event that is no datagram: right of its party's line, or left of it where there is no room.
func (s *Story) markRow(e Event) string {
	row := s.lines()
	at := s.column(e.Party)
	text := []rune(signs[e.What] + " " + e.Text + " ")
	if e.Party == len(s.Parties)-1 {
		text = []rune(" " + e.Text + " " + signs[e.What])
		copy(row[max(at-len(text)+1, timeCol):], text)
	} else {
		copy(row[at:], text[:1])
		row = append(row, []rune(strings.Repeat(" ", max(0, at+len(text)-len(row))))...)
		copy(row[at:], text)
	}
	copy(row, []rune(seconds(e.At)))
	return strings.TrimRight(string(row), " ") + "\n"
}
