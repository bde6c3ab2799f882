package link

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"udpchat/wire"
)

// ErrNoAnswer is a server that did not say who it is.
var ErrNoAnswer = errors.New("no answer")

// AskKey asks whoever is at p for its key, again and again until ctx ends (protocol.md §13.9). The card is the key's own; that the
// key is the right one nothing shows. It uses a socket that nothing else reads, and closes it.
func AskKey(ctx context.Context, conn Conn, p Path) (wire.Key, Card, error) {
	s := NewSessions(SessionConfig{Identity: NewIdentity([32]byte(draw(rand.Reader, make([]byte, 32))))})
	inlet := NewInlet(conn)
	var wg sync.WaitGroup
	wg.Go(inlet.Run)
	defer wg.Wait()
	defer func() { _ = conn.Close() }() // it was only asked with
	s.RequestKey(time.Now(), p)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case d := <-inlet.C:
			_, _, _, _ = s.Open(time.Now(), d.Path, d.Data) // what is not the answer is nothing to us
			if key, card, ok := s.Answer(); ok {
				return key, card, nil
			}
		case <-timer.C:
			s.Tick(time.Now())
			if _, asking := s.Next(); !asking { // given up
				s.RequestKey(time.Now(), p)
			}
			_, _ = s.Flush(conn.Write) // it is asked again
		case <-ctx.Done():
			return wire.Key{}, Card{}, ErrNoAnswer
		}
		if next, ok := s.Next(); ok {
			timer.Reset(time.Until(next))
		}
	}
}
