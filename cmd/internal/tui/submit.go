package tui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

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
		m.say(fmt.Sprintf("Too long: %d bytes, the limit is %d. Nothing was sent.", len(text), wire.MaxText), true)
		return nil
	}
	to, rest, known := m.addressed(text)
	command, ok := strings.CutPrefix(text, "/")
	if m.left || !known || ok && !m.known(command) {
		return nil // it stays in its place
	}
	t.input, m.recall, m.draft = input{}, 0, ""
	switch {
	case to != nil:
		m.open(to)
		if strings.TrimSpace(rest) != "" {
			m.send(to, rest)
		}
	case ok && !strings.HasPrefix(command, "/"):
		return m.command(command)
	case ok: // two slashes are one that is no command
		m.send(t, command)
	default:
		m.send(t, text)
	}
	return nil
}

// known tells whether what was typed after a slash is a command, or, after a second slash, a text. Of what is neither it says so.
func (m *Model) known(line string) bool {
	if strings.HasPrefix(line, "/") {
		return true
	}
	name := line
	if i := strings.IndexFunc(line, unicode.IsSpace); i >= 0 {
		name = line[:i]
	}
	ok := m.chat.Knows(name)
	if !ok {
		m.say(fmt.Sprintf("Unknown command /%s: F1 lists all. With two slashes it is text.", plain.Name(name)), true)
	}
	return ok
}

// addressed takes the name from before a text that is for one person alone, as at the prompt, wherever it was typed; to is nil when
// there is none. A name that nobody has is no reason to tell everyone.
func (m *Model) addressed(text string) (to *talk, rest string, known bool) {
	name, ok := strings.CutPrefix(text, "@")
	if i := strings.IndexFunc(name, unicode.IsSpace); i >= 0 {
		_, n := utf8.DecodeRuneInString(name[i:])
		name, rest = name[:i], name[i+n:]
	}
	if !ok || name == "" {
		return nil, "", true
	}
	if to = m.named(name); to == nil {
		m.say(m.nobody(name, ", and nothing was sent")+" With a blank before the @ it is only text.", true)
	}
	return to, rest, to != nil
}

// named is the talk of someone who was named; nil when there is none.
func (m *Model) named(name string) *talk {
	if name == "all" {
		name = everyone
	}
	if t := m.talks.byName[name]; t != nil {
		return t
	}
	folded := strings.ToLower(name) // upper and lower case make no other name
	for _, t := range m.talks.all {
		if t.folded == folded {
			return t
		}
	}
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
		m.over = &overlay{rows: help(m.page())}
	case name == "search":
		m.openFinder(textFinder)
		return m.typeInto(rest)
	case name == "to" && rest != "":
		m.turn(strings.TrimSpace(rest))
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
	if t := m.named(name); t != nil {
		m.open(t)
		return
	}
	m.say(m.nobody(name, ""), true)
}

// nobody says that a name is not in the list, and what else is so.
func (m *Model) nobody(name, besides string) string {
	if m.crowded {
		return fmt.Sprintf("%[1]s is not listed%[2]s: /send %[1]s TEXT asks the server for that name.", plain.Name(name), besides)
	}
	return fmt.Sprintf("Nobody is called %s here%s: Ctrl-T lists who is.", plain.Name(name), besides)
}
