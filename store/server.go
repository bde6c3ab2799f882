package store

import "slices"

// Server is the store of a server: directory, mailbox and channel log. Safe for concurrent use.
type Server interface {
	Directory
	Mailbox
	// Submit queues a change. It never blocks on the disk. done is called from another goroutine, in the order of
	// submission, once the change is durable; with an error, the outcome of this and of every later change is unknown
	// and the store takes no more: the caller must stop acknowledging and exit (design: never retry an fsync). A full disk is no
	// such error, and may change the order (full.go). What nobody waits for, a Take, a Told and a Trim, may wait some
	// milliseconds for a change that somebody does, to be written with it.
	Submit(c Change, done func(Result, error))
	// Close waits for what was submitted and closes the file.
	Close() error
}

// Directory is the readable half of the client table.
type Directory interface {
	// Head says which store this is and how far it has counted.
	Head() (Head, error)
	// Past tells what earlier runs left.
	Past() (Past, error)
	// Clients lists up to limit rows whose key is above after, by key.
	Clients(after Key, limit int) ([]Client, error)
	// Card is what a client says of its keys, "" when it has said nothing, or there is no such client.
	Card(of Key) (string, error)
	// Cursors tells the lowest channel cursor of up to limit clients whose key is above after, and the last of them; the zero Key when there are no
	// more. A cursor that can't be read counts as 0; of nobody the lowest is math.MaxUint64.
	Cursors(after Key, limit int) (lowest uint64, last Key, err error)
}

// Mailbox reads what waits for a client: its mail and the channel's posts after its cursor.
type Mailbox interface {
	// Waiting lists up to limit items for the client, whose order is above after, by order. Mail and posts are one
	// sequence. A record whose checksum does not fit is left out and counted in the second result. Where posts went that the client had
	// not had, an item stands in their place that has only Order, the last one's, and Gone.
	Waiting(to Key, after uint64, limit int) (items []Item, damaged int, err error)
	// Untold lists the deliveries that the sender was not yet told of.
	Untold(sender Key) ([]Delivery, error)
}

// Head is the state of the counters.
type Head struct {
	ID       uint64   // drawn at random when the store was made; never 0
	Revision uint64   // last revision given to a row of the directory
	Order    uint64   // last receipt order given to mail or a post
	Seed     [32]byte // the secret that the server's identity comes from; drawn when the store was made, and never another
}

// Past is what tells this store from newer copies of it.
type Past struct {
	Leaps  []Leap   // by age: the last MaxLeaps of them
	Former []uint64 // IDs that this store had before, ascending: orders and revisions went on from one to the next
}

// Leap is what a start skipped: the numbers between Order and Order+By, and between Revision and Revision+By. Who knows one of them met a
// newer copy of this store.
type Leap struct{ Order, Revision, By uint64 }

// MaxLeaps is how many starts are remembered.
const MaxLeaps = 1024

// Begin gives the head and the past of a run that follows. A leap over nothing leaves none.
func (p Past) Begin(h Head, by uint64) (Head, Past) {
	if by == 0 {
		return h, p
	}
	p.Leaps = append(slices.Clip(p.Leaps), Leap{h.Order, h.Revision, by})
	p.Leaps = p.Leaps[max(len(p.Leaps)-MaxLeaps, 0):]
	h.Order, h.Revision = h.Order+by, h.Revision+by
	return h, p
}

// Gave tells whether the store with this head, and no newer copy of it, has given out an order and a revision, or may have: 0 is none.
func (p Past) Gave(h Head, order, revision uint64) bool {
	for _, l := range p.Leaps {
		if order > l.Order && order-l.Order < l.By || revision > l.Revision && revision-l.Revision < l.By {
			return false
		}
	}
	return order <= h.Order && revision <= h.Revision
}

// Had tells whether an ID is this store's, or was.
func (p Past) Had(h Head, id uint64) bool {
	_, former := slices.BinarySearch(p.Former, id)
	return former || id == h.ID
}

// Renew notes that a head's ID is over.
func (p Past) Renew(h Head) Past {
	if i, known := slices.BinarySearch(p.Former, h.ID); !known {
		p.Former = slices.Insert(slices.Clone(p.Former), i, h.ID)
	}
	return p
}

// Item is a piece of mail or a channel post.
type Item struct {
	Order uint64 // receipt order: one count for all that the store accepts
	From  Key
	Post  bool // a channel post
	Gone  bool // posts through here went from the log
	Text  Text
}

