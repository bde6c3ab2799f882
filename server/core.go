package server

import (
	"math/rand/v2"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Core is the deciding part of a server. It is owned by one loop; not safe for concurrent use.
type Core struct {
	cfg   Config
	rand  *rand.Rand
	epoch time.Time  // what instants count from: the first time that was told
	head  store.Head // durable; ID is this store's

	past    store.Past
	begun   bool // the run is noted on disk: before that nobody is answered
	renewed bool // this run drew the store's id

	posted uint64 // order of the last post that was offered to the members: an older one comes again

	clients *wire.Index[client]
	names   names
	table   table
	present int       // sessions with presence
	online  []*client // who has a session and is no sender, in no particular but a reproducible order

	leases   leases
	probes   wire.Tracker[wire.Key] // pings to those whom a restarted server remembers as online
	pages    wire.Tracker[wire.Key] // table pages on their way
	pushes   wire.Tracker[pushID]
	receipts wire.Tracker[receipt]
	unread   wire.Tracker[sealed] // mail that its recipient can't open: its sender is asked to seal it anew

	known   []Trust // how to dial those who were there when the last server stopped, until the run begins
	missing missing

	still      flow              // of all for whom nothing waited; nothing is put into it
	launched   []*client         // who is to be sent something of its window
	posting    *wire.PushPost    // the last one that was sent: the next is mostly the same, for another member
	packed     [keptRows]postRow // likewise, the last ones
	packedNext int               // the oldest of them
	leads      []uint64          // scratch of took

	cursors    []*client // whose channel cursor is ahead of what is stored
	cursorsDue time.Time
	trimming   trimming
	spent      spent
	waiting    int  // changes and reads for clients that the store was asked for, and has not done (room.go)
	full       bool // the disk had no room for the last new text
	fx, taken  Effects
	endings    []*ending // among the last of fx.Commits
}

// client is a row of the directory and, while it is online, its session.
type client struct {
	row       *store.Client // as last submitted; mostly the same one as the next, and never changed: a change makes another row
	published *store.Client // as last made durable: what the table tells; without the card, which the store has
	session   *session
	shown     *string // the card that is kept, when the last registration came with an older one
	card      cardID  // as last submitted
	next      *client // in Core.clients
	joining   uint32  // the request whose registration is being committed
	waiting   int32   // what it asked of the store and that has not done
}

func newClient(k wire.Key) *client {
	none := &store.Client{Key: store.Key(k)}
	return &client{row: none, published: none}
}

func (cl *client) key() wire.Key { return wire.Key(cl.row.Key) }

// session is what the server remembers of an online client. It ends with the process: a restarted server makes new ones. There may be
// 100,000, so its fields stand by their sizes.
type session struct {
	elsewhere *link.Path // where it is, if that is not what its row says (client.path)
	heard     instant
	lease     instant // it ends, if nothing was heard
	index     int32   // in Core.online
	leased    int32   // in Core.leases
	request   uint32  // of the registration that began it, 0 when a ping did
	mode      wire.Mode
	waiting   bool              // something waited then
	answered  bool              // the registration: it is known whether something waits
	unasked   bool              // after a start: it is still to be asked,
	asked     bool              // it was, and is waited for,
	overdue   bool              // or is waited for no more
	sure      bool              // what the client knows of this store is true of it: what it is told now takes nothing back
	foreign   bool              // it knew another store when it registered, and has not named this one: what it has may be of that
	more      bool              // the page on its way was full: the next follows at once
	moving    bool              // a row with another address of it is on its way to the disk
	since     uint64            // receipt order when it began: later posts are live
	told      uint64            // table revision that the client has, or needs nothing of
	had       uint64            // the one that it said it has
	awaits    uint64            // the revision that it was told of, and waits for
	page      uint64            // revision that the page on its way leads to, 0 for none
	cursor    uint64            // channel posts through here are had
	stored    uint64            // the same, as submitted
	gone      uint64            // posts through here went before the client had them, and it has not answered that yet
	concerns  map[wire.Key]bool // whom it wrote to, asked for, or got something from
	stream    stream
}

// instant is a time since Core.epoch: a third of a time.Time.
type instant = time.Duration

// at is now as an instant. It does not follow the wall clock.
func (c *Core) at(now time.Time) instant {
	if c.epoch.IsZero() {
		c.epoch = now
	}
	return now.Sub(c.epoch)
}

// receipt names what a recipient has of a sender's texts between two of their epochs.
type receipt struct {
	sender, to     wire.Key
	epoch, toEpoch uint64
}

// Handle takes one message that came from a client. Bodies in m are only borrowed.
func (c *Core) Handle(now time.Time, p link.Path, from wire.Key, m wire.Message) {
	if from == wire.ServerKey || !c.begun {
		return
	}
	cl := c.clients.Get(from)
	if ask, ok := m.(*wire.Clock); ok { // protocol.md §8.11: from anyone
		c.tellTime(now, p, from, ask.Nonce)
		return
	}
	if r, ok := m.(*wire.Register); ok {
		c.register(now, p, from, r)
		return
	}
	if cl == nil || cl.published.Revision == 0 || cl.row.State == store.Left && cl.session == nil {
		c.stranger(now, p, from, cl, m)
		return
	}
	if d, ok := m.(*wire.Deregister); ok {
		c.deregister(now, p, cl, d)
		return
	}
	if !c.heard(now, cl, p) {
		return // it is being taken back online; what it sent comes again
	}
	switch m := m.(type) {
	case *wire.Ping:
		c.pinged(now, cl, m)
		return
	case *wire.Pong:
		c.position(now, cl, m.Store, m.Revision, m.Order)
		return
	}
	switch {
	case cl.session.sure:
		c.handle(now, cl, m)
	case !c.probes.Has(cl.key()): // it is asked first what it knows, and what it sent comes again
		c.probe(now, cl)
	}
}

func (c *Core) handle(now time.Time, cl *client, m wire.Message) {
	switch m := m.(type) {
	case *wire.TableAck:
		c.tableAck(now, cl, m.Store, m.Revision)
	case *wire.Deposit:
		if m.Try >= patientTries {
			c.tellTime(now, cl.path(), cl.key(), 0)
		}
		c.deposit(now, cl, m)
	case *wire.Taken:
		c.takenMail(now, cl, m)
	case *wire.Seen:
		c.seenPosts(now, cl, m)
	case *wire.ReceiptAck:
		c.receiptAck(cl, m)
	case *wire.Lookup:
		c.lookup(cl, m)
	case *wire.Find:
		c.find(cl, m)
	}
}

// stranger answers who is not registered: it is told so, and registers (protocol.md §8). A client that left may still
// ask again whether it was heard.
func (c *Core) stranger(now time.Time, p link.Path, from wire.Key, cl *client, m wire.Message) {
	switch m := m.(type) {
	case *wire.Deregister:
		outcome := wire.NotYours
		if cl != nil && cl.row.Name == m.Name {
			cl.joining = 0 // a registration without presence is not over yet
			if cl.published.State != store.Left {
				c.tellTime(now, p, from, 0) // not yet on disk
				return
			}
			outcome = wire.OK
		}
		c.send(p, from, &wire.Deregistered{Request: m.Request, Outcome: outcome})
	case *wire.Ping:
		c.send(p, from, c.pong(m.Nonce, false))
	case *wire.Deposit, *wire.Find, *wire.Lookup:
		c.send(p, from, c.pong(0, false))
	}
}

// Tick does what is due at now.
func (c *Core) Tick(now time.Time) {
	for end, ok := c.leases.next(); ok && end <= c.at(now); end, ok = c.leases.next() {
		c.leaseOver(now, c.leases[0])
	}
	c.probes.Expire(now,
		func(k wire.Key, _ uint8) { c.ping(c.clients.Get(k)) },
		func(k wire.Key) { c.probeFailed(now, c.clients.Get(k)) })
	c.pages.Expire(now, func(k wire.Key, _ uint8) { c.repeatPage(c.clients.Get(k)) }, nil)
	c.pushes.Expire(now,
		func(id pushID, try uint8) { c.pushAgain(now, id, try) },
		func(id pushID) { c.pushFailed(now, id) })
	c.receipts.Expire(now, func(id receipt, _ uint8) { c.sendReceipt(id) }, nil)
	c.unread.Expire(now, func(id sealed, _ uint8) { c.askAnew(id) }, nil)
	c.askMissing(now)
	c.sweepTable(now)
	c.writeCursors(now)
	c.trim(now)
}

// Next is when Tick must be called, at the latest; false when nothing is due ever.
func (c *Core) Next() (time.Time, bool) {
	var next time.Time
	earliest := func(t time.Time, ok bool) {
		if ok && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if end, ok := c.leases.next(); ok {
		earliest(c.epoch.Add(end), true)
	}
	earliest(c.probes.Next())
	earliest(c.pages.Next())
	earliest(c.pushes.Next())
	earliest(c.receipts.Next())
	earliest(c.unread.Next())
	earliest(c.table.due, !c.table.due.IsZero())
	earliest(c.cursorsDue, !c.cursorsDue.IsZero())
	earliest(c.missing.next())
	earliest(c.trimming.due, !c.trimming.due.IsZero())
	return next, !next.IsZero()
}

// window is how long a client may leave tries unanswered before it counts as gone.
func (c *Core) window() time.Duration {
	return time.Duration(1+max(c.cfg.Retries, 0)) * c.cfg.AckTimeout
}

// patience is how something is tried that presence is judged by: soon again at first, then every ack timeout.
func (c *Core) patience(s *session) wire.Policy {
	first := min(s.stream.rtt.PTO(), c.cfg.AckTimeout)
	return wire.Policy{First: first, Factor: 2, Cap: c.cfg.AckTimeout, Deadline: c.window()}
}

// background is how something is tried that nobody waits for.
func (c *Core) background(s *session) wire.Policy {
	return wire.Policy{First: max(s.stream.rtt.PTO(), c.cfg.AckTimeout), Factor: 2, Cap: backoffCap, Jitter: 0.25}
}

// Stop leaves what a clean shutdown still writes: the cursors, and how long the server ran. now is when it ends.
func (c *Core) Stop(now time.Time) {
	if c.begun {
		c.commit(store.Trim{Elapsed: c.passed(now)}, func(time.Time, store.Result) {})
	}
	for _, cl := range c.online {
		if s := cl.session; s.cursor > s.stored {
			s.stored = s.cursor
			c.commit(store.Advance{Member: cl.row.Key, Order: s.cursor}, func(time.Time, store.Result) {})
		}
	}
}
