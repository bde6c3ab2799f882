package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire"
)

// fullTable is how many clients are listed whenever the table changes; with more, only what changed is.
const fullTable = 20

// timestamp is how a time of sending is shown, in local time.
const timestamp = "2006-01-02 15:04:05.000000"

// view is the user for whom lines are made.
type view struct {
	me      wire.Key
	history bool // messages are kept on disk
}

// lines gives what to print for a notice; nothing for those that only steer the program.
func (v view) lines(n peer.Notice) []string {
	switch n := n.(type) {
	case peer.Welcome:
		return []string{"SERVER: [Welcome, you are registered.]"}
	case peer.Refused:
		return []string{"SERVER: ERROR: " + refusal(n)}
	case peer.Table:
		return tableLines(n)
	case peer.Postponed:
		return []string{fmt.Sprintf("SERVER: ERROR: %s: %s is asked for again", wording.Delay(n.Why), plain.Name(n.Name))}
	case peer.Left:
		return []string{"[You are Offline. Bye.]"}
	case peer.Waiting:
		return []string{"SERVER: [You have messages]"}
	case peer.ServerSilent:
		lines := leftLines(n.Kept, n.Unknown, v.history)
		if len(lines) == 0 {
			lines = []string{"[Nothing is waiting to be sent.]"}
		}
		return append(lines, "[Server not responding.]", "[Exiting.]")
	case peer.Quit:
		return leftLines(n.Kept, n.Unknown, v.history)
	case peer.Arrived:
		return []string{arrivedLine(n)}
	case peer.Identity:
		return identityLines(v.me, n)
	case peer.KeyChanged, peer.Blocked, peer.Trusted, peer.Distrust:
		return []string{keyLine(n)}
	case peer.PostsGone:
		return []string{"[" + wording.PostsGone + "]"}
	}
	return outcomeLines(n)
}

// outcomeLines are what became of something typed.
func outcomeLines(n peer.Notice) []string {
	switch n := n.(type) {
	case peer.Delivered:
		return []string{fmt.Sprintf("[Message received by %s.]", plain.Name(n.To))}
	case peer.NoAck:
		return []string{fmt.Sprintf("[No ACK from %s, message sent to server.]", plain.Name(n.To))}
	case peer.Stored:
		if n.Again {
			return nil
		}
		if n.To == "" {
			return []string{"[Message received by SERVER.]"}
		}
		return []string{"[Message received by SERVER.]", "SERVER: [Message received by the server and saved]"}
	case peer.Exists:
		return []string{fmt.Sprintf("[Client %s exists!!]", plain.Name(n.To))}
	case peer.Kept:
		return []string{keptFor(n)}
	case peer.Failed:
		return []string{fmt.Sprintf("[%s: the message to %s is given up.]", reason(n.To, n.Why), someone(n.To))}
	case peer.TooLong:
		return []string{fmt.Sprintf("[Message too long: %d bytes, the limit is %d.]", n.Bytes, n.Limit)}
	case peer.UnknownPeer:
		return []string{fmt.Sprintf("[Unknown peer: %s]", plain.Name(n.Name))}
	case peer.NotRegistered:
		if n.Ref != 0 {
			return []string{"[Not sent: you are offline. reg NAME brings you back.]"}
		}
		return []string{"[You are offline: reg NAME brings you back.]"}
	case peer.NotYours:
		return []string{fmt.Sprintf("[You are not registered as %s.]", plain.Name(n.Name))}
	case peer.Noted:
		return []string{n.Text}
	case peer.NotSent:
		return []string{fmt.Sprintf("[Not sent: your disk is full. Type the message to %s again when there is room.]", someone(n.To))}
	case peer.DiskFull:
		return []string{"[" + wording.DiskFull + "]"}
	case peer.DiskRoom:
		return []string{"[Your disk has room again.]"}
	case peer.InboxFull:
		return []string{fmt.Sprintf("[%d messages were not taken by udpchat tail: nothing more is received until they are.]", peer.MaxUnshown)}
	case peer.InboxRoom:
		return []string{"[Messages are received again.]"}
	case peer.OutboxFull:
		if n.Waiting > 0 && !n.Again {
			return []string{fmt.Sprintf("[%s to %s wait: nothing more is read until half of them are taken.]", count(n.Waiting, "message"), someone(n.To))}
		}
	case peer.BadText:
		return []string{fmt.Sprintf("[Message not sent: %s.]", n.Why)}
	}
	return nil
}

