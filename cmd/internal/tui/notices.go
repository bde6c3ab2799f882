package tui

import (
	"hash/fnv"
	"strings"
	"time"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire"
)

// again is what to do about a text that was not sent.
const again = "Up brings it back, Enter sends it again."

// notice takes in what a client tells. What has no place of its own in the picture is shown as the prompt shows it.
func (m *Model) notice(told Notice) {
	switch n := told.Notice.(type) {
	case peer.Welcome:
		m.link = connected
		return
	case peer.Left:
		m.link = offline
	case peer.Refused:
		m.link = unwelcome
	case peer.Table:
		m.table(n)
		if n.Asked {
			m.openFinder(peopleFinder)
		}
		return
	case peer.Arrived:
		m.arrived(n)
		return
	case peer.Waiting:
		return // what waited follows, and says itself how long it was held
	default:
		if m.outcome(told) {
			return
		}
	}
	if len(told.Lines) > 0 {
		m.sayIn(m.about(told.Notice), slashed.Replace(strings.Join(told.Lines, "\n")), alarming(told.Notice))
	}
}

// alarming notices are those to look at.
func alarming(n peer.Notice) bool {
	switch n.(type) {
	case peer.Noted, peer.Trusted, peer.Identity, peer.DiskRoom, peer.Left, peer.PostsGone:
		return false
	}
	return true
}

// about is the talk that a notice belongs to.
func (m *Model) about(n peer.Notice) *talk {
	name := ""
	switch n := n.(type) {
	case peer.KeyChanged:
		name = n.Name
	case peer.Blocked:
		name = n.Name
	case peer.Trusted:
		name = n.Name
	case peer.Identity:
		name = n.Name
	case peer.Distrust:
		if !n.Post {
			name = n.From
		}
	}
	if t := m.talks.byName[name]; t != nil && name != "" {
		return t
	}
	return m.talks.open
}

// say adds a line of the program's own to the open talk.
func (m *Model) say(text string, alarm bool) { m.sayIn(m.talks.open, text, alarm) }

func (m *Model) sayIn(t *talk, text string, alarm bool) {
	t.add(&message{note: true, alarm: alarm, text: text, at: m.now()})
	if t != m.talks.open {
		m.count(t, t.messages[len(t.messages)-1])
	}
}

func (m *Model) table(n peer.Table) {
	m.server = n.Server.String()
	for _, t := range m.talks.all {
		t.listed, t.online = false, false
	}
	for _, c := range n.All {
		if c.Key == m.me.Key {
			continue
		}
		t := m.talks.byName[c.Name]
		if t == nil {
			t = m.talks.add(c.Name)
		}
		t.listed, t.online, t.hue = true, c.Online, hue(c.Key)
	}
	m.talks.sort()
	if n.Clients > 0 && !m.crowded {
		m.say(wording.Crowd(n), false)
	}
	m.crowded = n.Clients > 0
}

// hue is the colour of a key.
func hue(k wire.Key) uint8 {
	h := fnv.New32a()
	_, _ = h.Write(k[:]) // it never fails (hash.Hash)
	return uint8(h.Sum32() % nameStyles)
}

func (m *Model) arrived(n peer.Arrived) {
	name := n.From
	if n.Post {
		name = everyone
	}
	t := m.talks.get(name)
	msg := t.find(n.Line) // it may have been read from the history already
	if msg == nil {
		msg = &message{line: n.Line, from: n.From, text: n.Text, at: time.UnixMicro(n.Time).In(m.now().Location())}
		t.add(msg)
	}
	msg.tags, msg.rowsAt = wording.Tags(n), shape{} // that a line comes again is not said: here it stands once, in its place
	if from := m.talks.byName[n.From]; from != nil {
		msg.hue = from.hue
	}
	if n.Mail {
		msg.held = heldFor(msg.at, m.now())
	}
	t.unseen = append(t.unseen, n.Line)
	m.unseen++
	if m.unseen > unseenLimit {
		m.chat.Seen(t.unseen[:1])
		t.unseen = t.unseen[1:]
		m.unseen--
	}
	m.count(t, msg)
	m.talks.sort()
}

// unseenLimit is how many lines may wait to be looked at: so many come again with the next run. A client takes nothing more when it
// has some thousands.
const unseenLimit = 1000

// seen: everything in a talk was looked at.
func (m *Model) seen(t *talk) {
	t.unread = 0
	if len(t.unseen) > 0 {
		m.chat.Seen(t.unseen)
		m.unseen -= len(t.unseen)
		t.unseen = nil
	}
}

// count counts a message as unread, unless it comes into view.
func (m *Model) count(t *talk, msg *message) {
	if t == m.talks.open && !m.blurred && m.over == nil && t.low == nil {
		return
	}
	if t.unread == 0 {
		t.forgetRule()
		t.fresh = msg
		msg.rowsAt = shape{}
	}
	t.unread++
}
