package tui

import (
	"fmt"
	"slices"
	"strings"

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

func (m *Model) openFinder(f finder) {
	m.over = &overlay{finder: f}
	m.filter()
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
		o.top = min(o.choice, max(len(o.rows)-room, 0))
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

// help is the list of keys.
func help() *overlay {
	o := &overlay{}
	for _, h := range helpRows {
		if h.keys == "" {
			o.rows = append(o.rows, nil, row{{" " + h.what, strong}})
			continue
		}
		o.rows = append(o.rows, row{{fmt.Sprintf("  %-19s", h.keys), accent}, {h.what, plainStyle}})
	}
	o.rows = o.rows[1:]
	return o
}

var helpRows = []struct{ keys, what string }{
	{"", "Write"},
	{"Enter", "send"},
	{"Alt-Enter, Ctrl-J", "a new line"},
	{"Up, Down", "what you sent before"},
	{"Ctrl-W, -U, -K", "delete a word, to the start, to the end"},
	{"", "Talks"},
	{"Tab, Shift-Tab", "the next, the one before"},
	{"Alt-1 to Alt-9", "by place"},
	{"Alt-A", "the next with something new"},
	{"Ctrl-T", "find someone"},
	{"Ctrl-F", "search all messages"},
	{"PgUp, PgDn, wheel", "scroll; Esc goes back to the end"},
	{"", "Commands"},
	{"/verify, /trust", "compare keys with this one, accept them"},
	{"/dereg, /reg NAME", "go offline, come back"},
	{"/search WORDS", "search"},
	{"//text", "a text that begins with a slash"},
	{"Ctrl-D, /quit", "go offline and leave"},
	{"Ctrl-C twice", "leave without a word"},
	{"", "What became of it"},
	{"…  waiting", "the server does not answer yet"},
	{"…  sending", "on your disk, on its way"},
	{"…  kept here", "the server does not take it now"},
	{"✓  stored", "on the server's disk"},
	{"✓✓ delivered", "in the other's history"},
	{"✗  not sent", "given up; below it stands why"},
}
