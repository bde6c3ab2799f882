package store

// Profile is the store of one client: who it is, what it sends, what it received. Safe for concurrent use.
type Profile interface {
	// Load reads all that a client needs in memory. It is called once, before the first Submit.
	Load() (Loaded, error)
	// History lists up to limit lines whose order is above after, by order.
	History(after uint64, limit int) ([]Line, error)
	// Read gives the lines of the history that a query asks for, in pages; damaged records are left out and counted. An error
	// means that nothing was read.
	Read(q Query) (Passage, error)
	// Submit queues a change, with the promises of Server.Submit, but that done may be called before Submit returns. Nobody waits for a Settle
	// and a Shown. What an Accept or a Receive points to may be used again when done is called: not before, and the bodies of texts not at all.
	Submit(c ProfileChange, done func(error))
	// WhenCrowded has changes that begin to wait for room, and end it, told to f, from another goroutine. It is called once.
	WhenCrowded(f Crowded)
	Close() error
}

// Loaded is a profile's state at start.
type Loaded struct {
	Seed    [32]byte // the secret that everything of this client's identity comes from
	Epoch   uint64   // drawn at random when the profile was made; never 0
	Outbox  []Outgoing
	Lanes   []Lane // by first use
	Inbox   []Source
	Parts   []Part
	Unshown []Line
	Streams []Stream
	Lines   uint64 // the last history order given

	Contacts []Contact // by key
	Prekeys  []Prekey  // by id
	Chains   []Chain
	Servers  []ServerPin
	Clear    []Clear
}

// Channel is the recipient of channel posts in an outbox: no client's key.
var Channel = Key{0: 0xff, 31: 0xff}

// Outgoing is a text, or a part of one, that is not yet settled.
type Outgoing struct {
	To   Key
	Text Text
	Line uint64 // order of its line of history; 0 when there is none, or an earlier version of the program took it in
}

// Lane counts the seqs that this client gave out to one recipient in one epoch of its own. A lane is kept while something of it is in
// the outbox, and after that until the recipient gets a new one.
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

// Contact is what this client knows of another one's keys.
type Contact struct {
	Key      Key
	Name     string // that this key was first met under, and that no other key has here; "" for none
	Card     string // its keys, verified, opaque bytes; "" when they are not known
	Verified bool   // a user compared the keys, or accepted this one in another's place
}

// Prekey is the private part of a key that mail to this client is sealed to.
type Prekey struct {
	ID       uint32
	Secret   [32]byte
	Made     int64 // microseconds since 1970
	Replaced int64 // by a newer one; 0 for the present one
}

// Chain is the end of one author's posts, of one epoch in one store, as far as this client has them in order; this client's
// own as far as they have left its outbox.
type Chain struct {
	Author         Key
	Epoch, ToEpoch uint64
	Seq            uint64
	Hash           [32]byte
}

// ServerPin is the identity that a server at an address has.
type ServerPin struct {
	Address string // host:port, as the user writes it
	Key     Key
	Static  [32]byte
}

// Clear is a server's store that this client knew before mail was sealed and posts were signed. Through is the receipt order
// through which what comes from it may be neither; math.MaxUint64 until it is known. Store 0 is the one that the client meets next:
// it knew one, and not by its id.
type Clear struct {
	Store   uint64
	Through uint64
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
	End     End
	Text    string
}

// End is what became of a line that this client sent.
type End uint8

// The ends. Their numbers are in files: only append.
const (
	EndUnnoted   End = 0 // it was received; or it was sent by a version of the program that noted no ends
	EndOpen      End = 1 // it is not settled
	EndDelivered End = 2 // it was delivered; a post: it is in the channel's log
	EndGivenUp   End = 3 // it can't be delivered
)

// Ended says what became of a line.
type Ended struct {
	Line uint64 // its order
	End  End
}

// ProfileChange is one of the types below.
type ProfileChange interface{ profileChange() }

// Accept takes a typed text into the outbox: its parts, the lane's count and the line of history, all at once. It and Receive are what each
// text costs, and travel as pointers.
type Accept struct {
	Items []Outgoing
	Lane  Lane
	Line  Line
}

// Settle removes what was delivered, or ended otherwise, from the outbox. Chain, when not nil, is where one's own posts have come
// with it, and Forget where they had come before. Ends names the lines that have ended so; a line whose end is EndUnnoted, or that is not there, stays as it is.
type Settle struct {
	To             Key
	Epoch, ToEpoch uint64
	Seqs           []uint64
	Chain          *Chain
	Forget         *Chain
	Ends           []Ended
}

// Renumber gives the unsettled texts of some lanes to one recipient new identities: the old lanes' items go, the new ones come, in one
// step. Ends is as in Settle.
type Renumber struct {
	Old   []Lane
	New   Lane
	Items []Outgoing
	Ends  []Ended
}

// Receive keeps what arrived: the source's marks with the new seq in them, and either a part or the whole line, whose earlier
// parts (Line.First to Line.Last of that epoch) go. Stream, when not nil, is how far the mailbox has come with it, and
// Chain where its author's posts have. Drop names a source (an epoch seen long ago) that makes room, and Forget such a chain; the parts of
// both go with them. Torn are the seqs of parts that go, since their texts can't become whole any more: of the Source, or, where there is none, of
// the Chain.
type Receive struct {
	Source *Source
	Part   *Part
	Line   *Line
	Torn   []uint64
	Stream *Stream
	Chain  *Chain
	Drop   *Source
	Forget *Chain
}

// TornOf is whose parts Torn names: their sender, and the epochs between which they are.
func (c *Receive) TornOf() (from Key, epoch, toEpoch uint64) {
	if c.Source != nil {
		return c.Source.From, c.Source.Marks.Epoch, c.Source.Marks.ToEpoch
	}
	return c.Chain.Author, c.Chain.Epoch, c.Chain.ToEpoch
}

// Shown notes that these lines (by their order) are on the screen.
type Shown struct{ Lines []uint64 }

// Meet writes what is known of contacts, in place of what was known of those keys.
type Meet struct{ Contacts []Contact }

// Rotate writes prekeys, in place of those with the same ids, and then forgets others for good: no Load gives them again. A file may
// hold their bytes until it needs the room.
type Rotate struct {
	Put  []Prekey
	Drop []uint32
}

// PinServer writes who a server is, in place of what was known of that address, which has 1 to 1024 bytes.
type PinServer struct{ Pin ServerPin }

// Bound says through which receipt order a store of the first version may hold what is in the clear. It changes the record of a
// store that is among Loaded.Clear; for another one it takes the place of the record of store 0, or does nothing.
type Bound struct{ Clear Clear }

func (*Accept) profileChange()   {}
func (Settle) profileChange()    {}
func (Renumber) profileChange()  {}
func (*Receive) profileChange()  {}
func (Shown) profileChange()     {}
func (Meet) profileChange()      {}
func (Rotate) profileChange()    {}
func (PinServer) profileChange() {}
func (Bound) profileChange()     {}
