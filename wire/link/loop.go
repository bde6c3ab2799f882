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

// Loop runs a core on a socket: one goroutine reads datagrams, another owns the core and sends. What else happens comes in
// as Events.
type Loop struct {
	// Events are called in the loop, in order, from whichever goroutine they come.
	Events *Queue[func(now time.Time)]
	// Dropped is told of datagrams that could not be used or sent, and why. Optional.
	Dropped func(p Path, size int, err error)

	conn   Conn
	me     wire.Key
	sealer *Sealer
	dec    wire.Decoder
	fatal  chan error
}

// NewLoop makes a loop for the party me on a socket, which Run closes.
func NewLoop(conn Conn, me wire.Key) *Loop {
	return &Loop{Events: NewQueue[func(now time.Time)](), conn: conn, me: me, sealer: NewSealer(me), fatal: make(chan error, 1)}
}

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
		core.Tick(time.Now())
		l.send(carryOut())
		if next, ok := core.Next(); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// open takes one datagram apart and gives its messages to the core. What is malformed, or for someone who had this address
// before (protocol.md §3), is dropped.
func (l *Loop) open(core Core, d Datagram) {
	from, to, body, err := Open(d.Data)
	if err == nil && to != l.me {
		err = errNotForUs
	}
	if err == nil {
		now := time.Now()
		err = l.dec.Decode(body, func(m wire.Message) error {
			core.Handle(now, d.Path, from, m)
			return nil
		})
	}
	l.dropped(d.Path, len(d.Data), err)
}

var errNotForUs = errors.New("for another key")

func (l *Loop) send(messages []Send) {
	for _, m := range messages {
		if err := l.sealer.Add(m.Path, m.To, m.Msg); err != nil {
			l.dropped(m.Path, 0, fmt.Errorf("%v: %w", m.Msg.Kind(), err))
		}
	}
	if _, err := l.sealer.Flush(l.conn.Write); err != nil {
		l.dropped(Path{}, 0, err)
	}
}

func (l *Loop) dropped(p Path, size int, err error) {
	if err != nil && l.Dropped != nil {
		l.Dropped(p, size, err)
	}
}
