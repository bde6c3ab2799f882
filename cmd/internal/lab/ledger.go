package lab

import (
	"fmt"
	"slices"
	"time"

	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
)

// ledger knows which message is which: by its sender's line of history, and on the wire by its seq.
type ledger struct {
	w     *world
	lines map[lineID]int         // of messages that were accepted
	seqs  map[[2]int]uint64      // the last one that a sender gave out, per recipient
	tried map[part]time.Duration // when something was sent last
	had   map[part]bool          // what came to whom
	// orders is how the message of a receipt order is called.
	orders map[uint64]string
}

// lineID is a line of a client's history.
type lineID struct {
	party int
	line  uint64
}

// part is a message on one of its ways: who sends it to whom, and whose it is.
type part struct {
	kind     wire.Kind
	from, to int
	author   int // of what the server passes on
	seq      uint64
}

const everybody = -1

// typed lets someone type a text.
func (l *ledger) typed(p *party, x Line) {
	to := everybody
	if x.Do == "send" {
		to = slices.Index(l.w.story.Parties, x.To)
	}
	l.w.story.Messages = append(l.w.story.Messages, Message{From: p.index, To: to, Text: x.Text, Typed: l.w.at - l.w.zero, Shown: map[int]time.Duration{}})
	ref := uint64(len(l.w.story.Messages))
	if to == everybody {
		l.w.tell(p, Typed, fmt.Sprintf("#%d send_all %s", ref, plain.Name(x.Text)))
		p.step(func(now time.Time) { p.guest.SendAllAs(now, ref, x.Text) })
		return
	}
	l.w.tell(p, Typed, fmt.Sprintf("#%d send %s %s", ref, x.To, plain.Name(x.Text)))
	p.step(func(now time.Time) { p.guest.SendAs(now, ref, x.To, x.Text) })
}

// noticed takes what a client tells its user.
func (l *ledger) noticed(p *party, n peer.Notice) {
	switch n := n.(type) {
	case peer.Table:
		p.sees = 0
		for _, c := range n.All {
			if c.Online {
				p.sees++
			}
		}
	case peer.Arrived:
		l.arrived(p, n)
	case peer.ServerSilent:
		l.w.tell(p, Told, "the server does not answer: begins again in 1 s")
		l.w.after(time.Second, func() { p.step(p.guest.Register) })
	case peer.Accepted:
		m := &l.w.story.Messages[n.Ref-1]
		way := [2]int{m.From, m.To}
		l.seqs[way]++
		m.Seq = l.seqs[way]
		l.lines[lineID{p.index, n.Line}] = int(n.Ref - 1)
	case peer.UnknownPeer:
		l.refused(p, n.Ref, "no such name")
	case peer.NotRegistered:
		l.refused(p, n.Ref, "not registered")
	case peer.BadText:
		l.refused(p, n.Ref, n.Why)
	default:
		l.became(p, n)
	}
}

func (l *ledger) refused(p *party, ref uint64, why string) {
	if ref == 0 {
		return
	}
	l.w.story.Messages[ref-1].Refused = why
	l.w.tell(p, Told, fmt.Sprintf("#%d failed: %s", ref, why))
}

// became takes what a client tells of a message on its way.
func (l *ledger) became(p *party, n peer.Notice) {
	now := l.w.at - l.w.zero
	switch n := n.(type) {
	case peer.NoAck:
		if m, name := l.at(p, n.Line); m != nil {
			m.NoAck = true
			l.w.tell(p, Timer, name+"no ack in 500 ms: to the mailbox")
		}
	case peer.Stored:
		if m, name := l.at(p, n.Line); m != nil {
			m.Stored = now
			l.w.tell(p, Told, name+"stored by the server")
		}
	case peer.Delivered:
		if m, name := l.at(p, n.Line); m != nil {
			m.Delivered = now
			l.w.tell(p, Told, name+"delivered")
		}
	case peer.Exists:
		if _, name := l.at(p, n.Line); name != "" {
			l.w.tell(p, Told, fmt.Sprintf("%s%s exists: took it from the server", name, n.To))
		}
	case peer.Failed:
		if m, name := l.at(p, n.Line); m != nil {
			m.Refused = n.Why.String()
			l.w.tell(p, Told, name+"failed: "+m.Refused)
		}
	}
}

