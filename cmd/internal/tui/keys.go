package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// key does what a key is for.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.Keystroke()
	m.hint = ""
	if name != "ctrl+c" {
		m.asked = false
	}
	switch {
	case name == "ctrl+z":
		return m.suspend
	case name == "ctrl+l":
		return tea.ClearScreen
	case m.over != nil:
		return m.overKey(name, k)
	case m.search != nil && m.searchKey(name, k.Text):
	case m.global(name):
	case name == "tab" && m.completes():
		m.complete()
	case m.talkKey(name):
	case name == "enter":
		cmd := m.submit()
		m.look()
		return tea.Batch(cmd, m.reach())
	default:
		m.inputKey(name, k.Text)
	}
	m.look()
	return m.reach()
}

// global are the keys of the program.
func (m *Model) global(name string) bool {
	switch name {
	case "ctrl+c":
		m.interrupt()
	case "ctrl+d":
		if !m.talks.open.input.empty() {
			return false
		}
		m.leave()
	case "f1", "alt+h":
		m.over = &overlay{rows: help(m.page())}
	case "ctrl+f", "f3":
		m.openFinder(textFinder)
	case "ctrl+t", "f2":
		m.openFinder(peopleFinder)
	case "ctrl+r":
		m.beginSearch()
	default:
		return false
	}
	return true
}

// suspend has the program stopped, and draws everything when it goes on.
func (m *Model) suspend() tea.Msg {
	m.chat.Suspend()
	return tea.ClearScreen()
}

// leave goes offline, which may take a moment: what was typed just now goes first.
func (m *Model) leave() {
	m.left = true
	m.chat.Leave()
}

// interrupt empties what is being written; with nothing there, the second time leaves.
func (m *Model) interrupt() {
	switch in := &m.talks.open.input; {
	case !in.empty():
		*in, m.recall = input{}, 0
	case m.asked:
		m.chat.Interrupt()
	default:
		m.asked, m.hint = true, "Ctrl-C again leaves at once."
	}
}

// talkKey are the keys that choose a talk and move in it.
func (m *Model) talkKey(name string) bool {
	t, p := m.talks.open, m.page()
	switch name {
	case "ctrl+n", "alt+down", "ctrl+pgdown", "tab":
		m.open(m.talks.beside(1))
	case "ctrl+p", "alt+up", "ctrl+pgup", "shift+tab":
		m.open(m.talks.beside(-1))
	case "alt+a":
		m.open(m.talks.nextUnread())
	case "pgup":
		p.scroll(t, max(p.height-2, 1))
	case "pgdown":
		p.scroll(t, -max(p.height-2, 1))
	case "shift+up":
		p.scroll(t, 1)
	case "shift+down":
		p.scroll(t, -1)
	case "ctrl+home":
		p.scroll(t, 1<<30)
	case "ctrl+end":
		t.low = nil
	case "esc":
		t.low, m.target = nil, nil
	default:
		if n, ok := strings.CutPrefix(name, "alt+"); ok && len(n) == 1 && n >= "1" && n <= "9" {
			if i := int(n[0] - '1'); i < len(m.talks.all) {
				m.open(m.talks.all[i])
			}
			return true
		}
		return false
	}
	return true
}

// open shows a talk.
func (m *Model) open(t *talk) {
	if old := m.talks.open; old != t {
		old.forgetRule()
		m.talks.open, m.recall, m.search, m.target = t, 0, nil, nil
		m.talks.sort() // an empty one may have lost its draft
	}
	m.over = nil
}

// inputKey edits what is being written.
func (m *Model) inputKey(name, text string) {
	in, width := &m.talks.open.input, m.inputWidth()
	switch name {
	case "alt+enter", "shift+enter", "ctrl+j":
		in.insert(lineBreak)
	case "backspace", "ctrl+h", "shift+backspace":
		in.backspace()
	case "delete", "ctrl+d":
		in.delete()
	case "left", "ctrl+b":
		in.move(-1)
	case "right":
		in.move(1)
	case "up":
		if !in.vertical(m.measure, width, -1) {
			m.recallBy(1)
		}
	case "down":
		if !in.vertical(m.measure, width, 1) {
			m.recallBy(-1)
		}
	case "ctrl+left", "alt+left", "alt+b":
		in.move(-in.wordLeft())
	case "ctrl+right", "alt+right", "alt+f":
		in.move(in.wordRight())
	case "home", "ctrl+a":
		in.home()
	case "end", "ctrl+e":
		in.end()
	case "ctrl+w", "alt+backspace":
		in.cutLeft(in.wordLeft())
	case "alt+d":
		in.cutRight(in.wordRight())
	case "ctrl+u":
		in.cutLeft(len(in.before) - in.lineStart())
	case "ctrl+k":
		in.cutRight(in.lineRest())
	default:
		in.insert(text)
	}
}

func (m *Model) paste(text string) tea.Cmd {
	m.hint = ""
	if m.over != nil {
		return m.typeInto(strings.Join(strings.Fields(text), " "))
	}
	if m.search != nil {
		m.searchText(strings.Join(strings.Fields(text), " "))
		return nil
	}
	m.talks.open.input.insert(text)
	return nil
}
