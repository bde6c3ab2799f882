package control

import (
	"fmt"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire"
)

// The words of Event.Error.
const (
	BadCommand    = "bad-command"    // the object is none of those that a client reads
	BadText       = "bad-text"       // a text that is empty, or not UTF-8
	TooLong       = "too-long"       // nothing is ever cut off
	UnknownName   = "unknown-name"   // nobody has it, not even for the server
	OtherKey      = "other-key"      // the name has another key than it was first met with
	NotRegistered = "not-registered" // the client has left
	NoRoom        = "no-room"        // on this machine's disk
	Refused       = "refused"        // by the server: a quota, a limit, its full disk
	NoKeys        = "no-keys"        // the recipient was never there with a version that has keys
	NameTaken     = "name-taken"     // one's own name belongs to another key
	Silent        = "silent"         // the server does not answer
)

// failure is the event of a command that was not carried out.
func failure(n peer.Notice) (Event, bool) {
	e := Event{Event: "error"}
	switch n := n.(type) {
	case peer.UnknownPeer:
		e.Error, e.Name, e.Why = UnknownName, n.Name, "nobody has that name"
	case peer.TooLong:
		e.Error, e.Why = TooLong, fmt.Sprintf("the text has %d bytes, and the limit is %d", n.Bytes, n.Limit)
	case peer.BadText:
		e.Error, e.Why = BadText, "the text can't be sent: "+n.Why
	case peer.Blocked:
		e.Error, e.Name, e.Why = OtherKey, n.Name, "the name has another key than it was first met with: compare it (verify), then accept it (trust)"
	case peer.NotRegistered:
		e.Error, e.Why = NotRegistered, "the client is offline"
	case peer.NotYours:
		e.Error, e.Name, e.Why = NotRegistered, n.Name, "the client is not registered under that name"
	case peer.NotSent:
		e.Error, e.To, e.Why = NoRoom, whom(n.To), "this machine's disk is full: the text is not kept"
	default:
		return Event{}, false
	}
	return e, true
}

// Ref is the number of the command that a notice answers at first; 0 for none.
func Ref(n peer.Notice) uint64 {
	switch n := n.(type) {
	case peer.Accepted:
		return n.Ref
	case peer.UnknownPeer:
		return n.Ref
	case peer.TooLong:
		return n.Ref
	case peer.BadText:
		return n.Ref
	case peer.Blocked:
		return n.Ref
	case peer.NotRegistered:
		return n.Ref
	case peer.NotSent:
		return n.Ref
	}
	return 0
}

func keptError(n peer.Kept) string {
	if n.NoKeys {
		return NoKeys
	}
	return Refused
}

func keptWhy(n peer.Kept) string {
	if n.NoKeys {
		return "the recipient was not there yet with a version that has keys"
	}
	return wording.Refusal(n.To, n.Why)
}

func refusedError(o wire.Outcome) string {
	switch o {
	case wire.NameTaken, wire.KeyTaken:
		return NameTaken
	}
	return Refused
}
