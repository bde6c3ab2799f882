package peer

import (
	"net/netip"

	"udpchat/wire"
)

// Notice is something that a user should see: one of the types below. They come in the order in which they are to be shown.
type Notice interface{ notice() }

// Contact is a row of the client table.
type Contact struct {
	Key    wire.Key
	Name   string
	Addr   netip.AddrPort
	Online bool
}

// The notices about oneself and the server.
type (
	// Welcome: the server took the name.
	Welcome struct{ Name string }
	// Refused: it did not.
	Refused struct {
		Name string
		Why  wire.Outcome
	}
	// Table: the client table changed. Changed holds the rows that did, All every row; both by name.
	Table struct {
		Server       netip.AddrPort
		All, Changed []Contact
		First        bool // the first one since a registration
		Asked        bool // the user asked for it

		// In a crowd, of which this client is told only of those that it has to do with: how many the server has, and of them are there, as it
		// last said. 0: All has everyone.
		Clients, Present int
	}
	// Postponed: the server does not register the name for now. It is asked again.
	Postponed struct {
		Name string
		Why  Delay
	}
	// DiskFull: what was received waits for room on this machine's disk, and is not acknowledged. DiskRoom: it waits no more.
	DiskFull struct{}
	DiskRoom struct{}
	// InboxFull: MaxUnshown texts came and are not shown, and nothing more is taken. InboxRoom: half of them are.
	InboxFull struct{}
	InboxRoom struct{}
	// OutboxFull: MaxUndecided parts of texts are neither delivered nor stored, most of them of Waiting texts to one recipient; or Waiting is 0
	// and they wait for a registration. Who sends more should wait for OutboxRoom: half of them are. Again: it was told before,
	// and not all of those are decided yet.
	OutboxFull struct {
		To      string
		Waiting int
		Again   bool
	}
	OutboxRoom struct{}
	// Left: one is deregistered.
	Left struct{}
	// Waiting: something waited on the server; it follows.
	Waiting struct{}
	// ServerSilent: the server answered nothing to what a command needs. Kept texts stay in the outbox, and so do Unknown ones: an earlier
	// run left them, and nobody has told this one whether the server has them.
	ServerSilent struct{ Kept, Unknown int }
	// Drained: every text sent is decided. Kept ones are refused for now and stay in the outbox. Unknown: as with ServerSilent, of who
	// left before that was told.
	Drained struct{ Kept, Unknown int }
	// Quit: one has left, and can exit. Kept, Unknown: as with Drained.
	Quit struct{ Kept, Unknown int }
)

// Delay is why a registration is not answered yet.
type Delay uint8

const (
	// NoRoom: the server's disk is full, and the name is new.
	NoRoom Delay = iota + 1
	// Overloaded: the server is there, and does not come to it: too many register, or its disk takes its time.
	Overloaded
)

// The notices about a text that was sent. To is the recipient's name; the channel's is "". Line is the order of the text's line of
// history, which names the text also to later runs; it is 0 for what an earlier version of the program left in the outbox.
type (
	// Accepted: a typed text is on this client's disk, and on its way. Ref is what Client.SendAs was given.
	Accepted struct {
		Ref, Line uint64
		To, Text  string
	}
	// Delivered: it is in the recipient's history.
	Delivered struct {
		Line uint64
		To   string
	}
	// NoAck: the recipient did not answer; the text goes to the server.
	NoAck struct {
		Line uint64
		To   string
	}
	// Stored: the server has it on disk. Again: as an earlier run was told.
	Stored struct {
		Line  uint64
		To    string
		Again bool
	}
	// Exists: the recipient, who did not answer directly, took it from the server at once.
	Exists struct {
		Line uint64
		To   string
	}
	// Kept: the server does not take it for now; or, with NoKeys, the recipient's keys are not known, or not fit for a
	// text of an earlier version of this program: it waits until the recipient comes. It stays in the outbox and is tried again.
	Kept struct {
		Line   uint64
		To     string
		Why    wire.Verdict
		NoKeys bool
	}
	// Failed: it can't be delivered, and is given up.
	Failed struct {
		Line uint64
		To   string
		Why  wire.Verdict
	}
)

