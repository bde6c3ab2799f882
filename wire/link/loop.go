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
	Idle bool // nobody waits for it: Sessions.AddIdle
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

// Loop runs a core on a socket, in sessions. Two goroutines take turns at the core and the sessions: one reads datagrams, and carries out what
// they bring; the other does so for Events and for what is due. So a datagram crosses no goroutine on its way to its answer. A server has a third
// one, which makes handshakes beside them: who has a session is not held up by those who come.
type Loop struct {
	// Events are called in the loop, in order, from whichever goroutine they come.
	Events *Queue[func(now time.Time)]
	// Dropped is told of datagrams that could not be used or sent, and why. Optional.
	Dropped func(p Path, size int, err error)

	// Server is the key that wire.ServerKey stands for. A client's loop has it; a server's own has none.
	Server wire.Key

	conn     Conn
	fatal    chan error
	behind   chan struct{} // holds a token while the sessions have chores
	core     Core
	carryOut func() []Send

	turn     sync.Mutex // who holds it owns what follows, and the core
	sessions *Sessions
	dec      wire.Decoder
	out      outlet
	timer    *time.Timer
	armed    time.Time // when the timer fires, zero when it does not
	runs     bool      // Run is at work
	last     time.Time // when Do last gave the turn back
}

// NewLoop makes a loop on a socket, which Run closes. cfg.Identity is the party's.
func NewLoop(conn Conn, cfg SessionConfig) *Loop {
	cfg.later = cfg.Server
	return &Loop{Events: NewQueue[func(now time.Time)](), conn: conn, sessions: NewSessions(cfg), fatal: make(chan error, 1), behind: make(chan struct{}, 1)}
}

// Trust is Sessions.Trust. Only the loop, and who made it before Run, may call it.
func (l *Loop) Trust(key wire.Key, static [32]byte) { l.sessions.Trust(key, static) }

// TrustClient is Sessions.TrustClient, likewise.
func (l *Loop) TrustClient(key wire.Key, static [32]byte) { l.sessions.TrustClient(key, static) }

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
	reader, room := runs(l.conn)
	l.core, l.carryOut, l.out.to = core, carryOut, reader
	l.timer = time.NewTimer(0)
	defer l.timer.Stop()
	l.turn.Lock()
	l.runs = true
	l.turn.Unlock()
	chores, enough := context.WithCancel(ctx)
	defer enough()
	var wg sync.WaitGroup
	wg.Go(func() { l.read(reader, make([]byte, room)) })
	if l.sessions.cfg.later {
		wg.Go(func() { l.shakeHands(chores) })
	}
	err := l.drive(ctx)
	enough()
	l.turn.Lock()
	if l.runs = false; err == nil {
		l.step(nil)
		stop()
		l.add(carryOut())
		l.flush()
	}
	l.turn.Unlock()
	if closing := l.conn.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("close socket: %w", closing))
	}
	wg.Wait()
	return err
}

// Do is Events.Put for what somebody waits for. What comes alone is done before Do returns, if nobody else has the turn: that is a
// goroutine sooner. What follows within a row is left to the loop, which does it together.
func (l *Loop) Do(f func(now time.Time)) {
	if !l.turn.TryLock() {
		l.Events.Put(f)
		return
	}
	defer l.turn.Unlock()
	defer func() { l.last = time.Now() }()
	if !l.runs || time.Since(l.last) <= row {
		l.Events.Put(f)
		return
	}
	l.Events.add(f) // behind what was put before
	l.step(nil)
}

// row is how soon something must follow to be of a row.
const row = 20 * time.Microsecond

// read handles what comes, until the socket is closed.
func (l *Loop) read(from Runs, b []byte) {
	for {
		n, size, p, err := from.ReadRun(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		l.turn.Lock()
		if l.runs {
			l.step(func() { eachOf(b[:n], size, func(d []byte) { l.open(p, d) }) })
		}
		l.turn.Unlock()
	}
}

// drive handles everything else.
func (l *Loop) drive(ctx context.Context) error {
	for {
		select {
		case <-l.Events.Ready:
		case <-l.timer.C:
		case err := <-l.fatal:
			return err
		case <-ctx.Done():
			return nil
		}
		l.turn.Lock()
		l.step(nil)
		l.turn.Unlock()
	}
}

// step does first what was heard, then what has happened, and what is due, until nothing is left; and sends what came of it all
// together.
func (l *Loop) step(heard func()) {
	if heard != nil {
		heard()
	}
	l.Events.serve(func(events []func(now time.Time)) {
		for first := true; first || len(events) > 0; first = false {
			few := events[:min(together, len(events))]
			events = events[len(few):]
			now := time.Now()
			for _, f := range few {
				f(now)
			}
			l.sessions.Tick(now)
			l.core.Tick(now)
			if l.add(l.carryOut()); len(l.sessions.packed) >= maxPacked {
				l.flush()
			}
		}
	})
	l.flush()
	l.arm()
	if l.sessions.behind() {
		l.wakeShaker()
	}
}

// together is how many events are carried out at once, and maxPacked how many datagrams are held back while more is done: who gets the first ones
// of many works at them meanwhile, and its answer comes while there is still something to do here. Fewer cost a system call, and a turn of the
// scheduler at both ends, for each few.
const (
	together  = 64
	maxPacked = 8
)

// arm sets the timer for what is due next. One that fires too early costs less than setting it each time.
func (l *Loop) arm() {
	next, ok := l.next(l.core)
	if now := time.Now(); ok && (l.armed.IsZero() || next.Before(l.armed) || !l.armed.After(now)) {
		l.armed = next
		l.timer.Reset(next.Sub(now))
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
func (l *Loop) open(p Path, datagram []byte) {
	now := time.Now()
	from, path, body, err := l.sessions.Open(now, p, datagram)
	if err == nil && len(body) > 0 {
		if l.Server != (wire.Key{}) && from == l.Server {
			from = wire.ServerKey
		}
		err = l.dec.Decode(body, func(m wire.Message) error {
			l.core.Handle(now, path, from, m)
			return nil
		})
	}
	l.dropped(p, len(datagram), err)
}

// add packs messages.
func (l *Loop) add(messages []Send) {
	if len(messages) == 0 {
		return
	}
	now := time.Now()
	for _, m := range messages {
		to := m.To
		if to == wire.ServerKey {
			to = l.Server
		}
		add := l.sessions.Add
		if m.Idle {
			add = l.sessions.AddIdle
		}
		if err := add(now, m.Path, to, m.Msg); err != nil {
			l.dropped(m.Path, 0, fmt.Errorf("%v: %w", m.Msg.Kind(), err))
		}
	}
	l.sessions.forgetAdded() // the core may write the next ones into the same memory
}

// flush sends what is packed.
func (l *Loop) flush() {
	_, _ = l.sessions.Flush(l.out.write) // its errors come with flush
	if err := l.out.flush(); err != nil {
		l.dropped(l.out.path, 0, err)
	}
}

func (l *Loop) dropped(p Path, size int, err error) {
	if err != nil && l.Dropped != nil {
		l.Dropped(p, size, err)
	}
}
