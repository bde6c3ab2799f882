package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"udpchat/cmd/internal/wording"
)

// written draws what is being written, and says where the cursor is.
func (m *Model) written(l layout) ([]row, *tea.Cursor) {
	in := &m.talks.open.input
	rows, x, y := in.rows(m.measure, m.inputWidth())
	top := inputTop(len(rows), y, l.inputRows)
	var out []row
	for i := top; i < top+l.inputRows; i++ {
		lead := span{"   ", faint}
		switch i {
		case 0:
			lead = span{" › ", accent}
		case top:
			lead = span{" ↑ ", faint}
		}
		out = append(out, row{lead, {join(rows[i].cells), plainStyle}})
	}
	if in.empty() && m.over == nil {
		out[0] = row{{" › ", accent}, {m.placeholder(), faint}}
	}
	if m.over != nil {
		if m.over.finder == noFinder {
			return out, nil
		}
		_, x, _ := m.over.query.rows(m.measure, 1<<20)
		return out, tea.NewCursor(min(l.pane+3+x, m.width-1), l.top)
	}
	return out, tea.NewCursor(min(inputMargin+x, m.width-1), l.input+y-top)
}

func (m *Model) placeholder() string {
	if t := m.talks.open; t.name != everyone {
		return "Message to " + t.title()
	}
	return "Message to everyone"
}

// stateRow is how it stands with the server, or what there is to say for the moment.
func (m *Model) stateRow() row {
	state, s := "", bar
	switch {
	case m.left:
		state, s = "leaving, when all is sent…", barWarn
	case m.search != nil:
		state, s = m.search.prompt(), barWarn
	case m.hint != "":
		state, s = m.hint, barWarn
	case m.link == connecting:
		state, s = "waiting for the server…", barWarn
	case m.link == offline, m.link == unwelcome:
		state, s = "offline: "+m.back(), barWarn
	case m.silent():
		state, s = "no answer for "+wording.About(m.stands.Heard), barWarn
	default:
		state = fmt.Sprintf("%d online", m.talks.online())
		if m.width >= listFrom {
			state = fmt.Sprintf("connected to %s%s · %s", m.server, m.roundTrip(), state)
		}
		onWay, kept := m.talks.undecided()
		if onWay > 0 {
			state += fmt.Sprintf(" · %d on the way", onWay)
		}
		if kept > 0 {
			state += fmt.Sprintf(" · %d kept here", kept)
		}
	}
	right := ""
	if n := m.talks.unread(); n > 0 && m.hint == "" && m.width >= listFrom {
		right = fmt.Sprintf("%d unread ", n)
	}
	if m.height < roomyFrom {
		right += "F1 help "
	}
	r := m.fit(row{{" " + state, s}}, m.width-m.wide(right))
	for i := range r {
		if r[i].style == plainStyle {
			r[i].style = bar
		}
	}
	return append(r, span{right, bar})
}

// back says how one who is offline is there again.
func (m *Model) back() string {
	if m.link == unwelcome {
		return "/reg goes on with another name"
	}
	return "/reg " + m.me.Name + " brings you back"
}

// helpRow names the keys that one needs first, as many as there is room for.
func (m *Model) helpRow() row {
	keys := [][2]string{{"Enter", "send"}, {"Tab", "next talk"}, {"F1", "help"}, {"Ctrl-F", "search"}, {"Alt-Enter", "new line"}, {"Ctrl-T", "find someone"}, {"PgUp", "scroll"}, {"Ctrl-D", "leave"}}
	switch {
	case m.search != nil:
		keys = [][2]string{{"Ctrl-R", "older"}, {"Enter", "send"}, {"Ctrl-G", "give up"}}
	case m.over == nil && m.completes():
		keys[1] = [2]string{"Tab", "complete"}
	case m.over != nil && m.over.finder == noFinder:
		keys = [][2]string{{"Up Down", "scroll"}, {"Esc", "back"}}
	case m.over != nil:
		keys = [][2]string{{"Enter", "open"}, {"Up Down", "choose"}, {"Esc", "back"}}
	}
	r, left := row{{" ", plainStyle}}, m.width-1
	for _, k := range keys {
		n := len(k[0]) + len(k[1]) + 4
		if n > left {
			break
		}
		left -= n
		r = append(r, span{k[0], strong}, span{" " + k[1] + strings.Repeat(" ", 3), faint})
	}
	return r
}
