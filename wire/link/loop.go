package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"udpchat/wire"
)

// Send is a message to put into a datagram.
type Send struct {
	Path Path
	To   wire.Key
	Msg  wire.Message
}

// Core is what a Loop drives: it decides, and never waits. All its methods are called from the loop's goroutine.
type Core interface {
	// Handle takes one message of a datagram. Bodies in m are only borrowed.
	Handle(now time.Time, p Path, from wire.Key, m wire.Message)
	// Tick does what is due at now.
	Tick(now time.Time)
	// Next is when Tick must be called, at the latest; false when nothing is due ever.
	Next() (time.Time, bool)
}

// Loop runs a core on a socket, in sessions: one goroutine reads datagrams, another owns the core and the sessions and sends. What else happens comes in
// as Events.
type Loop struct {
	// Events are called in the loop, in order, from whichever goroutine they come.
	Events *Queue[func(now time.Time)]
	// Dropped is told of datagrams that could not be used or sent, and why. Optional.
	Dropped func(p Path, size int, err error)

	// Server is the key that wire.ServerKey stands for. A client's loop has it; a server's own has none.
	Server wire.Key

	conn     Conn
	sessions *Sessions
	dec      wire.Decoder
	fatal    chan error
}

// NewLoop makes a loop on a socket, which Run closes. cfg.Identity is the party's.
func NewLoop(conn Conn, cfg SessionConfig) *Loop {
	return &Loop{Events: NewQueue[func(now time.Time)](), conn: conn, sessions: NewSessions(cfg), fatal: make(chan error, 1)}
}

// Trust is Sessions.Trust. Only the loop, and who made it before Run, may call it.
func (l *Loop) Trust(key wire.Key, static [32]byte) { l.sessions.Trust(key, static) }

// TrustServer is Sessions.TrustServer for the key in Server.
func (l *Loop) TrustServer(static [32]byte) { l.sessions.TrustServer(l.Server, static) }

// Counts are what the sessions met. Only after Run.
func (l *Loop) Counts() SessionCounts { return l.sessions.Counts }

// Fail ends the loop: Run returns err. The first one counts.
func (l *Loop) Fail(err error) {
	select {
	case l.fatal <- err:
	default:
	}
}

// Run drives the core until ctx ends, then returns nil, or until Fail. After each step carryOut does what the core wants done
// and gives the messages to send; stop is called before the last one. Both goroutines have ended when Run returns.
func (l *Loop) Run(ctx context.Context, core Core, carryOut func() []Send, stop func()) error {
	inlet := NewInlet(l.conn)
	var wg sync.WaitGroup
	wg.Go(inlet.Run)
	err := l.drive(ctx, inlet, core, carryOut)
	if err == nil {
		for _, f := range l.Events.Take() {
			f(time.Now())
		}
		stop()
		l.send(carryOut())
	}
	if closing := l.conn.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("close socket: %w", closing))
	}
	wg.Wait()
	if inlet.drops > 0 {
		l.dropped(Path{}, 0, fmt.Errorf("%d datagrams came faster than they were handled", inlet.drops))
	}
	return err
}

func (l *Loop) drive(ctx context.Context, inlet *Inlet, core Core, carryOut func() []Send) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case d := <-inlet.C:
			l.open(core, d)
			for n := len(inlet.C); n > 0; n-- {
				l.open(core, <-inlet.C)
			}
		case <-l.Events.Ready:
			for _, f := range l.Events.Take() {
				f(time.Now())
			}
		case <-timer.C:
		case err := <-l.fatal:
			return err
		case <-ctx.Done():
			return nil
		}
		now := time.Now()
		l.sessions.Tick(now)
		core.Tick(now)
		l.send(carryOut())
		if next, ok := l.next(core); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// next is when something is due, in the core or in the sessions.
func (l *Loop) next(core Core) (time.Time, bool) {
	next, ok := core.Next()
	if due, has := l.sessions.Next(); has && (!ok || due.Before(next)) {
		next, ok = due, true
	}
	return next, ok
}

// open opens one datagram and gives its messages to the core, with who proved to have sent them and the path on which that one
// can be answered. What is not as it should be is dropped (protocol.md §3, §13).
func (l *Loop) open(core Core, d Datagram) {
	now := time.Now()
	from, path, body, err := l.sessions.Open(now, d.Path, d.Data)
	if err == nil && len(body) > 0 {
		if l.Server != (wire.Key{}) && from == l.Server {
			from = wire.ServerKey
		}
		err = l.dec.Decode(body, func(m wire.Message) error {
			core.Handle(now, path, from, m)
			return nil
		})
	}
	l.dropped(d.Path, len(d.Data), err)
}

func (l *Loop) send(messages []Send) {
	now := time.Now()
	for _, m := range messages {
		to := m.To
		if to == wire.ServerKey {
			to = l.Server
		}
		if err := l.sessions.Add(now, m.Path, to, m.Msg); err != nil {
			l.dropped(m.Path, 0, fmt.Errorf("%v: %w", m.Msg.Kind(), err))
		}
	}
	if _, err := l.sessions.Flush(l.conn.Write); err != nil {
		l.dropped(Path{}, 0, err)
	}
}

func (l *Loop) dropped(p Path, size int, err error) {
	if err != nil && l.Dropped != nil {
		l.Dropped(p, size, err)
	}
}
