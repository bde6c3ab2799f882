package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

const (
	// minWidth and minHeight are the smallest screen that is drawn.
	minWidth, minHeight = 20, 5
)

// View draws the screen.
func (m *Model) View() tea.View {
	v := tea.View{AltScreen: true, ReportFocus: true, MouseMode: tea.MouseModeCellMotion, WindowTitle: m.title()}
	if m.width < minWidth || m.height < minHeight {
		v.Content = fmt.Sprintf("%d×%d is too small", m.width, m.height)
		return v
	}
	l := m.layout()
	rows := make([]string, 0, m.height)
	add := func(r row) { rows = append(rows, m.theme.render(m.fit(r, m.width))) }
	add(m.header(l))
	if l.rules {
		add(m.across(l, "┬"))
	}
	for _, r := range m.body(l) {
		add(r)
	}
	if l.rules {
		add(m.across(l, "┴"))
	}
	written, cursor := m.written(l)
	for _, r := range written {
		add(r)
	}
	rows = append(rows, m.theme.render(m.stateRow()))
	if l.help {
		add(m.helpRow())
	}
	v.Content = strings.Join(rows, "\n")
	v.Cursor = cursor
	return v
}

// title is the terminal's own title.
func (m *Model) title() string {
	if n := m.talks.unread(); n > 0 {
		return fmt.Sprintf("(%d) udpchat %s", n, m.me.Name)
	}
	return "udpchat " + m.me.Name
}

// terminalCounts takes in how the terminal counts columns (mode 2027), as Bubble Tea does.
func (m *Model) terminalCounts(r tea.ModeReportMsg) {
	if r.Mode != ansi.ModeUnicodeCore {
		return
	}
	if r.Value == ansi.ModeReset || r.Value == ansi.ModeSet || r.Value == ansi.ModePermanentlySet {
		m.measure = true
		for _, t := range m.talks.all {
			t.layAgain()
		}
	}
}

// header is the first row: oneself, and the open talk.
func (m *Model) header(l layout) row {
	t := m.talks.open
	open := append(row{{" ", plainStyle}}, m.heading(t)...)
	if l.list == 0 {
		open = open[1:] // as the names below it
	}
	switch {
	case m.over != nil && m.over.finder == peopleFinder:
		open = row{{" Talks", strong}}
	case m.over != nil && m.over.finder == textFinder:
		open = row{{" Search", strong}}
	case m.over != nil:
		open = row{{" Help", strong}}
	}
	if l.list == 0 {
		if n := m.talks.unread() - t.unread; n > 0 {
			count := fmt.Sprintf(" %d new", n)
			return append(m.fit(open, m.width-len(count)), span{count, unread})
		}
		return open
	}
	return append(append(m.fit(row{{" udpchat ", accent}, {m.me.Name, plainStyle}}, l.list), span{"│", line}), open...)
}

// heading is the open talk's name, and whether its person is there.
func (m *Model) heading(t *talk) row {
	sign, s := t.presence()
	r := row{{sign + " ", s}, {t.title(), strong}}
	switch {
	case t.name == everyone:
		return append(r, span{fmt.Sprintf("  %d online", m.talks.online()), faint})
	case t.online:
		return append(append(r, span{"  online", good}), m.way(t)...)
	case t.listed && m.width < listFrom:
		return append(r, span{"  offline", faint})
	case t.listed:
		return append(r, span{"  offline: the server keeps messages", faint})
	case m.link == connecting:
		return r
	}
	return append(r, span{"  not known here", warn})
}

// presence is the sign before a talk's name. The signs differ in shape.
func (t *talk) presence() (string, style) {
	switch {
	case t.name == everyone:
		return "#", faint
	case t.online:
		return "●", good
	case t.listed:
		return "○", faint
	}
	return "·", faint
}

func (m *Model) across(l layout, joint string) row {
	if l.list == 0 {
		return row{{strings.Repeat("─", m.width), line}}
	}
	return row{{strings.Repeat("─", l.list) + joint + strings.Repeat("─", m.width-l.pane), line}}
}

// body is the list of talks and the open one, side by side.
func (m *Model) body(l layout) []row {
	p := m.page()
	var pane []row
	switch {
	case m.over != nil:
		pane = m.overRows(p)
	case len(m.talks.open.messages) == 0:
		pane = m.nothing(p)
	default:
		pane = p.rows(m.talks.open)
		m.below(p, pane)
	}
	list := m.listRows(l)
	out := make([]row, l.body)
	for y := range out {
		if l.list > 0 {
			out[y] = append(m.fit(list[y], l.list), span{"│", line})
		}
		if y < len(pane) {
			out[y] = append(out[y], m.fit(pane[y], p.width)...)
		}
	}
	return out
}

// below says in the last row of a talk what is out of view.
func (m *Model) below(p page, pane []row) {
	t := m.talks.open
	if t.low == nil {
		return
	}
	text, s := " ↓ Esc: to the end ", faint
	if t.unread > 0 {
		text, s = fmt.Sprintf(" ↓ %d new, Esc: to the end ", t.unread), unread
	}
	last := len(pane) - 1
	pane[last] = append(m.fit(pane[last], p.width-m.wide(text)), span{text, s})
}

// nothing is a talk in which nothing is: it says what one can do.
func (m *Model) nothing(p page) []row {
	t := m.talks.open
	say := []string{"Nothing was said here yet.", "Type a message and press Enter."}
	switch {
	case m.link == connecting:
		say = []string{"Waiting for the server…", "What you type is sent as soon as it answers."}
	case t.name == everyone && m.talks.online() == 0:
		say = []string{"You are the only one here.", "Who starts udpchat client with the same server shows up on the left."}
	case t.name == everyone:
		say = []string{"The channel: everyone who is registered reads it.", "Tab goes to the people on the left, F1 lists the keys."}
	case !t.online:
		say = []string{fmt.Sprintf("%s is not here now.", t.title()), "Type a message: the server keeps it, sealed, until then."}
	}
	out := make([]row, p.height/2)
	if len(out) > 0 {
		out = out[1:]
	}
	for _, text := range say {
		for _, cells := range p.wrap(text, p.width-4) {
			left := max((p.width-columns(cells))/2, 0)
			out = append(out, row{{strings.Repeat(" ", left) + join(cells), faint}})
		}
	}
	return out
}
