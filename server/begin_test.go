package server_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/server"
	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link/linktest"
)

// reluctant is a store whose first change of a run takes long.
type reluctant struct{ store.Server }

const slowly = 200 * time.Millisecond

func (s reluctant) Submit(c store.Change, done func(store.Result, error)) {
	if _, begins := c.(store.Begin); !begins {
		s.Server.Submit(c, done)
		return
	}
	go func() { // the bubble waits for it
		time.Sleep(slowly)
		s.Server.Submit(c, done)
	}()
}

// What comes while a server is not yet ready to answer waits, and is not dropped: who says it once is answered.
func TestWhatComesBeforeTheRunBeginsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{})
		srv := server.New(server.Config{Seed: 1}, w.net.Listen(w.server), reluctant{w.store})
		end := run(t, "server", func(ctx context.Context) error { return srv.Run(ctx, func() {}) })
		defer end()
		ann := w.visit("ann")
		defer ann.end()
		ann.say(ann.register())
		time.Sleep(slowly - time.Millisecond)
		synctest.Wait()
		if heard := ann.heard(); len(heard) > 0 {
			t.Errorf("before that: %+v", heard)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for _, m := range ann.heard() {
			if r, ok := m.(*wire.Registered); ok && r.Outcome == wire.OK {
				return
			}
		}
		t.Error("the registration is not answered")
	})
}

// A server that is stopped while it waits for the disk ends.
func TestStoppedBeforeTheRunBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newPlace(t, linktest.Conditions{})
		srv := server.New(server.Config{Seed: 1}, w.net.Listen(w.server), reluctant{w.store})
		ctx, cancel := context.WithTimeout(t.Context(), slowly/2)
		defer cancel()
		begun := time.Now()
		if err := srv.Run(ctx, func() { t.Error("ready") }); err != nil || time.Since(begun) != slowly/2 {
			t.Errorf("ended after %v with %v", time.Since(begun), err)
		}
		time.Sleep(slowly)
	})
}
