package tui

import (
	"fmt"
	"strings"
	"time"

	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/wording"
)

const (
	// markWidth is the column of delivery marks: a sign of two columns, a blank, and the longest word.
	markWidth = 12
	// textLimit is the widest that text is set: longer rows are hard to read.
	textLimit = 100
	// together is how long after a text another one of the same person goes without the name.
	together = 10 * time.Minute
	// heldLong is from when on it is said how long a text waited on the server.
	heldLong = time.Minute
)

// message draws a message with what stands above it: the rule of a new day, or before what is new, and the sender's name.
func (p page) message(t *talk, i int) []row {
	msg := t.messages[i]
	var prev *message
	if i > 0 {
		prev = t.messages[i-1]
	}
	var out []row
	day := prev == nil || !sameDay(prev.at, msg.at)
	if day {
		out = p.apart(out, prev != nil, p.rule(p.day(msg.at), line, faint))
	}
	if t.fresh == msg {
		out = p.apart(out, prev != nil && !day, p.rule("new", unread, unread))
	}
	begins := len(out) > 0 || prev.note != msg.note || prev.from != msg.from || msg.at.Sub(prev.at) > together
	clock := begins || !sameMinute(prev.at, msg.at)
	switch {
	case msg.note && begins && p.roomy && len(out) == 0:
		out = append(out, nil)
	case begins && !msg.note:
		out = p.apart(out, len(out) == 0, p.name(msg))
	}
	if msg.note {
		return append(out, p.note(msg, clock)...)
	}
	return append(out, p.text(t, i, clock)...)
}

// apart adds a row, with a blank one before it where there is room for that.
func (p page) apart(rows []row, blank bool, r row) []row {
	if p.roomy && blank {
		rows = append(rows, nil)
	}
	return append(rows, r)
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

func sameMinute(a, b time.Time) bool { return a.Truncate(time.Minute).Equal(b.Truncate(time.Minute)) }

// day is how a day is called.
func (p page) day(at time.Time) string {
	switch {
	case sameDay(at, p.now):
		return "today"
	case sameDay(at, p.now.AddDate(0, 0, -1)):
		return "yesterday"
	case at.Year() == p.now.Year():
		return at.Format("Monday 2 January")
	}
	return at.Format("Monday 2 January 2006")
}

// rule is a line across, with a word in its middle.
func (p page) rule(word string, across, s style) row {
	left := max(p.textWidth()+p.margin()-len(word)-3, 4)
	dash := strings.Repeat("─", left/2)
	return row{{strings.Repeat(" ", p.margin()/2-3) + dash, across}, {" " + word + " ", s}, {dash, across}}
}

func (p page) name(msg *message) row {
	lead := strings.Repeat(" ", p.margin()/2-3) // names stand above the times: no text begins there
	if msg.from == "" {
		return row{{lead + "you", mine}}
	}
	return row{{lead + plain.Name(msg.from), nameStyle(msg.hue)}}
}

// left is what stands left of a text's row: the time, in the first row of a minute.
func (p page) left(msg *message, clock bool) span {
	if !clock && msg != p.target {
		return span{strings.Repeat(" ", p.margin()), plainStyle}
	}
	gap, s := p.margin()/2-2, faint // 1 or 2
	if msg == p.target {
		s = found
	}
	return span{strings.Repeat(" ", gap-1) + msg.at.Format("15:04") + strings.Repeat(" ", gap), s}
}

// text draws what was written, and right of its end what has become of it.
func (p page) text(t *talk, i int, clock bool) []row {
	msg := t.messages[i]
	width := p.textWidth()
	beside := width
	if width >= 4*markWidth && (msg.state != received || msg.held >= heldLong) {
		beside = width - markWidth - 2
	}
	body := lines(msg.text)
	rows := p.wrap(msg.tags+body, beside)
	out := make([]row, 0, len(rows)+1)
	for n, cells := range rows {
		r := row{p.left(msg, clock && n == 0)}
		text := join(cells)
		if n == 0 && msg.tags != "" && strings.HasPrefix(text, msg.tags) {
			r = append(r, span{msg.tags, warn})
			text = text[len(msg.tags):]
		}
		out = append(out, append(r, span{text, plainStyle}))
	}
	if mark := p.mark(t, i); len(mark) > 0 {
		out = p.withMark(out, columns(rows[len(rows)-1]), mark)
	}
	return append(out, p.reason(msg)...)
}

// withMark puts a mark at the right end of the last row, or in a row of its own.
func (p page) withMark(rows []row, used int, mark row) []row {
	width := p.textWidth()
	if used+2+markWidth > width {
		rows, used = append(rows, row{{strings.Repeat(" ", p.margin()), plainStyle}}), 0
	}
	last := len(rows) - 1
	rows[last] = append(rows[last], span{strings.Repeat(" ", max(width-markWidth-used, 0)), plainStyle})
	rows[last] = append(rows[last], mark...)
	return rows
}

// mark is the delivery mark of a message: its word stands at the last one of those that are alike.
func (p page) mark(t *talk, i int) row {
	msg := t.messages[i]
	if msg.state == received {
		if msg.held < heldLong {
			return nil
		}
		return row{{"held " + wording.About(msg.held), faint}}
	}
	k := marks[msg.state]
	if i+1 < len(t.messages) {
		if next := t.messages[i+1]; next.from == msg.from && next.state == msg.state && !next.note && sameDay(next.at, msg.at) {
			return row{{k.sign, k.style}}
		}
	}
	return row{{fmt.Sprintf("%-2s %s", k.sign, k.word), k.style}}
}

// reason says below a text why it was not sent, or why it waits, and what to do.
func (p page) reason(msg *message) []row {
	if msg.why == "" {
		return nil
	}
	var out []row
	for _, cells := range p.wrap(lines(msg.why), p.textWidth()) {
		out = append(out, row{{strings.Repeat(" ", p.margin()), plainStyle}, {join(cells), marks[msg.state].style}})
	}
	return out
}

// note draws a line of the program's own.
func (p page) note(msg *message, clock bool) []row {
	s := plainStyle
	if msg.alarm {
		s = warn
	}
	var out []row
	for n, cells := range p.wrap(lines(msg.text), p.textWidth()) {
		out = append(out, row{p.left(msg, clock && n == 0), {join(cells), s}})
	}
	return out
}

// lines makes a text fit to be shown, line by line. No line needs an indent against passing for someone else's: all of them stand
// right of the margin.
func lines(text string) string {
	all := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range all {
		all[i] = plain.Name(all[i])
	}
	return strings.Join(all, "\n")
}
