package peer

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Client runs a Core on a socket and a profile. Its commands return at once, and what comes of them is in Notices. Safe for
// concurrent use.
type Client struct {
	cfg     Config
	conn    link.Conn
	profile store.Profile

	core    *Core
	me      wire.Key
	sealer  *link.Sealer
	dec     wire.Decoder
	events  *link.Queue[func(now time.Time)] // commands and finished commits, for the loop
	notices *link.Queue[Notice]
	fatal   chan error
}

// New makes a client on a socket, which Run closes, and a profile, which it does not. Its key comes from the profile's seed.
func New(cfg Config, conn link.Conn, profile store.Profile) (*Client, error) {
	cfg.defaults()
	loaded, err := profile.Load()
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	me := PublicKey(loaded.Seed)
	core, err := NewCore(time.Now(), cfg, me, loaded)
	if err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, conn: conn, profile: profile, core: core, me: me, sealer: link.NewSealer(me),
		events: link.NewQueue[func(now time.Time)](), notices: link.NewQueue[Notice](), fatal: make(chan error, 1)}, nil
}

// PublicKey is the identity that a seed gives: its Ed25519 public key (RFC 8032 §5.1.5).
func PublicKey(seed [32]byte) wire.Key {
	return wire.Key(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey))
}

// Key is this client's identity.
func (c *Client) Key() wire.Key { return c.me }

// Register asks for the name: Welcome or Refused follows.
func (c *Client) Register() { c.events.Put(c.core.Register) }

// Deregister leaves; Left, NotYours or NotRegistered follows.
func (c *Client) Deregister(name string) {
	c.events.Put(func(now time.Time) { c.core.Deregister(now, name) })
}

// Send accepts a text for someone.
func (c *Client) Send(to, text string) {
	c.events.Put(func(now time.Time) { c.core.Send(now, to, text) })
}

// SendAll accepts a text for the channel.
func (c *Client) SendAll(text string) {
	c.events.Put(func(now time.Time) { c.core.SendAll(now, text) })
}

// Peers asks for the table.
func (c *Client) Peers() { c.events.Put(c.core.Peers) }

// Note asks for Noted.
func (c *Client) Note(text string) {
	c.events.Put(func(now time.Time) { c.core.Note(now, text) })
}

// Drain asks for Drained.
func (c *Client) Drain() { c.events.Put(c.core.Drain) }

// Quit asks to leave; Quit follows.
func (c *Client) Quit() { c.events.Put(c.core.Quit) }

// Shown says that these Lines of Arrived notices are printed.
func (c *Client) Shown(lines []uint64) {
	c.events.Put(func(time.Time) { c.core.Shown(lines) })
}

// Notices waits for the next notices and gives them in order, or nothing when ctx ends first.
func (c *Client) Notices(ctx context.Context) []Notice {
	for {
		if n := c.notices.Take(); len(n) > 0 {
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
	inlet := link.NewInlet(c.conn)
	var wg sync.WaitGroup
	wg.Go(inlet.Run)
	err := c.loop(ctx, inlet)
	if closing := c.conn.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("close socket: %w", closing))
	}
	wg.Wait()
	return err
}

// loop owns the core. It never touches the disk.
func (c *Client) loop(ctx context.Context, inlet *link.Inlet) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case d := <-inlet.C:
			c.open(d)
			for n := len(inlet.C); n > 0; n-- {
				c.open(<-inlet.C)
			}
		case <-c.events.Ready:
			for _, f := range c.events.Take() {
				f(time.Now())
			}
		case <-timer.C:
		case err := <-c.fatal:
			return err
		case <-ctx.Done():
			return nil
		}
		c.core.Tick(time.Now())
		c.carryOut()
		if next, ok := c.core.Next(); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// open takes one datagram apart and gives its messages to the core. What is malformed, or for someone who had this address
// before, is dropped.
func (c *Client) open(d link.Datagram) {
	from, to, body, err := link.Open(d.Data)
	if err == nil && to == c.me {
		now := time.Now()
		err = c.dec.Decode(body, func(m wire.Message) error {
			c.core.Handle(now, d.Path, from, m)
			return nil
		})
	}
	if err != nil {
		c.cfg.Log.Debug("datagram dropped", "addr", d.Path.Remote, "bytes", len(d.Data), "err", err)
	}
}

// carryOut does what the core wants done.
func (c *Client) carryOut() {
	fx := c.core.Take()
	for _, cm := range fx.Commits {
		c.profile.Submit(cm.Change, func(err error) {
			if err != nil {
				select {
				case c.fatal <- fmt.Errorf("write profile: %w", err):
				default: // the first one counts
				}
				return
			}
			c.events.Put(cm.Done)
		})
	}
	for _, m := range fx.Sends {
		if err := c.sealer.Add(m.Path, m.To, m.Msg); err != nil {
			c.cfg.Log.Error("message fits no datagram", "kind", m.Msg.Kind(), "err", err)
		}
	}
	if _, err := c.sealer.Flush(c.conn.Write); err != nil {
		c.cfg.Log.Debug("datagram not sent", "err", err)
	}
	for _, n := range fx.Notices {
		c.notices.Put(n)
	}
}
