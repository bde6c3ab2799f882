package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// What a guest does as package peer does it: docs/protocol.md §7.3, §8.3.
const (
	keepalive   = 25 * time.Second
	firstRetry  = 500 * time.Millisecond
	lastRetry   = 3 * time.Second
	silentRetry = keepalive / 3
)

// guest is one client of a herd. Its part's lock holds for it.
type guest struct {
	part       *part
	place      int // in it
	conn       *link.Socket
	sessions   *link.Sessions
	name       string
	card       []byte
	enters     bool // it may register
	registered bool
	store      uint64
	revision   uint64
	before     uint64        // the one that the last page built on
	heard      time.Time     // the server, in a session
	due        time.Time     // the next registration or ping
	retry      time.Duration // from that to the one after
}

func newGuest(h *herd, number int) (*guest, error) {
	conn, err := link.Listen(addressOf(number), 0)
	if err != nil {
		return nil, err
	}
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], random())
	me := link.NewIdentity(seed)
	g := &guest{conn: conn, sessions: link.NewSessions(link.SessionConfig{Identity: me}), name: fmt.Sprintf("g%d", number)}
	g.sessions.TrustServer(h.key, h.static)
	card := me.Card()
	g.card = append(append(g.card, card.Static[:]...), card.Sig[:]...)
	g.card = append(binary.BigEndian.AppendUint32(g.card, 1), make([]byte, wire.CardSize-len(g.card)-4)...) // a prekey that nobody asks for
	return g, nil
}

// act does what is due.
func (g *guest) act(h *herd, now time.Time) {
	if !g.enters {
		return
	}
	if !now.Before(g.due) {
		if g.registered {
			_ = g.sessions.AddIdle(now, h.path, h.key, &wire.Ping{Store: g.store, Revision: g.revision}) // it is asked again until it is answered
			g.due = now.Add(silentRetry)
		} else {
			g.retry = min(max(2*g.retry, firstRetry), lastRetry)
			g.say(h, now, &wire.Register{Request: 1, Name: g.name, Epoch: 1, Store: g.store, Revision: g.revision, Card: g.card})
			g.due = now.Add(g.retry)
		}
	}
	g.sessions.Tick(now)
	g.flush()
}

func (g *guest) say(h *herd, now time.Time, m wire.Message) {
	_ = g.sessions.Add(now, h.path, h.key, m) // it is said again until it is answered
}

// flush sends what there is, and notes when there is something to do next.
func (g *guest) flush() {
	_, _ = g.sessions.Flush(g.conn.Write) // what is lost is sent again
	due := g.due
	if next, ok := g.sessions.Next(); ok && next.Before(due) {
		due = next
	}
	g.part.due[g.place] = due
}

// read handles what comes, until the socket is closed.
func (g *guest) read(h *herd) {
	for b := make([]byte, link.MaxRead); ; {
		n, p, err := g.conn.Read(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		g.part.mu.Lock()
		g.open(h, p, b[:n])
		g.part.mu.Unlock()
	}
}

func (g *guest) open(h *herd, p link.Path, datagram []byte) {
	now := time.Now()
	_, _, body, err := g.sessions.Open(now, p, datagram)
	if err == nil && len(body) > 0 {
		g.heard = now
		if g.registered {
			g.due = now.Add(time.Duration(float64(keepalive) * (0.8 + 0.4*rand.Float64())))
		}
		_ = g.part.dec.Decode(body, func(m wire.Message) error { // what it is not, nobody acts upon
			g.handle(h, now, m)
			return nil
		})
	}
	g.flush()
}

func (g *guest) handle(h *herd, now time.Time, m wire.Message) {
	switch m := m.(type) {
	case *wire.Registered:
		if m.Outcome != wire.OK || g.registered {
			return
		}
		g.registered, g.store, g.retry = true, m.Store, 0
		g.due = now.Add(keepalive)
		h.admit()
	case *wire.Table:
		h.rows.Add(int64(len(m.Rows)))
		g.table(h, now, m)
	case *wire.Named:
		h.rows.Add(int64(len(m.Rows)))
	case *wire.Ping:
		g.say(h, now, &wire.Pong{Nonce: m.Nonce, Known: true, Store: g.store, Revision: g.revision})
	case *wire.Pong:
		if !m.Known {
			g.registered, g.due = false, now
		}
	}
}

// table takes the pages of the table in their order.
func (g *guest) table(h *herd, now time.Time, m *wire.Table) {
	for _, since := range []uint64{g.revision, g.before, 0} {
		if m.Base == wire.TableBase(g.store, since) {
			g.before, g.revision = since, max(since+m.Span, g.revision)
			g.say(h, now, &wire.TableAck{Store: g.store, Revision: g.revision})
			return
		}
	}
	g.say(h, now, &wire.Ping{Store: g.store, Revision: g.revision})
}
