package server_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/server"
	"udpchat/store"
	"udpchat/wire/link/linktest"
)

// broken is a store whose disk is full, or that cannot be read.
type broken struct {
	store.Server
	head, write, waiting error
}

func (s broken) Head() (store.Head, error) {
	if s.head != nil {
		return store.Head{}, s.head
	}
	return s.Server.Head()
}

func (s broken) Submit(c store.Change, done func(store.Result, error)) {
	if s.write != nil {
		go done(store.Result{}, s.write) // the bubble waits for it
		return
	}
	s.Server.Submit(c, done)
}

func (s broken) Waiting(to store.Key, after uint64, limit int) ([]store.Item, int, error) {
	if s.waiting != nil {
		return nil, 0, s.waiting
	}
	return s.Server.Waiting(to, after, limit)
}

// A store that can't be trusted any more ends Run, and nothing was acknowledged: store.Server.
func TestServerEndsWhenTheDiskFails(t *testing.T) {
	bad := errors.New("disk is broken")
	for _, c := range []struct {
		name  string
		store broken
	}{
		{"write", broken{write: bad}},
		{"read", broken{waiting: bad}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newPlace(t, linktest.Conditions{})
				c.store.Server = w.store
				srv := server.New(server.Config{}, w.net.Listen(w.server), c.store)
				ended := make(chan error)
				go func() { ended <- srv.Run(t.Context(), func() {}) }()
				ann := w.visit("ann")
				defer ann.end()
				ann.say(ann.register())
				if err := <-ended; !errors.Is(err, bad) {
					t.Errorf("ended with %v", err)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if heard := ann.heard(); len(heard) > 0 {
					t.Errorf("heard %+v", heard)
				}
			})
		})
	}
}

func TestServerDoesNotStartOnABrokenStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("disk is broken")
		w := newPlace(t, linktest.Conditions{})
		srv := server.New(server.Config{}, w.net.Listen(w.server), broken{head: bad})
		if err := srv.Run(t.Context(), func() { t.Error("ready") }); !errors.Is(err, bad) {
			t.Errorf("ended with %v", err)
		}
		if _, _, err := server.Identity(broken{head: bad}); !errors.Is(err, bad) {
			t.Errorf("the identity was read with %v", err)
		}
	})
}
