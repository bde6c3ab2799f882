package tui

import (
	"strings"
	"unicode"

	"udpchat/cmd/internal/lineedit"
	"udpchat/cmd/internal/plain"
)

// completes tells whether Tab completes what is being written: a command with its names, or the name behind an @. Else it goes on to the
// next talk.
func (m *Model) completes() bool {
	before := strings.Join(m.talks.open.input.before, "")
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	return strings.HasPrefix(before, "/") && !strings.HasPrefix(before, "//") || strings.HasPrefix(word, "@")
}

// complete puts in place what fits. Of several words, when there is nothing to add that all of them share, the row of state lists them.
func (m *Model) complete() {
	in := &m.talks.open.input
	before := strings.Join(in.before, "")
	var names []string
	for _, t := range m.talks.all {
		if t.name != everyone {
			names = append(names, t.name)
		}
	}
	from, words := m.chat.Complete(before, m.me.Name, names)
	if len(words) == 0 {
		m.hint = "Nothing fits."
		return
	}
	after, listed := lineedit.Completed(before, from, words)
	if listed {
		m.hint = plain.Name(strings.Join(words, "  "))
	}
	if after != before {
		in.before = nil
		in.insert(after)
	}
}
