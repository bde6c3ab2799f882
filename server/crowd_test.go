package server_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// stall is a socket with many clients of few words: they register, take table and posts, and answer pings. One goroutine owns it.
type stall struct {
	t      *testing.T
	server link.Path
	conn   *link.Socket
	dec    wire.Decoder
	guests []*guest
	by     map[wire.Key]*guest
	joined int // how many have asked

	total int // clients that a whole table has

	datagrams, bytes, largest int // with a table in them, since the last report
}

// guest is one of its clients.
type guest struct {
	key        wire.Key
	name       string
	registered bool
	store      uint64
	revision   uint64
	knows      [crowd/8 + 1]byte // the guests in its table, a bit for each
	others     map[wire.Key]bool // and who else is
	rows       int               // both together
}

const (
	guestMark = 7 // the first byte of a guest's key; its number follows. The seeds of the real clients give others.

	asking = 64 // registrations of a stall that may be unanswered
	nudge  = 200 * time.Millisecond
)

func newStall(t *testing.T, server link.Path, first, n, total int) *stall {
	conn, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &stall{t: t, server: server, conn: conn, by: map[wire.Key]*guest{}, total: total}
	for i := first; i < first+n; i++ {
		g := &guest{name: fmt.Sprintf("guest%d", i), key: wire.Key{0: guestMark, 31: 1}, others: map[wire.Key]bool{}}
		binary.BigEndian.PutUint16(g.key[1:], uint16(i))
		s.guests = append(s.guests, g)
		s.by[g.key] = g
	}
	return s
}

// report says how far a stall is.
type report struct {
	whole                     bool // all are registered and have the whole table
	datagrams, bytes, largest int
}

// run serves the stall until asked is closed; each question on it is answered with a report.
func (s *stall) run(asked <-chan chan<- report) {
	inlet := link.NewInlet(s.conn)
	ended := make(chan struct{})
	go func() { inlet.Run(); close(ended) }()
	defer func() { _ = s.conn.Close(); <-ended }()
	ticker := time.NewTicker(nudge)
	defer ticker.Stop()
	for {
		select {
		case d := <-inlet.C:
			s.hear(d)
			for n := len(inlet.C); n > 0; n-- {
				s.hear(<-inlet.C)
			}
			s.ask(false)
		case <-ticker.C:
			s.ask(true)
		case to, more := <-asked:
			if !more {
				return
			}
			to <- report{s.whole(), s.datagrams, s.bytes, s.largest}
			s.datagrams, s.bytes, s.largest = 0, 0, 0
		}
	}
}

func (s *stall) whole() bool {
	for _, g := range s.guests {
		if g.rows < s.total {
			return false
		}
	}
	return true
}

// ask sends registrations: new ones while few are unanswered, and on again the unanswered ones too.
func (s *stall) ask(again bool) {
	open := 0
	for i, g := range s.guests {
		if g.registered {
			continue
		}
		if open++; open > asking {
			return
		}
		if i >= s.joined || again {
			s.joined = max(s.joined, i+1)
			s.say(g, &wire.Register{Request: 1, Name: g.name, Epoch: 1})
		}
	}
}

func (s *stall) say(g *guest, m wire.Message) {
	sealer := link.NewSealer(g.key)
	if err := sealer.Add(s.server, wire.ServerKey, m); err != nil {
		s.t.Error(err)
	}
	_, _ = sealer.Flush(s.conn.Write) // a lost datagram is sent again
}

func (s *stall) hear(d link.Datagram) {
	_, to, body, err := link.Open(d.Data)
	g := s.by[to]
	if err != nil || g == nil {
		s.t.Errorf("a datagram for nobody: %v", err)
		return
	}
	tables := 0
	err = s.dec.Decode(body, func(m wire.Message) error {
		switch m := m.(type) {
		case *wire.Registered:
			if m.Outcome != wire.OK {
				return errors.New("refused: " + m.Outcome.String())
			}
			g.registered, g.store = true, m.Store
		case *wire.Table:
			tables++
			s.table(g, m)
		case *wire.PushPost:
			s.say(g, &wire.Seen{Store: g.store, Through: m.Order, Order: m.Order, Try: m.Try})
		case *wire.Ping:
			s.say(g, &wire.Pong{Nonce: m.Nonce, Known: true, Store: g.store, Revision: g.revision})
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
	if tables > 0 {
		s.datagrams, s.bytes, s.largest = s.datagrams+1, s.bytes+len(d.Data), max(s.largest, len(d.Data))
	}
}

func (s *stall) table(g *guest, m *wire.Table) {
	switch {
	case m.Since > g.revision:
		s.say(g, &wire.Ping{Store: g.store, Revision: g.revision})
		return
	case m.Until > g.revision:
		for _, row := range m.Rows {
			g.learn(row.Key)
		}
		g.revision, g.store = m.Until, m.Store
	}
	s.say(g, &wire.TableAck{Store: m.Store, Revision: g.revision})
}

// learn notes a row.
func (g *guest) learn(k wire.Key) {
	n := binary.BigEndian.Uint16(k[1:])
	switch at, bit := n/8, byte(1)<<(n%8); {
	case k[0] != guestMark && !g.others[k]:
		g.others[k] = true
		g.rows++
	case k[0] == guestMark && g.knows[at]&bit == 0:
		g.knows[at] |= bit
		g.rows++
	}
}
