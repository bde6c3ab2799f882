package server

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
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
		{"head", broken{head: bad}},
		{"write", broken{write: bad}},
		{"read", broken{waiting: bad}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.store.Server = memory.NewServer(storeID)
				n := linktest.New(1, linktest.Conditions{})
				at, from := netip.MustParseAddrPort("10.0.0.200:7000"), netip.MustParseAddrPort("10.0.0.1:4001")
				srv := New(Config{}, n.Listen(at), c.store)
				ended := make(chan error)
				go func() { ended <- srv.Run(t.Context(), func() {}) }()
				conn := n.Listen(from)
				s := link.NewSealer(wire.Key{1})
				if err := s.Add(link.Path{Remote: at}, wire.ServerKey, &wire.Register{Request: 1, Name: "ann"}); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Flush(conn.Write); err != nil {
					t.Fatal(err)
				}
				if err := <-ended; !errors.Is(err, bad) {
					t.Errorf("ended with %v", err)
				}
				if got := n.Counts(); got.Sent != 1 {
					t.Errorf("%d datagrams were sent", got.Sent)
				}
				_ = conn.Close()
			})
		})
	}
}

// More rows than one page of the directory holds are all loaded.
func TestServerLoadsTheWholeDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.NewServer(storeID)
		for i := range 3 * readPage {
			s.Apply(store.PutClient{Client: store.Client{Key: store.Key{byte(i), 1}, Name: string(rune('A' + i))}})
		}
		srv := New(Config{}, linktest.New(1, linktest.Conditions{}).Listen(netip.MustParseAddrPort("10.0.0.200:7000")), s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := srv.Run(ctx, func() {}); err != nil {
			t.Error(err)
		}
		if n := len(srv.core.clients); n != 3*readPage {
			t.Errorf("%d clients", n)
		}
	})
}
