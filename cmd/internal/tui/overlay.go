package tui

import (
	tea "charm.land/bubbletea/v2"

	"udpchat/cmd/internal/plain"
)

// finder says what an overlay finds.
type finder uint8

const (
	noFinder     finder = iota // it is the help
	peopleFinder               // talks, by name
	textFinder                 // messages, by words
)

// overlay covers the talk: the help, or a search and what it found.
type overlay struct {
	finder finder
	query  input
	choice int
	top    int // the first one in view

	talks   []*talk
	texts   []Past
	names   int // columns of who wrote them
	reading bool
	err     error
	rows    []row // of the help
}

func (m *Model) openFinder(f finder) {
	m.over = &overlay{finder: f}
	m.filter()
}

// overKey does what a key is for while an overlay is open.
func (m *Model) overKey(name string, k tea.KeyPressMsg) tea.Cmd {
	o := m.over
	switch name {
	case "esc", "ctrl+c", "f1", "f2", "f3", "ctrl+t", "ctrl+f":
		m.over = nil
		m.look()
		return m.reach()
	case "up", "ctrl+p", "shift+tab":
		o.choice = max(o.choice-1, 0)
	case "down", "ctrl+n", "tab":
		o.choice = min(o.choice+1, max(o.count()-1, 0))
	case "pgup":
		o.choice = max(o.choice-m.page().height, 0)
	case "pgdown":
		o.choice = min(o.choice+m.page().height, max(o.count()-1, 0))
	case "enter":
		return m.choose()
	case "backspace", "ctrl+h":
		o.query.backspace()
		return m.requery()
	case "ctrl+u", "ctrl+w":
		o.query = input{}
		return m.requery()
	default:
		return m.typeInto(k.Text)
	}
	return nil
}

func (o *overlay) count() int {
	switch o.finder {
	case peopleFinder:
		return len(o.talks)
	case textFinder:
		return len(o.texts)
	}
	return len(o.rows)
}

// typeInto adds to what is searched for.
func (m *Model) typeInto(text string) tea.Cmd {
	if text == "" || m.over.finder == noFinder {
		return nil
	}
	m.over.query.insert(text)
	return m.requery()
}

// choose opens what is chosen.
func (m *Model) choose() tea.Cmd {
	o := m.over
	switch {
	case o.finder == noFinder:
		m.over = nil
	case o.choice >= o.count():
		return nil
	case o.finder == peopleFinder:
		m.open(o.talks[o.choice])
	default:
		past := o.texts[o.choice]
		t := m.talks.get(past.Talk)
		m.open(t)
		if have := t.oldest(); have == 0 || past.Line < have {
			return m.readUntil(t, past.Line)
		}
		m.show(t, past.Line)
	}
	m.look()
	return m.reach()
}

// overRows draws an overlay in the place of a talk.
func (m *Model) overRows(p page) []row {
	o := m.over
	var out []row
	switch o.finder {
	case peopleFinder, textFinder:
		out = append(out, row{{" › ", accent}, {plain.Name(o.query.text()), plainStyle}}, nil)
	}
	room := max(p.height-len(out), 1)
	if o.choice < o.top {
		o.top = o.choice
	}
	o.top = max(o.top, o.choice-room+1)
	if o.finder == noFinder {
		o.rows = help(p) // the width may be another one than before
		o.choice = min(o.choice, max(len(o.rows)-room, 0))
		o.top = o.choice
	}
	for i := o.top; i < min(o.top+room, o.count()); i++ {
		out = append(out, m.overRow(p, i))
	}
	if o.count() == 0 {
		out = append(out, row{{"   " + o.nothing(), faint}})
	}
	return out
}

// nothing says why nothing is listed.
func (o *overlay) nothing() string {
	switch {
	case o.err != nil:
		return "The history can't be read: " + plain.Name(o.err.Error())
	case o.reading:
		return "searching…"
	case o.finder == textFinder && o.query.empty():
		return "Type words: the messages that have all of them are listed."
	case o.finder == textFinder:
		return "No message has all of these words."
	}
	return "Nobody is called that."
}

func (m *Model) overRow(p page, i int) row {
	o := m.over
	lead := span{"   ", plainStyle}
	chosen := i == o.choice
	if chosen {
		lead = span{" ▸ ", accent}
	}
	switch o.finder {
	case peopleFinder:
		return append(row{lead}, m.talkRow(o.talks[i], p.width-4, chosen)...)
	case textFinder:
		return append(row{lead}, m.foundRow(o.texts[i], chosen)...)
	}
	return o.rows[i]
}
