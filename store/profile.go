package store

// Profile is the store of one client: who it is, what it sends, what it received. Safe for concurrent use.
type Profile interface {
	// Load reads all that a client needs in memory. It is called once, before the first Submit.
	Load() (Loaded, error)
	// History lists up to limit lines whose order is above after, by order.
	History(after uint64, limit int) ([]Line, error)
	// Submit queues a change, with the promises of Server.Submit.
	Submit(c ProfileChange, done func(error))
	Close() error
}

// Loaded is a profile's state at start.
type Loaded struct {
	Seed    [32]byte // the secret that everything of this client's identity comes from
	Epoch   uint64   // drawn at random when the profile was made; never 0
	Outbox  []Outgoing
	Lanes   []Lane
	Inbox   []Source
	Parts   []Part
	Unshown []Line
	Streams []Stream
	Lines   uint64 // the last history order given
}

// Channel is the recipient of channel posts in an outbox: no client's key.
var Channel = Key{0: 0xff, 31: 0xff}

// Outgoing is a text, or a part of one, that is not yet settled.
type Outgoing struct {
	To   Key
	Text Text
}

// Lane counts the seqs that this client gave out to one recipient.
type Lane struct {
	To             Key
	Epoch, ToEpoch uint64
	Last           uint64 // last seq given out
}

// Source is what this client has of one sender and epoch. Age orders the epochs of a sender by first sight.
type Source struct {
	From  Key
	Age   uint64
	Marks Marks
}

// Part is one received part of a text that is not whole yet.
type Part struct {
	From Key
	Text Text
	Mail bool
	Post bool
}

// Stream is how far this client has received what a server's store had for it: Through and the Ranges above it are receipt
// orders. Epochs in Marks are unused.
type Stream struct {
	Store uint64
	Marks Marks
}

// Line is one line of history: a whole text, sent or received.
type Line struct {
	Order   uint64 // counts the lines of this profile; given by the caller: Loaded.Lines + 1 and so on
	Peer    Key    // the other side; Channel for one's own posts
	Epoch   uint64 // with First: the identity of the text
	First   uint64
	Last    uint64
	Time    int64 // the sender's clock, microseconds since 1970
	Arrived int64 // this client's clock, microseconds since 1970
	Out     bool  // sent by this client
	Post    bool  // in the channel
	Mail    bool  // came by the mailbox (a post: was waiting)
	Text    string
}

// ProfileChange is one of the types below.
type ProfileChange interface{ profileChange() }

// Accept takes a typed text into the outbox: its parts, the lane's count and the line of history, all at once.
type Accept struct {
	Items []Outgoing
	Lane  Lane
	Line  Line
}

// Settle removes what was delivered, or ended otherwise, from the outbox.
type Settle struct {
	To             Key
	Epoch, ToEpoch uint64
	Seqs           []uint64
}

// Renumber gives the unsettled texts of one lane new identities: the old lane's items go, the new ones come, in one step.
type Renumber struct {
	Old, New Lane
	Items    []Outgoing
}

// Receive keeps what arrived: the source's marks with the new seq in them, and either a part or the whole line, whose earlier
// parts (Line.First to Line.Last of that epoch) go. Stream, when not nil, is how far the mailbox has come with it. Drop
// names a source (an epoch seen long ago) that makes room.
type Receive struct {
	Source *Source
	Part   *Part
	Line   *Line
	Stream *Stream
	Drop   *Source
}

// Shown notes that these lines (by their order) are on the screen.
type Shown struct{ Lines []uint64 }

// NewEpoch sets the client's epoch.
type NewEpoch struct{ Epoch uint64 }

func (Accept) profileChange()   {}
func (Settle) profileChange()   {}
func (Renumber) profileChange() {}
func (Receive) profileChange()  {}
func (Shown) profileChange()    {}
func (NewEpoch) profileChange() {}
