package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// Server runs a Core on a socket and a store.
type Server struct {
	cfg   Config
	conn  link.Conn
	store store.Server

	core  *Core
	loop  *link.Loop
	reads *link.Queue[Read]
	ready func() // to be called once; nil: it was
}

// New makes a server on a socket, which Run closes, and a store, which it does not.
func New(cfg Config, conn link.Conn, s store.Server) *Server {
	cfg.defaults()
	return &Server{cfg: cfg, conn: conn, store: s, reads: link.NewQueue[Read]()}
}

// Identity is who the server of a store is: its key and the key to make a session with it.
func Identity(s store.Server) (wire.Key, link.Card, error) {
	head, err := s.Head()
	if err != nil {
		return wire.Key{}, link.Card{}, fmt.Errorf("read database: %w", err)
	}
	me := link.NewIdentity(head.Seed)
	return me.Key(), me.Card(), nil
}

// Run serves until ctx ends, then returns nil; an error means that the store can't be trusted any more.
// All its goroutines have ended when it returns. ready is called once it answers.
func (s *Server) Run(ctx context.Context, ready func()) error {
	if err := s.begin(ctx); err != nil || ctx.Err() != nil {
		return errors.Join(err, s.conn.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { s.look(ctx) })
	s.ready = ready
	err := s.loop.Run(ctx, s.core, s.carryOut, func() { s.core.Stop(time.Now()) })
	cancel()
	wg.Wait()
	return err
}

// look reads pages of the store beside the loop.
func (s *Server) look(ctx context.Context) {
	for {
		select {
		case <-s.reads.Ready:
		case <-ctx.Done():
			return
		}
		for _, r := range s.reads.Take() {
			if err := r.Do(s.store); err != nil {
				s.loop.Fail(fmt.Errorf("read database: %w", err))
				return
			}
			s.loop.Events.Put(r.Done)
		}
	}
}

// carryOut does what the core wants done.
func (s *Server) carryOut() []link.Send {
	if s.ready != nil && s.core.begun {
		s.ready()
		s.ready = nil
	}
	fx := s.core.Take()
	for _, cm := range fx.Commits {
		s.store.Submit(cm.Change, func(r store.Result, err error) {
			if err != nil {
				s.loop.Fail(fmt.Errorf("write database: %w", err))
				return
			}
			s.loop.Events.Put(func(now time.Time) { cm.Done(now, r) })
		})
	}
	for _, r := range fx.Reads {
		s.reads.Put(r)
	}
	for _, t := range fx.Trusts {
		s.loop.TrustClient(t.Key, t.Static)
	}
	return fx.Sends
}
