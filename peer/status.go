package peer

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"udpchat/wire"
)

// Status is where a client stands, at one moment.
type Status struct {
	Name      string
	Key       wire.Key
	Server    netip.AddrPort
	ServerKey wire.Key
	Standing  Standing
	Answered  bool          // the server answered just now
	RoundTrip time.Duration // to the server, smoothed; 0: not measured
	Heard     time.Duration // since the server's last message; below 0: there was none
	Unshown   int           // texts that came and are not on the screen yet
	Talks     []TalkStatus  // by name, the channel first: everyone else in the table, and whoever texts wait for
}

// Standing is how a client stands with its server.
type Standing uint8

const (
	StandsOutside Standing = iota // not registered: nothing is sent or taken
	StandsWaiting                 // a registration, or a leaving, is under way
	StandsInside                  // registered
)

// TalkStatus is the way to one recipient, and what waits for it.
type TalkStatus struct {
	Key       wire.Key
	Name      string // "" for the channel
	Addr      netip.AddrPort
	Online    bool
	Way       Way
	Until     time.Duration // with WayResting: until the direct way is tried again
	RoundTrip time.Duration // of the direct way, smoothed; 0: not measured

	// Texts that are not delivered: on their way directly, or not sent yet; on their way to the server; held by the server; not taken
	// by the server for now, and why not; and waiting here for the recipient's keys.
	Direct, Depositing, Stored, Kept, Keyless int
	Why                                       wire.Verdict
}

// Way is how a text that is typed now would go, and why (protocol.md §7).
type Way uint8

const (
	WayDirect  Way = iota
	WayChannel     // to the server: the channel is there
	WaySelf        // by the mailbox: nobody makes a session with oneself
	WayAway        // by the mailbox: the recipient is offline
	WayBehind      // by the mailbox, behind a text that was not answered directly and is not delivered yet
	WayResting     // by the mailbox: several texts in a row were not answered directly
	WayKeyless     // it waits here: the recipient has no keys yet
	WayBlocked     // not at all: the name has another key than before (Client.Trust)
	WayOutside     // not at all: this client is not registered
	WayNowhere     // by the mailbox: the recipient is not in the table
)

// Waits is how many texts are not delivered.
func (t TalkStatus) Waits() int { return t.Direct + t.Depositing + t.Stored + t.Kept + t.Keyless }

// Status asks the server for a sign of life, for as long as a typed command is tried, and tells how everything stands then. Errors
// are ErrStopped and ctx's.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return c.status(ctx, func(now time.Time, tell func(Status)) { c.core.Probe(now, tell) })
}

// Glance tells at once how everything stands, and of the talks only the one with a name, if that is in the table, or with "" the channel.
// The server is not asked: Answered is false. Errors are as with Status.
func (c *Client) Glance(ctx context.Context, name string) (Status, error) {
	return c.status(ctx, func(now time.Time, tell func(Status)) { tell(c.core.Glance(now, name)) })
}

func (c *Client) status(ctx context.Context, ask func(now time.Time, tell func(Status))) (Status, error) {
	told := make(chan Status, 1)
	c.loop.Events.Put(func(now time.Time) { ask(now, func(s Status) { told <- s }) })
	select {
	case s := <-told:
		return s, nil
	case <-c.stopped:
		return Status{}, ErrStopped
	case <-ctx.Done():
		return Status{}, ctx.Err()
	}
}

// prober is a ping that someone waits for.
type prober struct {
	nonce uint32
	sent  time.Time
	tell  []func(Status)
	rtt   wire.RTT // of all answers
}

// Probe calls tell once the server has answered a ping, or has not for as long as a typed command is tried; at once when this client
// is not registered.
func (c *Core) Probe(now time.Time, tell func(Status)) {
	c.probe.tell = append(c.probe.tell, tell)
	switch {
	case c.phase != ready:
		c.probed(now, false)
	case len(c.probe.tell) == 1:
		c.requests.Track(now, probing, c.urgent())
		c.sendProbe(now)
	}
}

func (c *Core) sendProbe(now time.Time) {
	c.probe.nonce, c.probe.sent = c.rand.Uint32(), now
	c.toServer(&wire.Ping{Nonce: c.probe.nonce, Store: c.store, Revision: c.roster.revision})
}

