package tui

const (
	// listFrom is the width from which the list of talks stands beside the open one.
	listFrom = 64
	// wordsFrom is the width from which the row of state has room for words that explain a figure.
	wordsFrom = 100
	// roomyFrom is the height from which rules and blank rows are drawn.
	roomyFrom = 16
	// inputMargin is what stands left of what is being written.
	inputMargin = 3
)

// layout is where everything is on the screen.
//
//	header
//	(rule)
//	body: list, divider, talk
//	(rule)
//	input
//	state
//	(help)
type layout struct {
	list      int // columns of the list of talks; 0: there is none
	pane      int // where the talk begins
	top, body int // the first row of the body, and its rows
	rules     bool
	input     int // the first row of the input
	inputRows int
	help      bool
}

func (m *Model) layout() layout {
	l := layout{rules: m.height >= roomyFrom, help: m.height >= roomyFrom, top: 1}
	if m.width >= listFrom {
		l.list = min(max(m.width/4, 18), 30)
		l.pane = l.list + 1
	}
	rows, _, _ := m.talks.open.input.rows(m.measure, m.inputWidth())
	l.inputRows = min(len(rows), max(m.height/4, 1))
	below := l.inputRows + 1 // and the state
	if l.help {
		below++
	}
	if l.rules {
		l.top++
		below++
	}
	l.body = max(m.height-l.top-below, 1)
	l.input = l.top + l.body
	if l.rules {
		l.input++
	}
	return l
}

// inputWidth is what is being written is wide: all of the screen, which does not change when the list gives way.
func (m *Model) inputWidth() int { return m.width - inputMargin - 1 }

// inputTop is the first row of an input that is drawn, so that the cursor's is.
func inputTop(rows, cursor, room int) int { return min(max(cursor-room+1, 0), max(rows-room, 0)) }

// page is the place of the open talk.
func (m *Model) page() page {
	l := m.layout()
	return page{measure: m.measure, shape: shape{width: m.width - l.pane, roomy: m.height >= roomyFrom, tight: l.list == 0}, height: l.body, now: m.now(), target: m.target}
}
