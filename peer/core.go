package peer

import (
	"math/rand/v2"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// Core is the deciding part of a client. It is owned by one loop; not safe for concurrent use.
type Core struct {
	cfg   Config
	rand  *rand.Rand
	keys  Keys
	me    wire.Key
	epoch uint64 // of this state: recipients and senders say which one they mean
	run   uint64 // the epoch of what is typed in this run (protocol.md §5.1)

	// Registration.
	phase     phase
	typed     bool      // the registration on its way was asked for by the user
	postponed Delay     // and the user was told that it takes longer, and why
	welcomed  bool      // and the user was told that it succeeded
	request   uint32    // of the registration or deregistration on its way
	store     uint64    // the server's store, 0 before the first registration
	claimed   uint64    // the store that the last registration spoke of
	strays    time.Time // until then what an earlier run of the server said may come; zero: it can't
	stored    uint64    // the highest receipt order that it gave to something of this client's
	counted   uint64    // the highest receipt order that it said it has given
	awaited   uint64    // the table's revision that ends the loading
	waiting   bool      // something waited at the registration
	began     place     // how far the server's store had counted at the first registration of this run
	limit     int       // bytes of a text
	heard     time.Time
	amiss     bool      // the server lost the session, and has not asked since what this client knows
	sensed    time.Time // when the server last answered a handshake, be it that it has too much to do
	requests  wire.Tracker[uint32]
	pingDue   time.Time
	strayed   restraint // of pings that pages are answered by which follow nothing
	asked     time.Time // the last registration was sent
	renewed   time.Time // from then on the server had this client register again
	renewals  int       // so often
	probe     prober
	reaching  *reach
	quitting  bool
	quitBy    time.Time // leave by then, whatever is undecided; zero: wait
	draining  bool
	full      bool                  // so much is under way that who types should wait
	pressed   bool                  // and it was told, since nothing was
	commands  []func(now time.Time) // given while a registration, or a look-up of a name, is on its way
	finding   *finding              // the command that this look-up is for; nil: none is on its way

	prekeys prekeys
	roster  roster
	book    book
	outbox  outbox
	inbox   inbox

	acceptances []*acceptance // to be used again
	incomings   []*incoming   // likewise

	fx, taken Effects
	deposits  []deposit // among fx.Sends
}

// phase is where a client stands with the server.
type phase uint8

const (
	left        phase = iota // not registered: nothing is acknowledged, nothing shown
	registering              // the answer is awaited
	loading                  // the first table is awaited
	ready
	leaving // the deregistration's answer is awaited
)

// Handle takes one message that came in a datagram for this client. Bodies in m are only borrowed.
func (c *Core) Handle(now time.Time, p link.Path, from wire.Key, m wire.Message) {
	if from == wire.ServerKey {
		c.heard = now
		c.requests.Drop(keepalive)
		c.handleServer(now, m)
		return
	}
	switch m := m.(type) {
	case *wire.Direct:
		c.direct(now, p, from, m)
	case *wire.Ack:
		c.acked(now, from, m)
	}
}

func (c *Core) handleServer(now time.Time, m wire.Message) {
	switch m := m.(type) {
	case *wire.Registered:
		c.registered(now, m)
	case *wire.Deregistered:
		c.deregistered(now, m)
	case *wire.Ping:
		c.pinged(now, m)
	case *wire.Pong:
		c.ponged(now, m)
	case *wire.Table:
		c.tablePage(now, m)
	case *wire.Stored:
		c.deposited(now, m)
	case *wire.Receipt:
		c.receipt(now, m)
	case *wire.Push:
		c.mail(now, m)
	case *wire.PushPost:
		c.post(now, &pushed{PushPost: *m})
	case *wire.PushRow:
		c.row(now, m)
	case *wire.Found:
		c.found(now, m)
	case *wire.Named:
		c.named(now, m)
	case *wire.Crowd:
		c.roster.crowd = *m
	case *wire.Gone:
		c.gone(now, m)
	}
}

// Tick does what is due at now.
func (c *Core) Tick(now time.Time) {
	c.requests.Expire(now, func(id uint32, _ uint8) { c.sendRequest(now, id) }, func(id uint32) { c.requestFailed(now, id) })
	c.outbox.direct.Expire(now,
		func(p *part, try uint8) {
			c.lost(now, p, c.outbox.direct.Lost(p))
			c.sendAgain(p, try)
		},
		func(p *part) { c.missed(now, p) })
	c.outbox.deposits.Expire(now,
		func(p *part, try uint8) {
			if !c.retryLong(now, p) {
				c.lost(now, p, c.outbox.deposits.Lost(p))
				c.sendDeposit(now, p, try)
			}
		},
		func(p *part) { c.depositFailed(now, p) })
	c.book.lookups.Expire(now, func(k wire.Key, _ uint8) { c.askOn(now, k) }, func(k wire.Key) { c.lookupFailed(now, k) })
	if !c.prekeys.due.IsZero() && !now.Before(c.prekeys.due) {
		c.rotate(now, 0)
	}
	c.depositAgain(now)
	c.pumpDue(now)
	c.gather(now)
	c.seenDue(now)
	c.tickGone(now)
	c.keepAlive(now)
	c.inbox.expire(now, c)
	c.leaveWhenDecided(now)
	if c.full || c.pressed {
		c.press()
	}
}

// lost notes that a part that had left at that time had to be sent again: the way carries less than it was given (protocol.md §7.4).
func (c *Core) lost(now time.Time, p *part, left time.Time) {
	if p.state != kept {
		p.lane.congestion.Lost(now, left)
	}
}

// Next is when Tick must be called, at the latest; false when nothing is due ever.
func (c *Core) Next() (time.Time, bool) {
	var next time.Time
	earliest := func(t time.Time, ok bool) {
		if ok && !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	earliest(c.requests.Next())
	earliest(c.outbox.direct.Next())
	earliest(c.outbox.deposits.Next())
	earliest(c.book.lookups.Next())
	earliest(c.prekeys.due, true)
	earliest(c.strays, true)
	earliest(c.outbox.gatherDue(), true)
	earliest(c.inbox.owing.due, true)
	earliest(c.inbox.goneDue, true)
	earliest(c.pingDue, c.phase == ready || c.phase == loading)
	earliest(c.inbox.next(c.cfg.Hold, c.phase == ready))
	earliest(c.quitBy, c.quitting && (c.phase == ready || c.phase == left))
	return next, !next.IsZero()
}

// urgent is how something is tried that a user waits for: 1 + Retries tries, one ack timeout apart.
func (c *Core) urgent() wire.Policy {
	return wire.Policy{First: c.cfg.AckTimeout, Tries: c.cfg.tries()}
}

// background is how something is tried that nobody waits for: for ever, ever more rarely.
func (c *Core) background() wire.Policy {
	return wire.Policy{First: c.cfg.AckTimeout, Factor: 2, Cap: backoffCap, Jitter: 0.25}
}

// silent tells whether the server answered nothing at all during the tries that just ended (protocol.md §7): one lost
// answer among others does not count against it.
func (c *Core) silent(now time.Time) bool {
	since := now.Add(-time.Duration(c.cfg.tries()) * c.cfg.AckTimeout)
	return !c.heard.After(since) && !c.sensed.After(since)
}

// Sensed notes that the server answered a handshake: it is there, also when it has too much to do for another one (protocol.md §13.3).
func (c *Core) Sensed(now time.Time) { c.sensed = now }

// giveUp ends the program's trust in the server, when a command needs it.
func (c *Core) giveUp() {
	c.requests.Drop(c.request)
	c.requests.Drop(keepalive)
	c.forgetFind()
	c.stepOut()
	c.tell(ServerSilent(c.outbox.undecided()))
}
