package link

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"udpchat/wire"
)

// Lifetime is how long the keys of a session are used.
type Lifetime struct {
	Rekey  time.Duration // the initiator makes new ones after this, ± 10 %, when there is something to send
	Reject time.Duration // and nobody uses them after this
}

// SessionConfig is what whoever owns Sessions decides. The zero value of a field means the default beside it.
type SessionConfig struct {
	Identity    *Identity // required
	Server      bool      // every session is Long, and only who is Trusted is dialled
	KeyRequests bool      // answer those who ask for our key: the only answer that strangers get
	Rand        io.Reader // crypto/rand; it must not fail, and Sessions panics when it does

	Peer Lifetime // 2 min and 3 min: between peers, as in WireGuard §6.1
	Long Lifetime // 1 h and 3 h: with a server. 100,000 clients are then 28 handshakes a second, and not 833

	RekeyDatagrams uint64        // 2^32: the initiator makes new keys after so many too; after twice as many none are sent
	Retry          time.Duration // 300 ms: from the first initiation to the second; then twice as long each time
	RetryCap       time.Duration // 5 s
	GiveUp         time.Duration // 30 s: then what waits for the session is dropped
	Linger         time.Duration // 10 s: how long old keys open datagrams after the new ones are in use on both sides
	Confirm        time.Duration // 10 s: how long a responder waits for the first datagram of a session
	Stranger       time.Duration // 2 min: how long a server keeps a session with who is not trusted
	ResetJitter    time.Duration // 5 s: within this, at random, a session that the other side lost is made anew without need

	MaxSessions int // 262,144
	MaxPending  int // 4,096: sessions that were answered and not confirmed
	Answers     int // 3,072 handshakes a second, at 0.19 ms each: however many come, those that are there have four tenths of a core. Whoever is not answered asks again
	Handshakes  int // 128 a second: above it an initiator has to prove its address first

	// later leaves what is expensive in handshakes to the loop, which does it beside everything else. Rand is used there too then.
	later bool

	// Spread tells within which time those should make a new session whose own we have lost, if they have nothing to say. nil, and 0: within
	// their ResetJitter. At most MaxSpread.
	Spread func() time.Duration

	// Answered is told of each answer to a handshake of ours, also when it is only that the remote has too much to do for another one: it is there.
	// It calls no method. nil: nobody wants to know.
	Answered func(now time.Time, key wire.Key)

	// Lost is told that a remote has lost the session that we sent in: what is on its way in it never arrives. It calls no method. nil: nobody wants
	// to know.
	Lost func(now time.Time, key wire.Key)

	// Trace is told of every datagram: of those that came before their messages are handled, of those that are sent when they were
	// written. It calls no method. nil: nobody watches.
	Trace func(Traced)

	NoReplayWindow bool // for tests, which show that it is missed: a counter is good any number of times
}

// MaxSpread bounds for how long who has lost our session can have us wait: so long a server may take to ask 150,000 clients.
const MaxSpread = 5 * time.Minute

func (cfg *SessionConfig) defaults() {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&cfg.Peer.Rekey, 2 * time.Minute}, {&cfg.Peer.Reject, 3 * time.Minute},
		{&cfg.Long.Rekey, time.Hour}, {&cfg.Long.Reject, 3 * time.Hour},
		{&cfg.Retry, 300 * time.Millisecond}, {&cfg.RetryCap, 5 * time.Second}, {&cfg.GiveUp, 30 * time.Second},
		{&cfg.Linger, 10 * time.Second}, {&cfg.Confirm, 10 * time.Second}, {&cfg.ResetJitter, 5 * time.Second},
		{&cfg.Stranger, 2 * time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	for _, n := range []struct {
		field *int
		value int
	}{{&cfg.MaxSessions, 1 << 18}, {&cfg.MaxPending, 4096}, {&cfg.Handshakes, 128}, {&cfg.Answers, 3072}} {
		if *n.field == 0 {
			*n.field = n.value
		}
	}
	if cfg.RekeyDatagrams == 0 {
		cfg.RekeyDatagrams = 1 << 32
	}
}

// ErrForeign is a datagram of a type that no session has: version 1's, or a later one's.
var ErrForeign = errors.New("datagram of a foreign type")

// ErrNoKey is a remote without a session that can't be dialled: its static key is not known.
var ErrNoKey = errors.New("no session, and no key to make one")

// What Open drops a datagram for. Each is made once, so that a flood costs no allocation. Beside these there is what wraps
// wire.ErrMalformed, and ErrForeign.
var (
	ErrStranger = errors.New("from someone who does not know our key")
	ErrUnknown  = errors.New("datagram of an unknown session")
	ErrReplay   = errors.New("datagram seen before, or too old")
	ErrForged   = errors.New("datagram that its session did not seal")
	ErrBusy     = errors.New("handshake refused: too many of them")
	ErrUnproved = errors.New("from an address that is not proved yet")

	errLength  = fmt.Errorf("%w: datagram of a length that its type does not have", wire.ErrMalformed)
	errControl = fmt.Errorf("%w: control record", wire.ErrMalformed)
)

// SessionCounts are what Sessions met.
type SessionCounts struct {
	Malformed, Foreign, Strangers, Unknown, Replays, Forged, Busy, Unproved uint64 // datagrams dropped by Open, by their errors

	Handshakes uint64 // sessions made, on either side
	Cookies    uint64 // asked for
	Resets     uint64 // sent
	Lost       uint64 // sessions dropped because the other side had lost them
	Moves      uint64 // paths that were proved after another one
	Dropped    uint64 // messages that waited too long, or were too many, for a session
	Crowded    uint64 // datagrams of our own that found too many before them
}

func (c *SessionCounts) note(err error) {
	switch {
	case err == nil:
	case errors.Is(err, wire.ErrMalformed):
		c.Malformed++
	case errors.Is(err, ErrStranger):
		c.Strangers++
	case errors.Is(err, ErrUnknown):
		c.Unknown++
	case errors.Is(err, ErrReplay):
		c.Replays++
	case errors.Is(err, ErrForged):
		c.Forged++
	case errors.Is(err, ErrBusy):
		c.Busy++
	case errors.Is(err, ErrUnproved):
		c.Unproved++
	default:
		c.Foreign++
	}
}
