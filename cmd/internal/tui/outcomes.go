package tui

import (
	"strings"

	"udpchat/cmd/internal/plain"
	"udpchat/peer"
)

// outcome takes in what became of a text that was typed here. It reports whether there is one to mark: of others the notice is told
// as the prompt tells it.
func (m *Model) outcome(told Notice) bool {
	why := sentence(told.Lines)
	switch n := told.Notice.(type) {
	case peer.Accepted:
		return m.accepted(n)
	case peer.NoAck, peer.Exists: // it is on its way still
		return true
	case peer.Delivered:
		return m.mark(n.Line, n.To, delivered, "")
	case peer.Stored:
		return m.mark(n.Line, n.To, stored, "")
	case peer.Kept:
		return m.mark(n.Line, n.To, held, why)
	case peer.Failed:
		return m.mark(n.Line, n.To, failed, why+" "+again)
	}
	return m.refused(told.Notice, why)
}

// refused takes in that a typed text was not taken.
func (m *Model) refused(n peer.Notice, why string) bool {
	switch n := n.(type) {
	case peer.UnknownPeer:
		return m.refuse(n.Ref, why+" "+again)
	case peer.Blocked:
		return m.refuse(n.Ref, "The key of "+plain.Name(n.Name)+" has changed: /verify shows what to compare, /trust accepts it. "+again)
	case peer.NotSent:
		return m.refuse(n.Ref, why)
	case peer.NotRegistered:
		return m.refuse(n.Ref, "You are offline: "+m.back()+". "+again)
	case peer.TooLong:
		return m.refuse(n.Ref, why)
	case peer.BadText:
		return m.refuse(n.Ref, why)
	}
	return false
}

// accepted: a typed text is on disk. One that was sent by a command of the prompt is new here.
func (m *Model) accepted(n peer.Accepted) bool {
	msg, t := m.taken(n.Ref), m.talks.get(n.To)
	if msg == nil {
		msg = &message{text: n.Text, at: m.now()}
		t.add(msg)
		m.talks.sort()
	}
	if read := t.find(n.Line); read != nil {
		t.drop(read) // the history was read just now
	}
	msg.line = n.Line
	msg.become(sending, "")
	return true
}

// fate is what was told of a text that is not read yet.
type fate struct {
	state state
	why   string
}

// mark sets the state of a text by its line of the history.
func (m *Model) mark(line uint64, to string, s state, why string) bool {
	if line == 0 {
		return false
	}
	t := m.talks.get(to)
	if msg := t.find(line); msg != nil {
		if msg.state != delivered {
			msg.become(s, why)
		}
		return true
	}
	if t.complete {
		return false
	}
	m.ends[line] = fate{s, why} // it is shown when it is read
	return s != failed
}

// refuse says at a typed text why it was not taken.
func (m *Model) refuse(ref uint64, why string) bool {
	msg := m.taken(ref)
	if msg != nil {
		msg.become(failed, why)
	}
	return msg != nil
}

// taken gives a typed text of which it is known now whether it was taken; nil when there is none.
func (m *Model) taken(ref uint64) *message {
	msg := m.typed[ref]
	delete(m.typed, ref)
	return msg
}

// slashed writes the commands in a line of the prompt as they are typed here.
var slashed = strings.NewReplacer(": verify ", ": /verify ", ": trust ", ": /trust ", ": reg ", ": /reg ")

// sentence makes a sentence of the prompt's lines, which are in brackets.
func sentence(lines []string) string {
	s := strings.TrimSuffix(strings.TrimPrefix(slashed.Replace(strings.Join(lines, " ")), "["), "]")
	if s != "" && !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
