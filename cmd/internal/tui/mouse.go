package tui

import tea "charm.land/bubbletea/v2"

// wheelRows is how far one step of the wheel scrolls.
const wheelRows = 3

func (m *Model) wheel(w tea.MouseWheelMsg) tea.Cmd {
	by := 0
	switch w.Button {
	case tea.MouseWheelUp:
		by = wheelRows
	case tea.MouseWheelDown:
		by = -wheelRows
	default:
		return nil
	}
	l := m.layout()
	switch {
	case m.over != nil:
		m.over.choice = min(max(m.over.choice-by/wheelRows, 0), max(m.over.count()-1, 0))
	case w.X < l.list:
		m.listTop = min(max(m.listTop-by, 0), max(len(m.listed())-l.body, 0))
	default:
		m.page().scroll(m.talks.open, by)
	}
	m.look()
	return m.reach()
}

// click opens the talk, or what was found, that is clicked on; in what is being written it moves the cursor.
func (m *Model) click(c tea.MouseClickMsg) tea.Cmd {
	if c.Button != tea.MouseLeft {
		return nil
	}
	m.hint = ""
	l := m.layout()
	y := c.Y - l.top
	switch {
	case c.Y == 0 && l.list == 0: // the name of the talk, where there is no list
		m.openFinder(peopleFinder)
	case y >= 0 && y < l.body && c.X < l.list:
		if all := m.listed(); m.listTop+y < len(all) {
			if t := all[m.listTop+y]; t != nil && t != caption {
				m.open(t)
			}
		}
	case y >= 0 && y < l.body && m.over != nil && m.over.finder != noFinder:
		if i := m.over.top + y - 2; y >= 2 && i < m.over.count() {
			m.over.choice = i
			return m.choose()
		}
	case y >= 0 && y < l.body && m.over != nil:
		m.over = nil
	case c.Y >= l.input && c.Y < l.input+l.inputRows && m.over == nil:
		in := &m.talks.open.input
		rows, _, at0 := in.rows(m.measure, m.inputWidth())
		first := inputTop(len(rows), at0, l.inputRows)
		if i := first + c.Y - l.input; i < len(rows) {
			in.seek(at(rows[i], max(c.X-inputMargin, 0)))
		}
	}
	m.look()
	return m.reach()
}
