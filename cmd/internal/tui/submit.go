package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"udpchat/cmd/internal/plain"
	"udpchat/wire"
)

// submit sends what was written to the open talk, or does the command that it is.
func (m *Model) submit() tea.Cmd {
	t := m.talks.open
	text := strings.TrimRight(t.input.text(), "\n")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if len(text) > wire.MaxText {
		m.hint = fmt.Sprintf("Too long: %d bytes, the limit is %d. Nothing was sent.", len(text), wire.MaxText)
		return nil
	}
	if m.left {
		return nil // it stays in its place
	}
	t.input, m.recall, m.draft = input{}, 0, ""
	if command, ok := strings.CutPrefix(text, "/"); ok && !strings.HasPrefix(command, "/") {
		return m.command(command)
	}
	m.send(t, strings.TrimPrefix(text, "/")) // two slashes are one that is no command
	return nil
}

func (m *Model) send(t *talk, text string) {
	msg := &message{text: text, at: m.now(), state: waiting}
	t.forgetRule()
	t.add(msg)
	t.low = nil
	m.talks.sort()
	m.ref++
	m.typed[m.ref] = msg
	m.chat.Send(m.ref, t.name, text)
}

// command does what was typed after a slash. What the screen doesn't know is a command of the prompt.
func (m *Model) command(line string) tea.Cmd {
	name, rest, _ := strings.Cut(line, " ")
	to := m.talks.open.name
	switch {
	case name == "help":
		m.over = help()
	case name == "search":
		m.openFinder(textFinder)
		return m.typeInto(rest)
	case name == "to" && rest != "", strings.HasPrefix(name, "@") && rest == "":
		m.turn(strings.TrimPrefix(strings.TrimSpace(line), "to "))
	case name == "peers" && rest == "", name == "to":
		m.openFinder(peopleFinder)
	case name == "quit":
		m.leave()
	case (name == "verify" || name == "trust") && rest == "" && to != everyone:
		m.chat.Enter(name + " " + to)
	default:
		m.chat.Enter(line)
	}
	return nil
}

// turn opens the talk of someone who was named.
func (m *Model) turn(name string) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	if name == "all" {
		name = everyone
	}
	if t := m.talks.byName[name]; t != nil {
		m.open(t)
		return
	}
	m.hint = "Nobody is called " + plain.Name(name) + " here: Ctrl-T lists who is."
}