// answered takes a pong's nonce.
func (c *Core) answered(now time.Time, nonce uint32) {
	if len(c.probe.tell) > 0 && nonce == c.probe.nonce {
		c.probe.rtt.Sample(now.Sub(c.probe.sent))
		c.probed(now, true)
	}
}

func (c *Core) probed(now time.Time, answered bool) {
	c.requests.Drop(probing)
	tell := c.probe.tell
	c.probe.tell = nil
	s := c.status(now)
	s.Answered = answered
	for _, f := range tell {
		f(s)
	}
}

// Glance tells how everything stands, and of the talks only the one with a name; "" is the channel.
func (c *Core) Glance(now time.Time, name string) Status {
	s := c.stands(now)
	if contact := c.roster.named(name); contact != nil {
		s.Talks = []TalkStatus{c.talk(now, contact.key)}
	} else if name == "" {
		s.Talks = []TalkStatus{c.talk(now, wire.Channel)}
	}
	return s
}

// stands is a status without the talks.
func (c *Core) stands(now time.Time) Status {
	s := Status{Name: c.cfg.Name, Key: c.me, Server: c.cfg.Server.Remote, ServerKey: c.cfg.ServerKey, Standing: StandsWaiting,
		RoundTrip: c.probe.rtt.Smoothed(), Heard: -1, Unshown: c.inbox.unshown}
	switch c.phase {
	case left:
		s.Standing = StandsOutside
	case ready:
		s.Standing = StandsInside
	}
	if !c.heard.IsZero() {
		s.Heard = now.Sub(c.heard)
	}
	return s
}

func (c *Core) status(now time.Time) Status {
	s := c.stands(now)
	for _, k := range c.roster.contacts {
		if k.key != c.me {
			s.Talks = append(s.Talks, c.talk(now, k.key))
		}
	}
	for _, l := range c.outbox.order {
		if l.lanes[0] != l {
			continue
		}
		if t := c.talk(now, l.to); c.roster.contacts[l.to] == nil && (t.Waits() > 0 || l.to == wire.Channel) || l.to == c.me && t.Waits() > 0 {
			s.Talks = append(s.Talks, t)
		}
	}
	slices.SortFunc(s.Talks, func(a, b TalkStatus) int { return strings.Compare(a.Name, b.Name) })
	return s
}

func (c *Core) talk(now time.Time, to wire.Key) TalkStatus {
	w := c.outbox.ways[to]
	if w == nil {
		w = &way{}
	}
	t := TalkStatus{Key: to, Name: c.nameOf(to), RoundTrip: w.rtt.Smoothed()}
	if contact := c.roster.contacts[to]; contact != nil {
		t.Addr, t.Online = contact.addr, contact.online
	}
	if t.Way = c.way(now, &lane{way: w, laneID: laneID{to: to}}); t.Way == WayResting {
		t.Until = w.down.Sub(now)
	}
	ahead := open
	for _, l := range w.lanes {
		t.count(l, l.blocked() || ahead == shut && w.kept())
		ahead = max(ahead, l.passage())
	}
	return t
}

// count adds what waits in a lane. What is queued there may wait behind what is refused.
func (t *TalkStatus) count(l *lane, behind bool) {
	var last *text
	for _, p := range l.parts {
		if p.text == last || p.state == done || p.t.Flags&wire.FlagVoid != 0 {
			continue
		}
		switch last = p.text; {
		case p.held:
			t.Keyless++
		case p.state == depositing:
			t.Depositing++
		case p.state == stored:
			t.Stored++
		case p.state == kept || behind && p.state == queued:
			t.Kept, t.Why = t.Kept+1, l.refused
		default:
			t.Direct++
		}
	}
}

// way tells what mailOnly and equipped decide, and why.
func (c *Core) way(now time.Time, l *lane) Way {
	contact := c.roster.contacts[l.to]
	if contact != nil {
		if _, changed := c.book.other(contact); changed {
			return WayBlocked
		}
	}
	e := c.book.entries[l.to]
	switch {
	case c.phase == left:
		return WayOutside
	case l.to == wire.Channel:
		return WayChannel
	case e != nil && e.absent:
		return WayKeyless
	case l.to == c.me:
		return WaySelf
	case contact == nil:
		return WayNowhere
	case !contact.online || !contact.addr.IsValid():
		return WayAway
	case now.Before(l.down):
		return WayResting
	case l.byMail:
		return WayBehind
	}
	return WayDirect
}
