package server

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// begin makes the core and has it noted on disk that a run begins. What comes meanwhile waits in the socket's buffer: read before that, it
// would be dropped, and come again half a second later.
func (s *Server) begin(ctx context.Context) error {
	if err := s.load(); err != nil {
		return err
	}
	for _, cm := range s.core.Take().Commits {
		var result store.Result
		written := make(chan error, 1)
		s.store.Submit(cm.Change, func(r store.Result, err error) { result = r; written <- err })
		select {
		case err := <-written:
			if err != nil {
				return fmt.Errorf("write database: %w", err)
			}
			cm.Done(time.Now(), result)
		case <-ctx.Done(): // it may wait for room on the disk
			return nil
		}
	}
	return nil
}

// load makes the core from what is stored. It leaves next to no garbage, so none is looked for meanwhile.
func (s *Server) load() error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	head, err := s.store.Head()
	if err != nil {
		return fmt.Errorf("read database: %w", err)
	}
	past, err := s.store.Past()
	if err != nil {
		return fmt.Errorf("read database: %w", err)
	}
	s.loop = link.NewLoop(s.conn, link.SessionConfig{Identity: link.NewIdentity(head.Seed), Server: true, KeyRequests: true,
		Spread: func() time.Duration { return s.core.Spread() }})
	s.loop.Dropped = func(p link.Path, size int, err error) {
		s.cfg.Log.Debug("datagram dropped", "addr", p.Remote, "bytes", size, "err", err)
	}
	pages, err := s.directory()
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	s.core = newCore(s.cfg, head, past, pages)
	return nil
}

func (s *Server) directory() (pages [][]store.Client, err error) {
	for after := (store.Key{}); ; {
		page, err := s.store.Clients(after, readPage)
		if err != nil {
			return nil, err
		}
		if pages = append(pages, page); len(page) < readPage {
			return pages, nil
		}
		after = page[len(page)-1].Key
	}
}

// NewCore makes a core over what the store holds: its head and all rows of its directory. Clients that were online when
// the last server stopped keep their sessions and are pinged.
func NewCore(cfg Config, head store.Head, past store.Past, rows []store.Client) *Core {
	return newCore(cfg, head, past, [][]store.Client{rows})
}

// newCore is NewCore for a directory in pages. The rows are the core's from then on: nothing of them is copied.
func newCore(cfg Config, head store.Head, past store.Past, pages [][]store.Client) *Core {
	n := 0
	for _, rows := range pages {
		n += len(rows)
	}
	cfg.defaults()
	c := &Core{
		cfg:     cfg,
		rand:    rand.New(rand.NewPCG(cfg.Seed, 0)),
		head:    head,
		past:    past,
		posted:  head.Order,
		clients: wire.NewIndex(n, func(cl *client) (wire.Key, **client) { return cl.key(), &cl.next }),
		names:   names{make(map[string]*client, n), map[string][]*client{}},
	}
	c.probes.Rand, c.pages.Rand, c.pushes.Rand, c.receipts.Rand, c.unread.Rand = c.rand, c.rand, c.rand, c.rand, c.rand
	c.table.log = make([]entry, 0, n)
	for _, rows := range pages {
		c.enroll(rows)
	}
	c.table.sort()
	c.start()
	return c
}

func (c *Core) enroll(rows []store.Client) {
	clients := make([]client, len(rows))
	for i := range rows {
		cl, row := &clients[i], &rows[i]
		*cl = client{row: row, published: row, card: identify(row.Card)}
		if row.State == store.Online {
			c.known = append(c.known, trust(cl.key(), row.Card)...)
		}
		row.Name, row.Card = strings.Clone(row.Name), "" // they share their bytes
		c.clients.Put(cl)
		c.table.add(cl)
		c.names.claim(row.Name, cl)
	}
}

// start notes on disk that a run begins, and then takes those for present who were. Its orders and revisions leap, so that they are none
// that a newer copy of this store has given out (protocol.md §9.2).
func (c *Core) start() {
	by := minLeap + c.rand.Uint64N(minLeap)
	if c.cfg.Broken == KeptStore || c.cfg.level {
		by = 0
	}
	c.commit(store.Begin{By: by}, func(now time.Time, _ store.Result) {
		c.head, c.past = c.past.Begin(c.head, by)
		c.begun, c.posted = true, c.head.Order
		c.trimming.begin(now, c.cfg)
		c.remember(now)
	})
}

func (c *Core) remember(now time.Time) {
	c.fx.Trusts = append(c.fx.Trusts, c.known...) // who comes back is trusted then: until then nobody is dialled
	c.known = nil
	for _, e := range c.table.log {
		if cl := e.cl; cl.row.State == store.Online {
			c.begin(now, cl, link.Path{Remote: cl.row.Addr, Local: cl.row.Local}, 0, wire.Present)
			cl.session.unasked = true
			c.missing.unasked = append(c.missing.unasked, cl)
		}
	}
	c.askMissing(now)
}