// at finds the message of a line of history, and how it is called in the ladder.
func (l *ledger) at(p *party, line uint64) (*Message, string) {
	i, ok := l.lines[lineID{p.index, line}]
	if !ok {
		return nil, ""
	}
	return &l.w.story.Messages[i], fmt.Sprintf("#%d ", i+1)
}

// arrived is a text on a screen.
func (l *ledger) arrived(p *party, n peer.Arrived) {
	from := slices.Index(l.w.story.Parties, n.From)
	for i := range l.w.story.Messages {
		m := &l.w.story.Messages[i]
		_, before := m.Shown[p.index]
		if !before && m.From == from && m.Text == n.Text && (m.To == everybody) == n.Post {
			m.Shown[p.index] = l.w.at - l.w.zero
			break
		}
	}
	text := fmt.Sprintf("shows %s: %s", n.From, plain.Name(n.Text))
	if n.Late {
		text += " (late)"
	}
	l.w.tell(p, Shown, text)
	l.w.after(0, func() { p.step(func(time.Time) { p.guest.Shown([]uint64{n.Line}) }) })
}

// came notes a message that a party was given, and says so when it had it before.
func (l *ledger) came(p *party, who wire.Key, m wire.Message) {
	text, author := carried(m)
	if text == nil || text.Flags&wire.FlagVoid != 0 {
		return
	}
	if author == (wire.Key{}) {
		author = who
	}
	from := l.w.party(author)
	id := part{author: from.index, to: p.index, seq: text.Seq}
	if _, post := m.(*wire.PushPost); post {
		id.kind = wire.KindPushPost
	}
	if _, deposit := m.(*wire.Deposit); deposit {
		return // the server has its own way of saying so
	}
	if !l.had[id] {
		l.had[id] = true
		return
	}
	l.w.tell(p, Twice, "has it: acknowledged again, not shown")
	if x := l.find(from.index, p.index, text.Seq, id.kind == wire.KindPushPost); x != nil {
		x.Copies++
	}
}

// singly is the posts of a row, each as if it were alone, or the message itself.
func singly(m wire.Message) (all []wire.Message) {
	row, ok := m.(*wire.PushRow)
	if !ok {
		return []wire.Message{m}
	}
	for i := range row.Posts {
		p := row.Post(i)
		all = append(all, &p)
	}
	return all
}

// carried is the text in a message, and its author when the message names one.
func carried(m wire.Message) (*wire.Text, wire.Key) {
	switch m := m.(type) {
	case *wire.Direct:
		return &m.Text, wire.Key{}
	case *wire.Deposit:
		return &m.Text, wire.Key{}
	case *wire.Push:
		return &m.Text, m.From
	case *wire.PushPost:
		return &m.Text, m.Author
	}
	return nil, wire.Key{}
}

// find gives the message with a seq.
func (l *ledger) find(from, to int, seq uint64, post bool) *Message {
	if post {
		to = everybody
	}
	for i := range l.w.story.Messages {
		m := &l.w.story.Messages[i]
		if m.From == from && m.To == to && m.Seq == seq {
			return m
		}
	}
	return nil
}

// number is how a message is called at an arrow.
func (l *ledger) number(from, to int, seq uint64) string {
	for i := range l.w.story.Messages {
		if m := &l.w.story.Messages[i]; m.From == from && m.To == to && m.Seq == seq {
			return fmt.Sprintf("#%d ", i+1)
		}
	}
	return ""
}

// decided reports whether nothing more is to be expected.
func (l *ledger) decided() bool {
	away := func(i int) bool { p := l.w.parties[i]; return p.gone || p.unplugged }
	for i := range l.w.story.Messages {
		m := &l.w.story.Messages[i]
		if m.Refused != "" || away(m.From) {
			continue
		}
		if m.To != everybody {
			_, shown := m.Shown[m.To]
			if !away(m.To) && (m.Delivered == 0 || !shown) || m.Delivered+m.Stored == 0 {
				return false
			}
			continue
		}
		if m.Stored == 0 {
			return false
		}
		for j := range l.w.cfg.Clients {
			if _, shown := m.Shown[j]; !shown && j != m.From && !away(j) {
				return false
			}
		}
	}
	return true
}

func (w *world) decided() bool { return w.ledger.decided() }
