package tui

import (
	"fmt"
	"slices"
)

// caption stands in the list above those with whom one does not talk yet.
var caption = &talk{}

// listed is the list of talks, row by row; nil is a blank row.
func (m *Model) listed() []*talk {
	var out []*talk
	captioned := false
	for _, t := range m.talks.all {
		if t.group() >= 2 && !captioned {
			captioned = true
			out = append(out, m.captioned(len(out) > 1)...)
		}
		out = append(out, t)
	}
	return out
}

// captioned is what stands before those with whom one does not talk yet, if there are others.
func (m *Model) captioned(others bool) []*talk {
	switch {
	case !others:
		return nil
	case m.height < roomyFrom:
		return []*talk{caption}
	}
	return []*talk{nil, caption}
}

// listRows draws the list. The open talk is always in view when it changes.
func (m *Model) listRows(l layout) []row {
	out := make([]row, l.body)
	if l.list == 0 {
		return out
	}
	all := m.listed()
	if open := m.talks.open; open != m.listFor {
		m.listFor = open
		i := slices.Index(all, open)
		m.listTop = max(min(m.listTop, i), i-l.body+2) // the last row may say that there are more
	}
	m.listTop = min(m.listTop, max(len(all)-l.body, 0))
	for y := range out {
		if m.listTop+y >= len(all) {
			break
		}
		switch t := all[m.listTop+y]; t {
		case nil:
		case caption:
			out[y] = row{{" also here", faint}}
		case m.talks.open:
			out[y] = append(row{{"▌", accent}}, m.talkRow(t, l.list-2, true)...)
		default:
			out[y] = append(row{{" ", plainStyle}}, m.talkRow(t, l.list-2, false)...)
		}
	}
	if more := len(all) - m.listTop - l.body; more > 0 {
		out[l.body-1] = row{{fmt.Sprintf("   ↓ %d more", more+1), faint}}
	}
	return out
}

// talkRow is a talk in a list: presence, name, and at the right what is unread.
func (m *Model) talkRow(t *talk, width int, chosen bool) row {
	sign, s := t.presence()
	name := plainStyle
	switch {
	case chosen, t.unread > 0:
		name = strong
	case t.name != everyone && !t.online:
		name = faint
	}
	r := row{{sign + " ", s}, {t.title(), name}}
	end := span{}
	switch {
	case t.unread > 0:
		end = span{fmt.Sprintf(" %d", t.unread), unread}
	case !t.input.empty() && !chosen:
		end = span{" draft", faint}
	}
	return append(m.fit(r, width-len(end.text)), end)
}
