package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
)

// quiet is from when on a server that says nothing is called silent: it is asked for a sign of life at least every 30 s
// (peer.Config.Keepalive), and has some time for it.
const quiet = 40 * time.Second

// stands is how it stood with the server, and with one talk, at one moment. The zero value says nothing.
type stands struct {
	of *talk // the talk; nil: it was not asked yet
	peer.Status
}

// askOf asks how it stands when another talk was opened than the one that was asked for last.
func (m *Model) askOf(t *talk) tea.Cmd {
	if m.stands.of == t {
		return nil
	}
	m.stands = stands{of: t, Status: m.stands.Status} // of the server it is still true
	m.stands.Talks = nil
	return m.askHow()
}

func (m *Model) askHow() tea.Cmd {
	chat, t := m.chat, m.stands.of
	if t == nil {
		return nil
	}
	return func() tea.Msg {
		s, err := chat.Stands(t.name)
		if err != nil {
			return nil // the client has ended, and says so itself
		}
		return stands{of: t, Status: s}
	}
}

// way is how a text to someone who is there would go, with the round trip, in as many words as there is room for.
func (m *Model) way(t *talk) row {
	if m.stands.of != t || len(m.stands.Talks) == 0 {
		return nil
	}
	talk := m.stands.Talks[0]
	words, s := wording.ShortWay(talk), faint
	if m.width >= listFrom {
		words = strings.NewReplacer("verify ", "/verify ", "trust ", "/trust ", "NAME", t.title()).Replace(wording.Way(talk))
	}
	if talk.Way != peer.WayDirect {
		s = warn
	}
	return row{{" · " + words, s}}
}

// silent: the server was not heard for longer than it may be.
func (m *Model) silent() bool { return m.stands.of != nil && m.stands.Heard >= quiet }

// roundTrip is that to the server, as much as there is room for.
func (m *Model) roundTrip() string {
	switch took := wording.About(m.stands.RoundTrip); {
	case m.stands.RoundTrip == 0:
		return ""
	case m.width >= wordsFrom:
		return ", round trip " + took
	default:
		return " (" + took + ")"
	}
}
