package peer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// Examination is what came of pings to a server, in a session with it.
type Examination struct {
	Sent, Answered int
	RoundTrips     []time.Duration // of those that were answered, ascending

	Busy bool // no session came to be, and the server said that it has too much to do for one (protocol.md §13.3)

	Clock bool          // the server told the time,
	Ahead time.Duration // and this machine's clock is so much ahead of its, below 0 behind: half a round trip more or less
}

// Median is the round trip in the middle; 0 when nothing was answered.
func (e Examination) Median() time.Duration {
	if len(e.RoundTrips) == 0 {
		return 0
	}
	return e.RoundTrips[len(e.RoundTrips)/2]
}

// clockNonce names the only question for the time.
const clockNonce = 1

// examined is how long an answer to the last ping is waited for, and how long a session may take.
const examined = 4 * time.Second

// Examine makes a session with a server, as nobody whom it knows, and sends n pings, one each 20 ms, and asks for the time. The server answers a ping of a
// stranger, and remembers nothing of it (protocol.md §8). It returns when all are answered, or 4 s after the last; an error is one of
// the socket, which it closes.
func Examine(ctx context.Context, conn link.Conn, at link.Path, server wire.Key, static [32]byte, n int) (Examination, error) {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.Uint32()) // the identity of one session: nothing depends on it
	}
	x := &examiner{at: at, left: n, sent: map[uint32]time.Time{}, due: time.Now()}
	answered := func(time.Time, wire.Key) { x.heard = true }
	loop := link.NewLoop(conn, link.SessionConfig{Identity: link.NewIdentity(seed), Answered: answered})
	loop.Server = server
	loop.TrustServer(static)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x.stop = cancel
	if err := loop.Run(ctx, x, x.carryOut, func() {}); err != nil {
		return x.result, fmt.Errorf("examine the server: %w", err)
	}
	x.result.Busy = x.heard && x.result.Answered == 0
	slices.Sort(x.result.RoundTrips)
	return x.result, nil
}

// examiner is the core of an examination.
type examiner struct {
	at     link.Path
	left   int                  // pings to be sent
	sent   map[uint32]time.Time // those without an answer, by nonce
	asked  time.Time            // when the clock was asked for
	first  bool                 // the first one was answered: there is a session
	heard  bool                 // a handshake was answered
	due    time.Time
	out    []link.Send
	result Examination
	stop   func()
}

// Handle takes an answer. The first ping's round trip is that of the handshake too: it is not counted as one.
func (x *examiner) Handle(now time.Time, _ link.Path, from wire.Key, m wire.Message) {
	if told, ok := m.(*wire.Clock); ok && from == wire.ServerKey && !x.asked.IsZero() && told.Nonce == clockNonce {
		half := now.Sub(x.asked) / 2
		x.result.Clock, x.result.Ahead = true, now.Add(-half).Sub(time.UnixMicro(told.Time))
	}
	pong, ok := m.(*wire.Pong)
	if !ok || from != wire.ServerKey {
		return
	}
	sent, ok := x.sent[pong.Nonce]
	if !ok {
		return
	}
	delete(x.sent, pong.Nonce)
	x.result.Answered++
	if x.first {
		x.result.RoundTrips = append(x.result.RoundTrips, now.Sub(sent))
	} else {
		x.first, x.due, x.asked = true, now, now
		x.out = append(x.out, link.Send{Path: x.at, To: wire.ServerKey, Msg: &wire.Clock{Nonce: clockNonce, Time: now.UnixMicro()}})
	}
	if x.left == 0 && len(x.sent) == 0 {
		x.stop()
	}
}

// Tick sends the first ping, and the others once it is answered.
func (x *examiner) Tick(now time.Time) {
	if now.Before(x.due) {
		return
	}
	if x.left == 0 || len(x.sent) > 0 && !x.first {
		x.stop()
		return
	}
	nonce := rand.Uint32()
	x.sent[nonce] = now
	x.out = append(x.out, link.Send{Path: x.at, To: wire.ServerKey, Msg: &wire.Ping{Nonce: nonce}})
	x.result.Sent++
	if x.left--; x.left == 0 || !x.first {
		x.due = now.Add(examined)
	} else {
		x.due = now.Add(20 * time.Millisecond)
	}
}

// Next is when a ping is due, or the end.
func (x *examiner) Next() (time.Time, bool) { return x.due, true }

func (x *examiner) carryOut() []link.Send {
	out := x.out
	x.out = nil
	return out
}