// The notices about a command that was not carried out. Ref is what Client.SendAs was given, 0 for other commands.
type (
	// TooLong: nothing was sent.
	TooLong struct {
		Ref          uint64
		Bytes, Limit int
	}
	// UnknownPeer: nobody has that name, not even for the server.
	UnknownPeer struct {
		Ref  uint64
		Name string
	}
	// NotRegistered: the command needs a registration.
	NotRegistered struct{ Ref uint64 }
	// NotYours: dereg of a name that one does not hold.
	NotYours struct{ Name string }
	// Noted: a line of the front end's own, in its place among the commands (Client.Note).
	Noted struct{ Text string }
	// NotSent: there is no room for the text on this machine's disk. It is not kept.
	NotSent struct {
		Ref, Line uint64
		To        string
	}
	// BadText: the text is not UTF-8, or empty.
	BadText struct {
		Ref uint64
		Why string
	}
)

// The notices about keys.
type (
	// KeyChanged: the server says that a name has another key than the one that it was first met with. Texts to it are
	// blocked until the user trusts the new one; told when it is noticed.
	KeyChanged struct {
		Name     string
		Old, New wire.Key
	}
	// Blocked: a text was not taken, since the name has another key than before.
	Blocked struct {
		Ref      uint64
		Name     string
		Old, New wire.Key
	}
	// Identity answers Client.Verify. Old is the key that the name had before, zero when it has not changed.
	Identity struct {
		Name     string
		Key, Old wire.Key
		Verified bool // by Client.Trust, earlier
	}
	// Trusted answers Client.Trust.
	Trusted struct {
		Name string
		Key  wire.Key
	}
	// Distrust: what came in someone's name is not shown, or something is missing: the server, or who has its disk, did it.
	Distrust struct {
		From string
		Post bool
		Why  Fault
	}
)

// PostsGone: posts went from the server's log, since they were there for too long or were too many, and what of them did not come before does
// not come any more.
type PostsGone struct{}

// Fault is what is wrong with what the server passed on.
type Fault uint8

const (
	Forged    Fault = iota // altered on its way, or not by whom it says it is from
	ForgedKey              // a key given for someone is not theirs: nothing is sent with it
	Missing                // posts of an author are left out
	Forked                 // another past of an author's posts than the one that was shown
)

// Arrived is a text from someone else. Once it is printed, Client.Shown must be told its Line.
type Arrived struct {
	Line  uint64
	From  string
	Text  string
	Time  int64 // when it was typed, microseconds since 1970 by the sender's clock
	Post  bool  // in the channel
	Mail  bool  // it was kept by the server: its time of sending is shown
	Late  bool  // a later one of the same sender was shown already
	Again bool  // it may have been shown before: the last run was killed before it could remember
	Clear bool  // it was neither sealed nor signed: an earlier version of the program sent it
	Doubt bool  // From was first met with another key
	Old   bool  // the server had it when this run registered: it answers nothing that was asked since
}

func (Welcome) notice()       {}
func (Refused) notice()       {}
func (Table) notice()         {}
func (Postponed) notice()     {}
func (DiskFull) notice()      {}
func (DiskRoom) notice()      {}
func (InboxFull) notice()     {}
func (OutboxFull) notice()    {}
func (OutboxRoom) notice()    {}
func (InboxRoom) notice()     {}
func (NotSent) notice()       {}
func (Left) notice()          {}
func (Waiting) notice()       {}
func (ServerSilent) notice()  {}
func (Drained) notice()       {}
func (Quit) notice()          {}
func (Accepted) notice()      {}
func (Delivered) notice()     {}
func (NoAck) notice()         {}
func (Stored) notice()        {}
func (Exists) notice()        {}
func (Kept) notice()          {}
func (Failed) notice()        {}
func (TooLong) notice()       {}
func (UnknownPeer) notice()   {}
func (NotRegistered) notice() {}
func (NotYours) notice()      {}
func (Noted) notice()         {}
func (BadText) notice()       {}
func (KeyChanged) notice()    {}
func (Blocked) notice()       {}
func (Identity) notice()      {}
func (Trusted) notice()       {}
func (Distrust) notice()      {}
func (PostsGone) notice()     {}
func (Arrived) notice()       {}
