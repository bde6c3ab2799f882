package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"udpchat/server"
	"udpchat/wire"
	"udpchat/wire/link"
)

// stall is a socket with many clients of few words: they register, take table and posts, and answer pings. One goroutine owns it
// and their sessions.
type stall struct {
	t      *testing.T
	server link.Path
	key    wire.Key // the server's
	conn   *link.Socket
	dec    wire.Decoder
	guests []*guest
	by     map[uint32]*guest // by the indices of their sessions
	joined int               // how many have asked

	numbers map[wire.Key]int // of all guests, of other stalls too
	total   int              // clients that a whole table has

	datagrams, bytes, largest int // with a table in them, since the last report
}

// guest is one of its clients.
type guest struct {
	me         *link.Identity
	sessions   *link.Sessions
	name       string
	registered bool
	store      uint64
	revision   uint64
	before     uint64                   // the one that the last page built on
	knows      [server.Crowd/8 + 1]byte // the guests in its table, a bit for each
	others     map[wire.Key]bool        // and who else is
	rows       int                      // both together
}

const (
	// asking is how many registrations of a stall may be unanswered: as many as a network has handshakes at once when the server
	// is asked for too many (protocol.md §13.3).
	asking = 5
	nudge  = 50 * time.Millisecond

	patience = 500 * time.Millisecond // until a registration is sent again
)

// newStall makes the stall with this number. Each has an address of its own: what a server grants to one is little.
func newStall(h *hall, number int, guests []*link.Identity, first int) *stall {
	conn, err := link.Listen(netip.AddrFrom4([4]byte{127, 0, 1, byte(number)}).String(), 0)
	if err != nil {
		h.t.Skipf("a server that is asked for many handshakes grants 20 a second to an address, and this system has no more for loopback: %v", err)
	}
	s := &stall{t: h.t, server: link.Path{Remote: h.addr}, key: h.key, conn: conn, by: map[uint32]*guest{}, numbers: h.numbers, total: server.Crowd}
	for i, me := range guests {
		g := &guest{me: me, name: fmt.Sprintf("guest%d", first+i), others: map[wire.Key]bool{}}
		g.sessions = link.NewSessions(link.SessionConfig{Identity: me})
		g.sessions.TrustServer(h.key, h.card.Static)
		s.guests = append(s.guests, g)
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
	came := make(chan datagram, 8192)
	go s.read(came)
	defer func() {
		_ = s.conn.Close()
		for range came { // until the reader has ended
		}
	}()
	ticker := time.NewTicker(nudge)
	defer ticker.Stop()
	var again time.Time
	for {
		select {
		case d := <-came:
			s.hear(d)
			for n := len(came); n > 0; n-- {
				s.hear(<-came)
			}
			s.ask(false)
		case now := <-ticker.C:
			for _, g := range s.guests {
				g.sessions.Tick(now)
				s.flush(g)
			}
			s.ask(now.After(again))
			if now.After(again) {
				again = now.Add(patience)
			}
		case to, more := <-asked:
			if !more {
				return
			}
			to <- report{s.whole(), s.datagrams, s.bytes, s.largest}
			s.datagrams, s.bytes, s.largest = 0, 0, 0
		}
	}
}

// datagram is one that came.
type datagram struct {
	path link.Path
	data []byte
}

// read gives on what comes, until the socket is closed. What there is no room for is lost.
func (s *stall) read(to chan<- datagram) {
	defer close(to)
	b := make([]byte, link.MaxRead)
	for {
		n, p, err := s.conn.Read(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			select {
			case to <- datagram{p, bytes.Clone(b[:n])}:
			default:
			}
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
			s.say(g, &wire.Register{Request: 1, Name: g.name, Epoch: 1, Card: cardOf(g.me)})
			s.flush(g)
		}
	}
}

func (s *stall) say(g *guest, m wire.Message) {
	if err := g.sessions.Add(time.Now(), s.server, s.key, m); err != nil {
		s.t.Error(err)
	}
}

// flush sends what a guest has to say. Its sessions have the indices of the initiations that began them.
func (s *stall) flush(g *guest) {
	_, _ = g.sessions.Flush(func(b []byte, p link.Path) error { // a lost datagram is sent again
		if h, _, err := wire.ParseDatagram(b); err == nil && h.Type == wire.TypeInitiation {
			s.by[h.Index] = g
		}
		return s.conn.Write(b, p)
	})
}

func (s *stall) hear(d datagram) {
	h, _, err := wire.ParseDatagram(d.data)
	g := s.by[h.Index]
	if err != nil || g == nil {
		s.t.Errorf("a datagram for nobody: type %d, %v", h.Type, err)
		return
	}
	_, _, body, err := g.sessions.Open(time.Now(), d.path, d.data)
	if err != nil && !errors.Is(err, link.ErrUnknown) { // an initiation that was sent again may be answered again
		s.t.Errorf("type %d: %v", h.Type, err)
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
	if err != nil && len(body) > 0 {
		s.t.Error(err)
	}
	if tables > 0 {
		s.datagrams, s.bytes, s.largest = s.datagrams+1, s.bytes+len(d.data), max(s.largest, len(d.data))
	}
	s.flush(g)
}

func (s *stall) table(g *guest, m *wire.Table) {
	since := g.revision
	switch m.Base {
	case wire.TableBase(g.store, g.revision):
	case wire.TableBase(g.store, g.before):
		since = g.before
	default:
		s.say(g, &wire.Ping{Store: g.store, Revision: g.revision})
		return
	}
	if g.before = since; since+m.Span > g.revision {
		for _, row := range m.Rows {
			s.learn(g, row.Key)
		}
		g.revision = since + m.Span
	}
	s.say(g, &wire.TableAck{Store: g.store, Revision: g.revision})
}

// learn notes a row.
func (s *stall) learn(g *guest, k wire.Key) {
	n, known := s.numbers[k]
	switch at, bit := n/8, byte(1)<<(n%8); {
	case !known && !g.others[k]:
		g.others[k] = true
		g.rows++
	case known && g.knows[at]&bit == 0:
		g.knows[at] |= bit
		g.rows++
	}
}
