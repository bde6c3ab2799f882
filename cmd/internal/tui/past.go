package tui

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	// pageOfPast is how many messages are read from the history at once.
	pageOfPast = 100
	// recentPast is how many of the newest say with whom one talks.
	recentPast = 300
)

// older is what was read from the history for a talk.
type older struct {
	began Began // for whom
	talk  string
	Passage
	target uint64
	err    error
}

// begin starts anew with a client's name and history.
func (m *Model) begin(b Began) tea.Cmd {
	said, drafts := m.talks.open.messages, m.Drafts() // before there was a client
	if m.me.Name != "" {
		said = nil
	}
	m.me, m.talks, m.link, m.typed = b, newTalks(), connecting, map[uint64]*message{}
	m.ends, m.stands = map[uint64]fate{}, stands{}
	m.recall, m.draft, m.search, m.unseen = 0, "", nil, 0
	m.talks.open.messages = said
	m.resume(drafts)
	chat := m.chat
	return tea.Batch(m.reach(), func() tea.Msg {
		got, err := chat.Find("", recentPast)
		return finding{began: b, list: got.List, err: err}
	})
}

// reach reads what is missing above the view of the open talk.
func (m *Model) reach() tea.Cmd {
	t, p := m.talks.open, m.page()
	if m.me.Name == "" || m.width == 0 {
		return nil
	}
	if how := m.askOf(t); how != nil {
		return tea.Batch(how, m.reach())
	}
	if t.complete || t.asked {
		return nil
	}
	rows := 0
	i, hidden := p.low(t)
	for rows = -hidden; i >= 0 && rows <= 2*p.height; i-- {
		rows += p.heightOf(t, i)
	}
	if rows > 2*p.height {
		return nil
	}
	return m.readUntil(t, 0)
}

// readUntil reads the next older page of a talk, or as many as it takes to have a line of the history.
func (m *Model) readUntil(t *talk, line uint64) tea.Cmd {
	t.asked = true
	before := t.oldest()
	chat, began, name := m.chat, m.me, t.name
	return func() tea.Msg {
		got := older{began: began, talk: name, target: line}
		for {
			page, err := chat.Older(name, before, pageOfPast)
			got.List = append(page.List, got.List...)
			got.Damaged += page.Damaged
			got.More, got.err = page.More && len(page.List) > 0, err
			if !got.More || err != nil || page.List[0].Line <= line || line == 0 {
				return got
			}
			before = page.List[0].Line
		}
	}
}

// oldest is the line of the history that a talk begins with; 0 when it has none.
func (t *talk) oldest() uint64 {
	for _, msg := range t.messages {
		if msg.line > 0 {
			return msg.line
		}
	}
	return 0
}

func (m *Model) readOlder(got older) {
	if got.began != m.me {
		return
	}
	t := m.talks.get(got.talk)
	t.asked = false
	if got.err != nil {
		t.complete = true // asked again it would fail again, and at every key
		m.say("The history can't be read: "+got.err.Error(), true)
		return
	}
	t.complete = !got.More
	if got.Damaged > 0 {
		m.sayIn(t, fmt.Sprintf("%d messages of the history are damaged, and left out.", got.Damaged), true)
	}
	have := t.oldest()
	list := make([]*message, 0, len(got.List))
	for _, past := range got.List {
		if have == 0 || past.Line < have { // what came meanwhile is there
			list = append(list, m.remember(past))
		}
	}
	t.precede(list)
	if got.target > 0 {
		m.show(t, got.target)
	}
}

// remember makes a message of one of the history.
func (m *Model) remember(p Past) *message {
	msg := &message{line: p.Line, from: p.From, hue: hue(p.Key), text: p.Text, at: p.Time.Local(), state: p.End.state(), why: p.End.why()}
	if told, ok := m.ends[p.Line]; ok && p.From == "" {
		msg.state, msg.why = told.state, told.why
	}
	if p.Mail && p.From != "" {
		msg.held = heldFor(p.Time, p.Arrived)
	}
	return msg
}

// heldFor is how long a text waited; clocks that disagree make it nothing.
func heldFor(sent, arrived time.Time) time.Duration { return max(arrived.Sub(sent), 0) }

// show brings a message into the middle of the view.
func (m *Model) show(t *talk, line uint64) {
	i := slices.IndexFunc(t.messages, func(msg *message) bool { return msg.line == line })
	if i < 0 {
		m.say("That message is not in the history any more.", true)
		return
	}
	m.open(t)
	p := m.page()
	m.target = t.messages[i]
	t.low, t.hidden = t.messages[i], 0
	p.scroll(t, -p.height/2)
}

// End is what has become of a text of one's own in the history.
type End uint8

const (
	NotKnown  End = iota // someone else's, or from before ends were kept
	Open                 // in the outbox
	Stored               // the server has it
	Delivered            // its recipient has it
	GivenUp              // it can't be delivered
)

func (e End) state() state {
	return [...]state{NotKnown: received, Open: sending, Stored: stored, Delivered: delivered, GivenUp: failed}[e]
}

func (e End) why() string {
	if e == GivenUp {
		return "It was given up. " + again
	}
	return ""
}
