package tui

import "strings"

// Draft is a text that was being written: to someone, or to the channel, which is "".
type Draft struct{ To, Text string }

// Drafts are the texts that were being written and were not sent, in the order of the list. What was only brought back is none. It is
// for when the screen is gone.
func (m *Model) Drafts() (all []Draft) {
	for _, t := range m.talks.all {
		for _, text := range m.unsent(t) {
			if strings.TrimSpace(text) != "" {
				all = append(all, Draft{t.name, text})
			}
		}
	}
	return all
}

// unsent is what stands in a talk's input, and the draft that Up has put aside for it.
func (m *Model) unsent(t *talk) []string {
	text, back, draft := t.input.text(), m.recall, m.draft
	if t != m.talks.open {
		return []string{text}
	}
	if s := m.search; s != nil {
		text, back, draft = s.stood, s.back, s.draft
	}
	if back == 0 {
		return []string{text}
	}
	if brought, _ := t.typed(back); brought == text {
		return []string{draft}
	}
	return []string{draft, text}
}

// resume puts drafts back where they were written, among other talks.
func (m *Model) resume(drafts []Draft) {
	for _, d := range drafts {
		in := &m.talks.get(d.To).input
		if !in.empty() {
			in.insert(lineBreak)
		}
		in.insert(d.Text)
	}
	m.talks.sort()
}
