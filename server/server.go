package server

import (
	"context"
	"errors"
	"fmt"
	"net"
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

	core   *Core
	sealer *link.Sealer
	dec    wire.Decoder
	done   *link.Queue[func(now time.Time)] // finished commits and reads, for the loop
	reads  *link.Queue[Read]
	fatal  chan error
}

// New makes a server on a socket, which Run closes, and a store, which it does not.
func New(cfg Config, conn link.Conn, s store.Server) *Server {
	cfg.defaults()
	return &Server{cfg: cfg, conn: conn, store: s, sealer: link.NewSealer(wire.ServerKey),
		done: link.NewQueue[func(now time.Time)](), reads: link.NewQueue[Read](), fatal: make(chan error, 1)}
}

// Run serves until ctx ends, then returns nil; an error means that the store can't be trusted any more.
// All its goroutines have ended when it returns. ready is called once it answers.
func (s *Server) Run(ctx context.Context, ready func()) error {
	if err := s.load(); err != nil {
		return errors.Join(err, s.conn.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	inlet := link.NewInlet(s.conn)
	var wg sync.WaitGroup
	wg.Go(inlet.Run)
	wg.Go(func() { s.look(ctx) })
	ready()
	err := s.loop(ctx, inlet)
	cancel()
	if closing := s.conn.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("close socket: %w", closing))
	}
	wg.Wait()
	return err
}

// load makes the core from what is stored.
func (s *Server) load() error {
	head, err := s.store.Head()
	if err != nil {
		return fmt.Errorf("read database: %w", err)
	}
	var rows []store.Client
	for after := (store.Key{}); ; {
		page, err := s.store.Clients(after, readPage)
		if err != nil {
			return fmt.Errorf("read directory: %w", err)
		}
		if rows = append(rows, page...); len(page) < readPage {
			break
		}
		after = page[len(page)-1].Key
	}
	s.core = NewCore(time.Now(), s.cfg, head, rows)
	return nil
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
				s.fail(fmt.Errorf("read database: %w", err))
				return
			}
			s.done.Put(r.Done)
		}
	}
}

func (s *Server) fail(err error) {
	select {
	case s.fatal <- err:
	default: // the first one counts
	}
}

// loop owns the core. It never touches the disk.
func (s *Server) loop(ctx context.Context, inlet *link.Inlet) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case d := <-inlet.C:
			s.open(d)
			for n := len(inlet.C); n > 0; n-- {
				s.open(<-inlet.C)
			}
		case <-s.done.Ready:
			for _, f := range s.done.Take() {
				f(time.Now())
			}
		case <-timer.C:
		case err := <-s.fatal:
			return err
		case <-ctx.Done():
			s.core.Stop()
			s.carryOut()
			return nil
		}
		s.core.Tick(time.Now())
		s.carryOut()
		if next, ok := s.core.Next(); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
	}
}

// open takes one datagram apart and gives its messages to the core. What is malformed is dropped.
func (s *Server) open(d link.Datagram) {
	from, to, body, err := link.Open(d.Data)
	if err == nil && to == wire.ServerKey {
		now := time.Now()
		err = s.dec.Decode(body, func(m wire.Message) error {
			s.core.Handle(now, d.Path, from, m)
			return nil
		})
	}
	if err != nil {
		s.cfg.Log.Debug("datagram dropped", "addr", d.Path.Remote, "bytes", len(d.Data), "err", err)
	}
}

// carryOut does what the core wants done.
func (s *Server) carryOut() {
	fx := s.core.Take()
	for _, cm := range fx.Commits {
		s.store.Submit(cm.Change, func(r store.Result, err error) {
			if err != nil {
				s.fail(fmt.Errorf("write database: %w", err))
				return
			}
			s.done.Put(func(now time.Time) { cm.Done(now, r) })
		})
	}
	for _, r := range fx.Reads {
		s.reads.Put(r)
	}
	for _, m := range fx.Sends {
		if err := s.sealer.Add(m.Path, m.To, m.Msg); err != nil {
			s.cfg.Log.Error("message fits no datagram", "kind", m.Msg.Kind(), "err", err)
		}
	}
	if _, err := s.sealer.Flush(s.conn.Write); err != nil {
		s.cfg.Log.Debug("datagram not sent", "err", err)
	}
}
