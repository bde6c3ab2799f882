package tui

import (
	"time"
)

// page is the part of the screen that shows a talk.
type page struct {
	measure
	shape
	height int
	now    time.Time
	target *message // what a search found
}

// shape is what of a page decides how many rows a message takes.
type shape struct {
	width int
	roomy bool // blank rows between groups
	tight bool // every column counts
}

func (p page) margin() int {
	if p.tight {
		return 6
	}
	return 8
}

func (p page) textWidth() int { return min(p.width-p.margin()-1, textLimit+markWidth+2) }

// rows draws what of a talk is in view, from top to bottom.
func (p page) rows(t *talk) []row {
	i, hidden := p.low(t)
	var up []row // from bottom to top
	for ; i >= 0 && len(up) < p.height+hidden; i-- {
		rows := p.message(t, i)
		for j := range rows {
			up = append(up, rows[len(rows)-1-j])
		}
	}
	up = up[min(hidden, len(up)):]
	out := make([]row, p.height)
	for i := range min(len(up), p.height) {
		out[p.height-1-i] = up[i]
	}
	return out
}

// low is the message that the view ends with, and how many of its rows are below the view.
func (p page) low(t *talk) (i, hidden int) {
	last := len(t.messages) - 1
	if t.low == nil {
		return last, 0
	}
	for i := last; i >= 0; i-- {
		if t.messages[i] == t.low {
			return i, min(t.hidden, p.heightOf(t, i)-1)
		}
	}
	return last, 0
}

// scroll moves the view up by so many rows, or down, as far as there are messages.
func (p page) scroll(t *talk, up int) {
	i, hidden := p.low(t)
	if i < 0 {
		return
	}
	i, hidden = p.settle(t, i, hidden+up)
	have := -hidden
	for j := i; j >= 0 && have < p.height; j-- {
		have += p.heightOf(t, j)
	}
	if have < p.height {
		i, hidden = p.settle(t, i, hidden-(p.height-have))
	}
	t.low, t.hidden = t.messages[i], hidden
	if i == len(t.messages)-1 && hidden == 0 {
		t.low = nil
	}
}

// settle makes a number of hidden rows one that is less than the message's own.
func (p page) settle(t *talk, i, hidden int) (int, int) {
	for hidden < 0 && i < len(t.messages)-1 {
		i++
		hidden += p.heightOf(t, i)
	}
	hidden = max(hidden, 0)
	for i > 0 && hidden >= p.heightOf(t, i) {
		hidden -= p.heightOf(t, i)
		i--
	}
	return i, min(hidden, p.heightOf(t, i)-1)
}

// heightOf is how many rows a message takes.
func (p page) heightOf(t *talk, i int) int {
	msg := t.messages[i]
	if msg.rowsAt != p.shape {
		msg.rows, msg.rowsAt = len(p.message(t, i)), p.shape
	}
	return msg.rows
}