func keptFor(n peer.Kept) string {
	to := plain.Name(n.To)
	if n.NoKeys {
		return fmt.Sprintf("[%s was not here with this version of the program yet: the message is kept here until %s comes.]", to, to)
	}
	return fmt.Sprintf("[%s: the message to %s is kept here and tried again.]", reason(n.To, n.Why), someone(n.To))
}

// someone is whom a message is for.
func someone(to string) string {
	if to == "" {
		return "the channel"
	}
	return plain.Name(to)
}

func refusal(n peer.Refused) string {
	name := plain.Name(n.Name)
	switch n.Why {
	case wire.NameTaken:
		return name + " belongs to another key: take another name, or the profile that registered it"
	case wire.KeyTaken:
		return "this profile is registered under another name"
	case wire.BadName:
		return name + " is not a name that the server takes"
	}
	return "not now, try again later"
}

// reason is why the server does not take what is for someone, at the beginning of a line.
func reason(to string, why wire.Verdict) string {
	said := wording.Refusal(to, why)
	return strings.ToUpper(said[:1]) + said[1:]
}

// leftLines say what stays in the outbox: what this client alone has, and what earlier runs left, of which it was not told whether the server
// has it.
func leftLines(kept, unknown int, history bool) (lines []string) {
	switch {
	case kept == 0:
	case history:
		lines = append(lines, fmt.Sprintf("[%s kept: sent at the next start.]", count(kept, "message")))
	default:
		lines = append(lines, fmt.Sprintf("[%s not sent, and history is off: lost.]", count(kept, "message")))
	}
	if unknown > 0 {
		lines = append(lines, fmt.Sprintf("[%s not known to be delivered: the next start sends what the server does not have.]", count(unknown, "earlier message")))
	}
	return lines
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func tableLines(t peer.Table) []string {
	var out []string
	if !t.Asked {
		out = append(out, "[Client table updated.]")
	}
	out = append(out, presenceLine("SERVER", t.Server, true))
	rows := t.All
	brief := len(rows) > fullTable && !t.Asked
	if brief {
		rows = t.Changed
		if t.First {
			rows = nil
		}
	}
	online := 0
	for _, c := range t.All {
		if c.Online {
			online++
		}
	}
	for _, c := range rows {
		out = append(out, presenceLine(plain.Name(c.Name), c.Addr, c.Online))
	}
	switch {
	case t.Clients > 0 && (t.Asked || t.First):
		out = append(out, "["+wording.Crowd(t)+"]")
	case t.Clients > 0:
	case brief:
		out = append(out, fmt.Sprintf("[%s, %d online: peers lists them.]", count(len(t.All), "client"), online))
	}
	return out
}

func presenceLine(name string, addr netip.AddrPort, online bool) string {
	state := "OFFLINE"
	if online {
		state = "ONLINE"
	}
	if !addr.IsValid() { // who was never there for others to see
		return fmt.Sprintf("%s is %s", name, state)
	}
	return fmt.Sprintf("%s @ %s is %s", name, addr, state)
}

func arrivedLine(a peer.Arrived) string {
	var b strings.Builder
	if a.Again {
		b.WriteString("↻ ")
	}
	b.WriteString(wording.Tags(a))
	text := plain.Text(a.Text)
	if a.Mail {
		text = time.UnixMicro(a.Time).Format(timestamp) + " " + text
	}
	if a.Post {
		fmt.Fprintf(&b, "[Channel_Message %s: %s]", plain.Name(a.From), text)
	} else {
		fmt.Fprintf(&b, "%s: %s", plain.Name(a.From), text)
	}
	return b.String()
}
