package lab

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"udpchat/cmd/internal/explain"
	"udpchat/wire"
	"udpchat/wire/link"
)

// traced is told by the sessions what is in the datagram that was just written.
func (p *party) traced(d link.Traced) {
	if !d.Sent {
		return
	}
	w := p.w
	var labels []string
	class := Background
	if d.Type != wire.TypeData {
		labels, class = append(labels, explain.TypeName(d.Type)), Session
	}
	if len(d.Body) > 0 {
		var dec wire.Decoder
		must(dec.Decode(bytes.Clone(d.Body), func(m wire.Message) error {
			label, c := w.label(p, w.story.Arrows[p.writing].To, m)
			if c != Background || w.cfg.All {
				labels = append(labels, label)
			}
			class = max(class, c)
			for _, one := range singly(m) {
				w.ledger.sent(p, d, one)
			}
			return nil
		}))
	}
	if class == Background && !w.cfg.All {
		w.story.Skipped++
		return
	}
	if len(labels) == 0 {
		labels = append(labels, "(empty)")
	}
	a := &w.story.Arrows[p.writing]
	a.Body = bytes.Clone(d.Body)
	a.Label, a.Short, a.Class = strings.Join(labels, " + "), labels[0], class
	if n := len(labels) - 1; n > 0 {
		a.Short += fmt.Sprintf(" (+%d)", n)
	}
	w.note(Event{What: Leaves, Party: p.index, Arrow: p.writing})
	w.lastSeen = w.at - w.zero
}

// label is what stands at an arrow: the kind, which message, seq and try; and what the arrow carries.
func (w *world) label(p *party, to int, m wire.Message) (string, Class) {
	l := &w.ledger
	switch m := m.(type) {
	case *wire.Direct:
		return fmt.Sprintf("%s %sseq %d try %d", textOrVoid(&m.Text), l.number(p.index, to, m.Text.Seq), m.Text.Seq, m.Try), Direct
	case *wire.Ack:
		return fmt.Sprintf("ack %sseq %d try %d", l.number(to, p.index, m.Seq), m.Seq, m.Try), Direct
	case *wire.Deposit:
		return fmt.Sprintf("deposit %sseq %d try %d", l.number(p.index, w.index(m.To), m.Text.Seq), m.Text.Seq, m.Try), by(m.To)
	case *wire.Stored:
		return fmt.Sprintf("stored %sseq %d try %d", l.number(to, w.index(m.To), m.Seq), m.Seq, m.Try), by(m.To)
	case *wire.Push:
		l.orders[m.Order] = l.number(w.index(m.From), to, m.Text.Seq)
		return fmt.Sprintf("push %sseq %d try %d", l.orders[m.Order], m.Text.Seq, m.Try), Mailbox
	case *wire.Taken:
		return fmt.Sprintf("taken %stry %d", l.orders[m.Order], m.Try), Mailbox
	case *wire.PushPost:
		l.orders[m.Order] = l.number(w.index(m.Author), everybody, m.Text.Seq)
		return fmt.Sprintf("push-post %sseq %d try %d", l.orders[m.Order], m.Text.Seq, m.Try), Channel
	case *wire.PushRow:
		labels := []string{"push-row"}
		for _, p := range m.Posts {
			l.orders[p.Order] = l.number(w.index(m.Author), everybody, p.Text.Seq)
			labels = append(labels, fmt.Sprintf("%sseq %d", l.orders[p.Order], p.Text.Seq))
		}
		return strings.Join(labels, " "), Channel
	case *wire.Seen:
		return fmt.Sprintf("seen %stry %d", l.orders[m.Order], m.Try), Channel
	case *wire.Receipt:
		return "receipt from " + w.called(m.To), Mailbox
	case *wire.ReceiptAck:
		return "receipt-ack", Mailbox
	case *wire.Lookup:
		return "lookup " + w.called(m.Key), Session
	case *wire.Found:
		return "found " + w.called(m.Key), Session
	}
	return m.Kind().String(), Background
}

// textOrVoid: a void closes a seq that has no text any more (protocol.md §5.6).
func textOrVoid(t *wire.Text) string {
	if t.Flags&wire.FlagVoid != 0 {
		return "void"
	}
	return "text"
}

// by is the way of what is for someone by the server.
func by(to wire.Key) Class {
	if to == wire.Channel {
		return Channel
	}
	return Mailbox
}

// index is a party's place in the story, everybody for the channel.
func (w *world) index(k wire.Key) int {
	if k == wire.Channel {
		return everybody
	}
	return w.party(k).index
}

// sent counts a message that left, and says for which timer when it is not the first time.
func (l *ledger) sent(p *party, d link.Traced, m wire.Message) {
	text, author := carried(m)
	if text == nil || text.Flags&wire.FlagVoid != 0 {
		return
	}
	to := l.w.party(d.Who)
	id := part{kind: m.Kind(), from: p.index, to: to.index, author: p.index, seq: text.Seq}
	if author != (wire.Key{}) {
		id.author = l.w.party(author).index
	}
	var x *Message
	switch m := m.(type) {
	case *wire.Direct:
		if x = l.find(p.index, to.index, text.Seq, false); x != nil {
			x.Direct++
		}
	case *wire.Deposit:
		id.to = l.w.index(m.To)
		if x = l.find(p.index, id.to, text.Seq, false); x != nil {
			x.Deposits++
		}
	case *wire.Push:
		if x = l.find(id.author, to.index, text.Seq, false); x != nil {
			x.Pushes++
		}
	case *wire.PushPost:
		if x = l.find(id.author, everybody, text.Seq, true); x != nil {
			x.Pushes++
		}
	}
	if before, again := l.tried[id]; again && before < l.w.at {
		name := l.number(id.author, id.to, id.seq)
		if id.kind == wire.KindPushPost {
			name = l.number(id.author, everybody, id.seq)
		}
		l.w.tell(p, Timer, fmt.Sprintf("%sno answer in %s: again", name, brief(l.w.at-before)))
	}
	l.tried[id] = l.w.at
}

// brief writes a duration without digits that nobody needs.
func brief(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
