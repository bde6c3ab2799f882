package lab

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"udpchat/cmd/internal/plain"
)

// table says what became of each message.
func (s *Story) table() string {
	rows := append([][]string{tableHead}, s.rows()...)
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		var line strings.Builder
		for i, cell := range r {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// rows are those of the table, without its head.
func (s *Story) rows() (rows [][]string) {
	for i := range s.Messages {
		m := &s.Messages[i]
		to := "all"
		if m.To >= 0 {
			to = s.Parties[m.To]
		}
		known := m.Delivered
		if known == 0 {
			known = m.Stored
		}
		rows = append(rows, []string{fmt.Sprintf("#%d", i+1), fmt.Sprintf("%s → %s %q", s.Parties[m.From], to, plain.Name(m.Text)),
			strings.TrimSpace(seconds(m.Typed)), m.ways(), m.State(), since(known, m.Typed), s.shown(m)})
	}
	return rows
}

// ways are how often a message was sent on each of its ways.
func (m *Message) ways() string {
	var all []string
	for _, w := range []struct {
		n         int
		one, many string
	}{{m.Direct, "direct", "direct"}, {m.Deposits, "deposit", "deposits"}, {m.Pushes, "push", "pushes"}} {
		switch {
		case w.n == 1:
			all = append(all, "1 "+w.one)
		case w.n > 1:
			all = append(all, fmt.Sprintf("%d %s", w.n, w.many))
		}
	}
	if m.Copies > 0 {
		all = append(all, fmt.Sprintf("%d not shown again", m.Copies))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func since(t, typed time.Duration) string {
	if t == 0 {
		return "-"
	}
	return brief(t - typed)
}

// shown says after how long a message was on each screen.
func (s *Story) shown(m *Message) string {
	var all []string
	for i, name := range s.Parties {
		t, ok := m.Shown[i]
		switch {
		case !ok:
		case m.To >= 0:
			all = append(all, brief(t-m.Typed))
		default:
			all = append(all, name+" "+brief(t-m.Typed))
		}
	}
	if len(all) == 0 {
		return "not"
	}
	return strings.Join(all, ", ")
}

// legend says what the signs mean, and what is not drawn.
func (s *Story) legend() string {
	text := `▸ typed   ◂ on the screen   ◷ waited in vain   ✓ known   = came again   ⊘ cable
──✗ lost on its way   ▶▶ doubled by the network   on the right: when it was there
delivered: on the recipient's disk, and the sender knows   stored: on the server's disk; a post ends so
`
	if s.Skipped > 0 {
		text += s.skipped() + " (-show all draws them).\n"
	}
	return text
}

// skipped says how much is not drawn.
func (s *Story) skipped() string {
	if s.Skipped == 1 {
		return "Not drawn: 1 datagram in the background: registrations, tables, keepalives"
	}
	return fmt.Sprintf("Not drawn: %d datagrams in the background: registrations, tables, keepalives", s.Skipped)
}
