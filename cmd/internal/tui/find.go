package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"udpchat/cmd/internal/plain"
)

// foundLimit is how many messages a search shows.
const foundLimit = 200

// namesLimit is how many columns of it are for who wrote them.
const namesLimit = 24

// finding is what was read for a search. The empty search says with whom one talks.
type finding struct {
	began Began
	words string
	list  []Past
	err   error
}

// filter lists the talks whose names have what is typed in them.
func (m *Model) filter() {
	o := m.over
	o.choice, o.top, o.talks = 0, 0, nil
	want := strings.ToLower(o.query.text())
	for _, t := range m.talks.all {
		if strings.Contains(strings.ToLower(t.title()), want) {
			o.talks = append(o.talks, t)
		}
	}
}

// requery searches anew.
func (m *Model) requery() tea.Cmd {
	o := m.over
	switch words := strings.TrimSpace(o.query.text()); {
	case o.finder == peopleFinder:
		m.filter()
	case o.finder == textFinder && words == "":
		o.texts, o.reading, o.err = nil, false, nil
	case o.finder == textFinder:
		o.reading = true
		chat, began := m.chat, m.me
		return func() tea.Msg {
			got, err := chat.Find(words, foundLimit)
			slices.Reverse(got.List)
			return finding{began: began, words: words, list: got.List, err: err}
		}
	}
	return nil
}

func (m *Model) readFound(f finding) {
	switch o := m.over; {
	case f.began != m.me:
	case f.words == "":
		for _, past := range f.list {
			m.talks.get(past.Talk).spoken = true
		}
		m.talks.sort()
	case o != nil && o.finder == textFinder && strings.TrimSpace(o.query.text()) == f.words:
		o.texts, o.err, o.reading, o.choice, o.top, o.names = f.list, f.err, false, 0, 0, 0
		for _, past := range f.list {
			o.names = max(o.names, min(m.wide(past.who()), namesLimit))
		}
	}
}

// foundRow is a message that a search found: when, where, who, and its text in one line.
func (m *Model) foundRow(p Past, chosen bool) row {
	at := p.Time.Local()
	when := at.Format("02 Jan 2006")
	if sameDay(at, m.now()) {
		when = at.Format("      15:04")
	}
	s := plainStyle
	if chosen {
		s = strong
	}
	r := append(row{{when + "  ", faint}}, m.fit(row{{p.who(), p.style()}}, m.over.names)...)
	return append(r, span{"  " + strings.Join(strings.Fields(lines(p.Text)), " "), s})
}

// who is who wrote to whom.
func (p Past) who() string {
	switch {
	case p.From == "" && p.Talk == everyone:
		return "you to everyone"
	case p.From == "":
		return "you to " + plain.Name(p.Talk)
	case p.Talk == everyone:
		return plain.Name(p.From) + " to everyone"
	}
	return plain.Name(p.From)
}

func (p Past) style() style {
	if p.From == "" {
		return mine
	}
	return nameStyle(hue(p.Key))
}
