package link

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"udpchat/wire"
)

// ErrNoAnswer is a server that did not say who it is.
var ErrNoAnswer = errors.New("no answer")

// AskKey asks whoever is at p for its key, again and again until ctx ends (protocol.md §13.9). The card is the key's own; that the
// key is the right one nothing shows. It uses a socket that nothing else reads, and closes it.
func AskKey(ctx context.Context, conn Conn, p Path) (wire.Key, Card, error) {
	loop := NewLoop(conn, SessionConfig{Identity: NewIdentity([32]byte(draw(rand.Reader, make([]byte, 32))))})
	ctx, answered := context.WithCancel(ctx)
	defer answered()
	a := &asker{sessions: loop.sessions, path: p, answered: answered}
	_ = loop.Run(ctx, a, func() []Send { return nil }, func() {}) // the socket was only asked with
	key, card, ok := loop.sessions.Answer()
	if !ok {
		return wire.Key{}, Card{}, ErrNoAnswer
	}
	return key, card, nil
}

// asker is the core of who asks for a key, and for nothing else.
type asker struct {
	sessions *Sessions
	path     Path
	answered func()
}

// Handle is Core's. Nobody has a session with who asks.
func (a *asker) Handle(time.Time, Path, wire.Key, wire.Message) {}

// Tick asks, and again when the sessions have given up.
func (a *asker) Tick(now time.Time) {
	if _, _, ok := a.sessions.Answer(); ok {
		a.answered()
	} else if !a.sessions.asking() {
		a.sessions.RequestKey(now, a.path)
	}
}

// Next is Core's: the sessions know when to ask again.
func (a *asker) Next() (time.Time, bool) { return time.Time{}, false }