// Delivery is what a recipient said it has of one sender's mail.
type Delivery struct {
	To    Key // the recipient
	Marks Marks
}

// Quota bounds what may wait. A text counts once, however many parts it has. 0 means no limit. It is asked of what is new only: what was
// stored, or delivered, before a limit was lowered keeps its answer.
type Quota struct {
	Longest              uint64 // bytes of one text
	Texts, Bytes         uint64 // per recipient
	PairTexts, PairBytes uint64 // per sender and recipient
}

// Verdict is the outcome of a change that can be refused.
type Verdict uint8

// The verdicts. Their numbers are sent: only append.
const (
	Accepted    Verdict = 0 // on disk now, or already before (the same order is given again)
	Delivered   Verdict = 1 // the recipient has it already
	FullMailbox Verdict = 2 // the recipient's quota is used up
	FullPair    Verdict = 3 // the sender's share of it, or an author's of the channel, is used up
	Gap         Verdict = 4 // a post whose predecessor is missing: nothing was stored
	NoClient    Verdict = 5 // no such recipient
	NameTaken   Verdict = 6 // the name belongs to another key
	KeyTaken    Verdict = 7 // the key has another name
	TooLong     Verdict = 8 // the text is longer than the limit
	FullDisk    Verdict = 9 // there is no room on the disk
)

// Result is what a change came to.
type Result struct {
	Verdict  Verdict
	Order    uint64 // Deposit, Post: the receipt order
	Revision uint64 // PutClient: the row's revision
	Cursor   uint64 // PutClient: the client's channel cursor
	Freed    Key    // PutClient: whose row made way, zero for none
	Gone     uint64 // PutClient: posts through here went that the client had not had, by its cursor; 0: none
	Removed  int    // Trim: how many posts went
}

// Change is one of the types below.
type Change interface{ serverChange() }

// PutClient writes a row of the directory. The store gives it the next revision and keeps the first registration time.
// The first row of a key binds its name to it (NameTaken, KeyTaken when either is bound otherwise) and puts its channel
// cursor at the present head: a new name sees the channel from its registration on. A row without a card keeps the one that it has.
// With Rewind set the cursor goes
// back to *Rewind if it is above it (a client whose state came back older), never below where it began.
//
// A name of another key makes way when FreeBefore is set, that key's row is not Online and was last seen before it (microseconds
// since 1970), and no mail waits for that key: its row and its name go, as if it had never registered. It does so for a key that
// has no row yet only. What was posted by who went, and what was delivered, stays.
type PutClient struct {
	Client     Client
	Rewind     *uint64
	FreeBefore int64
}

// Begin is the first change of a run of the server: orders and revisions leap by so much, which is remembered if it is not 0.
type Begin struct{ By uint64 }

// Deposit puts a text into a mailbox. The same identity (to, from, epochs, seq) again changes nothing and gives the same
// order; with Anew, or when the record of what waits can't be read, it takes the place of that, under a new order. Quota is charged for a
// whole text when its first part arrives, so that all its parts find room or none, until none of it waits. NoClient when the recipient has no
// row.
type Deposit struct {
	To, From Key
	Text     Text
	Quota    Quota
	Anew     bool
}

// Take removes, for good, the recipient's mail from one sender that the marks cover, and the mail of that sender that was
// addressed to another epoch of the recipient's than the marks name (it can never be taken any more; the sender, told of the
// marks, sends it again under a new identity). It keeps the marks as an untold Delivery. Orders names the mail that the
// recipient was shown and that may be covered: nothing else is looked at. With Refused, the mail that Orders names goes whatever the marks
// cover, and no Delivery is kept of it.
type Take struct {
	To, From Key
	Marks    Marks
	Orders   []uint64
	Refused  bool
}

// Told notes that the sender knows of a delivery, unless a newer one has come since.
type Told struct {
	Sender, To Key
	Marks      Marks
}

// Renew gives the store a new ID: what was said of the old one is void (a client knew more than this store does, so
// it is an older copy).
type Renew struct{ ID uint64 }

func (Begin) serverChange()     {}
func (PutClient) serverChange() {}
func (Deposit) serverChange()   {}
func (Take) serverChange()      {}
func (Told) serverChange()      {}
func (Renew) serverChange()     {}
