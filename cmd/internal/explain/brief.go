package explain

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/plain"
	"udpchat/wire"
)

// Brief says in a few words what a message is: its kind, and what tells it from others of its kind. Never a text. name is
// what to call a client; the channel is asked for too.
func Brief(m wire.Message, name func(wire.Key) string) string {
	switch m := m.(type) {
	case *wire.Direct:
		return "text " + briefText(&m.Text, m.Try)
	case *wire.Ack:
		return fmt.Sprintf("ack seq %d try %d%s", m.Seq, m.Try, briefMarks(&m.Marks))
	case *wire.Deposit:
		return fmt.Sprintf("deposit for %s %s", name(m.To), briefText(&m.Text, m.Try))
	case *wire.Stored:
		return fmt.Sprintf("stored for %s seq %d try %d: %v", name(m.To), m.Seq, m.Try, m.Verdict)
	case *wire.Push:
		return fmt.Sprintf("push %d from %s %s", m.Order, name(m.From), briefText(&m.Text, m.Try))
	case *wire.Taken:
		return fmt.Sprintf("taken %d try %d from %s%s", m.Order, m.Try, name(m.From), briefMarks(&m.Marks)) + when(m.Refusal != wire.NotRefused, ": refused")
	case *wire.PushPost:
		return fmt.Sprintf("push-post %d of %s %s", m.Order, name(m.Author), briefText(&m.Text, m.Try))
	case *wire.PushRow:
		first, last := m.Posts[0], m.Posts[len(m.Posts)-1]
		return fmt.Sprintf("push-row %d to %d of %s seq %d to %d", first.Order, last.Order, name(m.Author), first.Text.Seq, last.Text.Seq)
	case *wire.Seen:
		return fmt.Sprintf("seen %d try %d, all through %d", m.Order, m.Try, m.Through)
	case *wire.Receipt:
		return fmt.Sprintf("receipt from %s%s", name(m.To), briefMarks(&m.Marks))
	case *wire.ReceiptAck:
		return fmt.Sprintf("receipt-ack for %s%s", name(m.To), briefMarks(&m.Marks))
	}
	return briefDirectory(m, name)
}

// briefDirectory is Brief for what is about who is there.
func briefDirectory(m wire.Message, name func(wire.Key) string) string {
	switch m := m.(type) {
	case *wire.Register:
		return fmt.Sprintf("register %s, request %d", plain.Name(m.Name), m.Request)
	case *wire.Registered:
		return fmt.Sprintf("registered, request %d: %v", m.Request, m.Outcome) + when(m.Waiting, ", something waits")
	case *wire.Deregister:
		return fmt.Sprintf("deregister %s, request %d", plain.Name(m.Name), m.Request)
	case *wire.Deregistered:
		return fmt.Sprintf("deregistered, request %d: %v", m.Request, m.Outcome)
	case *wire.Ping:
		return fmt.Sprintf("ping %d", m.Nonce)
	case *wire.Pong:
		return fmt.Sprintf("pong %d", m.Nonce)
	case *wire.Table:
		return fmt.Sprintf("table, %d further, %s", m.Span, plural(len(m.Rows), "row")) + when(m.More, ", more follow")
	case *wire.TableAck:
		return fmt.Sprintf("table-ack %d", m.Revision)
	case *wire.Lookup:
		return "lookup " + name(m.Key)
	case *wire.Found:
		return "found " + name(m.Key) + when(len(m.Card) == 0, ": no card")
	case *wire.Find:
		return "find " + plain.Name(m.Name)
	case *wire.Named:
		return "named " + plain.Name(m.Name) + when(len(m.Rows) == 0, ": nobody")
	case *wire.Clock:
		return fmt.Sprintf("clock %d", m.Nonce)
	case *wire.Crowd:
		return fmt.Sprintf("crowd of %d, %d there", m.Clients, m.Present)
	case *wire.Gone:
		return fmt.Sprintf("gone through %d", m.Order)
	}
	return m.Kind().String()
}

// briefText says which part it is and how large; of one that is not a whole text, which part.
func briefText(t *wire.Text, try uint8) string {
	s := fmt.Sprintf("seq %d try %d", t.Seq, try)
	if t.Flags&wire.FlagVoid != 0 {
		return s + ", void"
	}
	if t.Parts > 1 {
		s += fmt.Sprintf(", part %d of %d", t.Part+1, t.Parts)
	}
	return s + fmt.Sprintf(", %d B", len(t.Body))
}

func briefMarks(m *wire.Marks) string {
	if m.Through == 0 && len(m.Ranges) == 0 {
		return ", has none"
	}
	var b strings.Builder
	b.WriteString(", has")
	all := m.Ranges
	if m.Through > 0 {
		all = append([]wire.Range{{Lo: 1, Hi: m.Through}}, all...)
	}
	for _, r := range all {
		if r.Lo == r.Hi {
			fmt.Fprintf(&b, " %d", r.Lo)
		} else {
			fmt.Fprintf(&b, " %d-%d", r.Lo, r.Hi)
		}
	}
	return b.String()
}

func when(is bool, s string) string {
	if is {
		return s
	}
	return ""
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// TypeName is what protocol.md §13.1 calls a type of datagrams.
func TypeName(t uint8) string {
	for _, d := range types {
		if d.number == t {
			return d.name
		}
	}
	return fmt.Sprintf("type %d", t)
}
