package peer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Client runs a Core on a socket and a profile. Its commands return at once, and what comes of them is in Notices. Safe for
// concurrent use.
type Client struct {
	profile store.Profile
	core    *Core
	me      wire.Key
	loop    *link.Loop
	notices *link.Queue[Notice]
	stopped chan struct{} // closed when Run has returned
	several atomic.Bool   // more notices than few were told last
	written written
	full    atomic.Bool  // the core is
	coming  atomic.Int64 // texts that the loop has not seen yet

	sendings    sync.Pool     // of *sending: to be used again
	submissions []*submission // likewise; the loop's
}

// New makes a client on a socket, which Run closes, and a profile, which it does not. Its key comes from the profile's seed.
func New(cfg Config, conn link.Conn, profile store.Profile) (*Client, error) {
	cfg.defaults()
	loaded, err := profile.Load()
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	keys := NewKeys(loaded.Seed)
	core, err := NewCore(time.Now(), cfg, keys, loaded)
	if err != nil {
		return nil, err
	}
	ofServer := func(f func(now time.Time)) func(time.Time, wire.Key) {
		return func(now time.Time, key wire.Key) {
			if key == cfg.ServerKey {
				f(now)
			}
		}
	}
	loop := link.NewLoop(conn, link.SessionConfig{Identity: link.NewIdentity(loaded.Seed), Trace: cfg.Trace,
		Answered: ofServer(core.Sensed), Lost: ofServer(core.Lost)})
	loop.Server = cfg.ServerKey
	loop.TrustServer(cfg.Static)
	c := &Client{profile: profile, core: core, me: keys.Public(), loop: loop, notices: link.NewQueue[Notice](), stopped: make(chan struct{})}
	c.loop.Dropped = func(p link.Path, size int, err error) {
		cfg.Log.Debug("datagram dropped", "addr", p.Remote, "bytes", size, "err", err)
	}
	profile.WhenCrowded(func(waits bool) {
		c.written.crowd(waits)
		c.loop.Events.Put(func(time.Time) { c.core.Crowded(waits) })
	})
	return c, nil
}

// Key is this client's identity.
func (c *Client) Key() wire.Key { return c.me }

// Register asks for the name: Welcome or Refused follows.
func (c *Client) Register() { c.loop.Events.Put(c.core.Register) }

// Deregister leaves; Left, NotYours or NotRegistered follows.
func (c *Client) Deregister(name string) {
	c.loop.Events.Put(func(now time.Time) { c.core.Deregister(now, name) })
}

// Send takes a text for someone: Accepted follows, or what says why it was not.
func (c *Client) Send(to, text string) { c.SendAs(0, to, text) }

// SendAs is Send under a number of the caller's, which the notice that follows bears.
func (c *Client) SendAs(ref uint64, to, text string) {
	c.do(typed{ref: ref, to: to, text: text})
}

// SendAll takes a text for the channel.
func (c *Client) SendAll(text string) { c.SendAllAs(0, text) }

// SendAllAs is SendAll under a number of the caller's.
func (c *Client) SendAllAs(ref uint64, text string) {
	c.do(typed{ref: ref, all: true, text: text})
}

// Full tells whether so much is under way that who sends more should wait for a notice, at the latest OutboxRoom, and ask again: nothing
// is lost otherwise, but it all takes memory.
func (c *Client) Full() bool { return c.full.Load() || c.coming.Load() >= MaxUndecided/8 }

// Verify asks for the keys of a name, to be compared: Identity or UnknownPeer follows.
func (c *Client) Verify(name string) {
	c.loop.Events.Put(func(now time.Time) { c.core.Verify(now, name) })
}

// Trust accepts the key that a name has now: Trusted or UnknownPeer follows.
func (c *Client) Trust(name string) {
	c.loop.Events.Put(func(now time.Time) { c.core.Trust(now, name) })
}

// Peers asks for the table.
func (c *Client) Peers() { c.loop.Events.Put(c.core.Peers) }

// Note asks for Noted.
func (c *Client) Note(text string) {
	c.loop.Events.Put(func(now time.Time) { c.core.Note(now, text) })
}

// Drain asks for Drained.
func (c *Client) Drain() { c.loop.Events.Put(c.core.Drain) }

// Quit asks to leave; Quit follows.
func (c *Client) Quit() { c.loop.Events.Put(c.core.Quit) }

// Shown says that these Lines of Arrived notices are printed.
func (c *Client) Shown(lines []uint64) {
	c.loop.Events.Put(func(time.Time) { c.core.Shown(lines) })
}

// few is how many notices one command has at most, with what it answers: that a text was accepted, and that it was delivered.
const few = 2

// Notices waits for the next notices and gives them in order, or nothing when ctx ends first.
func (c *Client) Notices(ctx context.Context) []Notice {
	for {
		if n := c.notices.Take(); len(n) > 0 {
			c.several.Store(len(n) > few)
			return n
		}
		select {
		case <-c.notices.Ready:
		case <-ctx.Done():
			return c.notices.Take()
		}
	}
}

// Run works until ctx ends, then returns nil; an error means that the profile can't be written. All its goroutines have
// ended when it returns.
func (c *Client) Run(ctx context.Context) error {
	defer close(c.stopped)
	return c.loop.Run(ctx, c.core, c.carryOut, c.core.Stop)
}

// Rest gives the notices that nobody took, and those of what the store answered last: once, when Run has returned and the profile is closed. A text
// of which none was told then is not on the disk, unless Run failed.
func (c *Client) Rest() []Notice {
	now := time.Now()
	for _, answer := range c.loop.Events.Take() {
		answer(now)
	}
	return append(c.notices.Take(), c.core.Take().Notices...)
}

// carryOut does what the core wants done.
func (c *Client) carryOut() []link.Send {
	fx := c.core.Take()
	c.full.Store(c.core.full)
	for _, m := range fx.Commits {
		c.submit(m)
	}
	for _, t := range fx.Trusts {
		c.loop.Trust(t.Key, t.Static)
	}
	if len(fx.Notices) > 0 {
		c.notices.Put(fx.Notices...)
	}
	return fx.Sends
}
