package control

import (
	"fmt"
	"time"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/words"
)

// Event is an object that a client writes. Event says which of the fields are there (docs/scripting.md).
type Event struct {
	Event string `json:"event"`
	Ref   string `json:"ref,omitempty"` // of the command that it answers
	ID    uint64 `json:"id,omitempty"`  // of a message: the order of its line in the history

	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"` // All: the channel
	Name     string `json:"name,omitempty"`
	Text     string `json:"text,omitempty"`
	Time     string `json:"time,omitempty"` // when it was written, by its writer's clock, RFC 3339 with microseconds
	Channel  bool   `json:"channel,omitempty"`
	Mail     bool   `json:"mail,omitempty"`
	Late     bool   `json:"late,omitempty"`
	Again    bool   `json:"again,omitempty"`
	Old      bool   `json:"old,omitempty"`
	Unsealed bool   `json:"unsealed,omitempty"`
	OtherKey bool   `json:"other_key,omitempty"`

	Error   string   `json:"error,omitempty"` // one of the words of errors.go
	Why     string   `json:"why,omitempty"`   // for people
	Kept    int      `json:"kept,omitempty"`
	Unknown int      `json:"unknown,omitempty"` // left by earlier runs: the server may have them
	Words   string   `json:"words,omitempty"`   // of a key
	Peers   []Peer   `json:"peers,omitempty"`
	Clients int      `json:"clients,omitempty"`
	Online  int      `json:"online,omitempty"`
	Status  *Status  `json:"status,omitempty"`
	Reached *Reached `json:"reached,omitempty"`
	Lines   []string `json:"lines,omitempty"` // of the status, for people
}

// Peer is a row of the client table.
type Peer struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Online  bool   `json:"online"`
}

// All is what the channel is called where a name is expected: nobody can have that name.
const All = "all"

func whom(to string) string {
	if to == "" {
		return All
	}
	return to
}

// Of is the event of a notice; false for what is of no use to a program.
func Of(n peer.Notice) (Event, bool) {
	switch n := n.(type) {
	case peer.Arrived:
		return arrived(n), true
	case peer.Accepted:
		return Event{Event: "accepted", ID: n.Line, To: whom(n.To)}, true
	case peer.Delivered:
		return Event{Event: "delivered", ID: n.Line, To: whom(n.To)}, true
	case peer.Stored:
		return Event{Event: "stored", ID: n.Line, To: whom(n.To), Again: n.Again}, true
	case peer.NoAck:
		return Event{Event: "missed", ID: n.Line, To: whom(n.To)}, true
	case peer.Kept:
		return Event{Event: "kept", ID: n.Line, To: whom(n.To), Error: keptError(n), Why: keptWhy(n)}, true
	case peer.Failed:
		return Event{Event: "failed", ID: n.Line, To: whom(n.To), Error: Refused, Why: wording.Refusal(n.To, n.Why)}, true
	case peer.Table:
		e := Event{Event: "table", Clients: n.Clients, Online: n.Present}
		for _, k := range n.All {
			p := Peer{Name: k.Name, Online: k.Online}
			if k.Addr.IsValid() {
				p.Address = k.Addr.String()
			}
			e.Peers = append(e.Peers, p)
		}
		return e, true
	}
	if e, ok := failure(n); ok {
		return e, true
	}
	return ofClient(n)
}

// ofClient is the event of what is about the client itself, and about keys.
func ofClient(n peer.Notice) (Event, bool) {
	switch n := n.(type) {
	case peer.Welcome:
		return Event{Event: "registered", Name: n.Name}, true
	case peer.Refused:
		return Event{Event: "refused", Name: n.Name, Error: refusedError(n.Why), Why: n.Why.String()}, true
	case peer.Postponed:
		return Event{Event: "postponed", Name: n.Name, Why: "the server has " + wording.Delay(n.Why)}, true
	case peer.Left:
		return Event{Event: "left"}, true
	case peer.Waiting:
		return Event{Event: "waiting"}, true
	case peer.ServerSilent:
		return Event{Event: "silent", Error: Silent, Kept: n.Kept, Unknown: n.Unknown, Why: "the server does not answer"}, true
	case peer.Drained:
		return Event{Event: "drained", Kept: n.Kept, Unknown: n.Unknown}, true
	case peer.Quit:
		return Event{Event: "quit", Kept: n.Kept, Unknown: n.Unknown}, true
	case peer.DiskFull:
		return crowded, true
	case peer.DiskRoom:
		return Event{Event: "disk-room"}, true
	case peer.InboxFull:
		return full, true
	case peer.InboxRoom:
		return Event{Event: "inbox-room"}, true
	case peer.OutboxFull:
		return Event{Event: "outbox-full", Why: "4,096 messages wait to be taken: nothing more is read until half of them are"}, true
	case peer.OutboxRoom:
		return Event{Event: "outbox-room"}, true
	case peer.Noted:
		return Event{Event: "note", Text: n.Text}, true
	case peer.KeyChanged:
		return Event{Event: "key-changed", Name: n.Name, Words: words.Fingerprint(n.New)}, true
	case peer.Trusted:
		return Event{Event: "trusted", Name: n.Name, Words: words.Fingerprint(n.Key)}, true
	case peer.Identity:
		return Event{Event: "identity", Name: n.Name, Words: words.Fingerprint(n.Key), OtherKey: n.Old != wire.Key{}}, true
	case peer.PostsGone:
		return gone, true
	case peer.Distrust:
		return Event{Event: "distrust", From: n.From, Channel: n.Post, Why: wording.Distrust(n)}, true
	}
	return Event{}, false
}

func arrived(n peer.Arrived) Event {
	return Event{Event: "message", ID: n.Line, From: n.From, Text: n.Text, Time: time.UnixMicro(n.Time).UTC().Format(timeFormat), Channel: n.Post,
		Mail: n.Mail, Late: n.Late, Again: n.Again, Old: n.Old, Unsealed: n.Clear, OtherKey: n.Doubt}
}

const timeFormat = "2006-01-02T15:04:05.000000Z"

// full says that nothing more is taken, and what helps.
var full = Event{Event: "inbox-full",
	Why: fmt.Sprintf("%d messages came and were not taken: nothing more is received until they are; udpchat tail without -from takes all", peer.MaxUnshown)}

// crowded says that what is received finds no room on the disk.
var crowded = Event{Event: "disk-full", Why: wording.DiskFull}

// gone says that posts went from the server's log.
var gone = Event{Event: "posts-gone", Channel: true, Why: wording.PostsGone}

// Arrived is the notice that a message's event came from.
func (e Event) Arrived() peer.Arrived {
	at, _ := time.Parse(timeFormat, e.Time) // a time that is none is shown as one long ago
	return peer.Arrived{Line: e.ID, From: e.From, Text: e.Text, Time: at.UnixMicro(), Post: e.Channel, Mail: e.Mail, Late: e.Late, Again: e.Again,
		Old: e.Old, Clear: e.Unsealed, Doubt: e.OtherKey}
}
