package peer

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// host is a server end: real sessions, and as a core the least that clients need. Its fields are the loop's, and the test's after
// synctest.Wait.
type host struct {
	id      *link.Identity
	loop    *link.Loop
	outcome wire.Outcome // of registrations
	members []*member    // by their registration
	order   uint64
	out     []link.Send
	got     []wire.Message // all that came
}

// member is a client that registered.
type member struct {
	path link.Path
	row  wire.Row
	card []byte
	last uint64 // pushed to it
}

// newHost listens at the server's address.
func newHost(t *testing.T, n *linktest.Network) *host {
	t.Helper()
	h := &host{id: link.NewIdentity([32]byte{200})}
	h.loop = link.NewLoop(n.Listen(server.addr), link.SessionConfig{Identity: h.id, Server: true})
	t.Cleanup(running(t, func(ctx context.Context) error { return h.loop.Run(ctx, h, h.carryOut, func() {}) }))
	return h
}

// running runs something until what it returns is called.
func running(t *testing.T, run func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func (h *host) carryOut() []link.Send {
	out := h.out
	h.out = nil
	return out
}

func (h *host) Tick(time.Time)          {}
func (h *host) Next() (time.Time, bool) { return time.Time{}, false }

func (h *host) Handle(_ time.Time, p link.Path, from wire.Key, m wire.Message) {
	if d, ok := m.(*wire.Deposit); ok { // its body is borrowed
		kept := *d
		kept.Text.Body = slices.Clone(d.Text.Body)
		m = &kept
	}
	h.got = append(h.got, m)
	answer := func(m wire.Message) { h.out = append(h.out, link.Send{Path: p, To: from, Msg: m}) }
	switch m := m.(type) {
	case *wire.Register:
		h.register(p, from, m)
	case *wire.Ping:
		answer(&wire.Pong{Nonce: m.Nonce, Known: true, Store: storeID, Revision: m.Revision})
	case *wire.Clock:
		answer(&wire.Clock{Nonce: m.Nonce, Time: time.Now().Add(time.Minute).UnixMicro()})
	case *wire.Find: // who is asked for before the table came
		named := &wire.Named{Name: m.Name}
		for _, one := range h.members {
			if one.row.Name == m.Name {
				named.Rows = append(named.Rows, one.row)
			}
		}
		answer(named)
	case *wire.Lookup:
		answer(&wire.Found{Key: m.Key, Card: h.of(m.Key).card})
	case *wire.Deposit:
		h.order++
		answer(&wire.Stored{To: m.To, Epoch: m.Text.Epoch, ToEpoch: m.Text.ToEpoch, Seq: m.Text.Seq, Try: m.Try, Order: h.order})
		h.push(from, m)
	case *wire.Taken:
		h.tell(h.of(m.From), &wire.Receipt{To: from, Marks: m.Marks})
	case *wire.Deregister:
		answer(&wire.Deregistered{Request: m.Request})
	}
}

func (h *host) of(k wire.Key) *member {
	return h.members[slices.IndexFunc(h.members, func(m *member) bool { return m.row.Key == k })]
}

func (h *host) tell(to *member, m wire.Message) {
	h.out = append(h.out, link.Send{Path: to.path, To: to.row.Key, Msg: m})
}

func (h *host) register(p link.Path, from wire.Key, m *wire.Register) {
	h.members = slices.DeleteFunc(h.members, func(old *member) bool { return old.row.Key == from })
	row := wire.Row{Key: from, Name: m.Name, Epoch: m.Epoch, Addr: p.Remote, State: wire.Online}
	next := &member{path: p, row: row, card: slices.Clone(m.Card)}
	if h.outcome == wire.OK {
		h.members = append(h.members, next)
	}
	revision := uint64(len(h.members))
	h.tell(next, &wire.Registered{Request: m.Request, Outcome: h.outcome, Store: storeID, Revision: revision, MaxMessage: wire.MaxText, Lease: 90})
	table := changes(storeID, 0, revision)
	for _, one := range h.members {
		table.Rows = append(table.Rows, one.row)
	}
	for _, one := range h.members {
		h.tell(one, table)
	}
}

// push passes a deposit on.
func (h *host) push(from wire.Key, m *wire.Deposit) {
	x := m.Text
	x.Body = slices.Clone(x.Body)
	for _, one := range h.members {
		switch {
		case m.To == wire.Channel && one.row.Key != from:
			h.tell(one, &wire.PushPost{Prev: one.last, Order: h.order, Try: 1, Live: true, Author: from, Text: x})
		case m.To == one.row.Key:
			h.tell(one, &wire.Push{Prev: one.last, Order: h.order, Try: 1, From: from, Text: x})
		default:
			continue
		}
		one.last = h.order
	}
}

// client starts a client at 10.0.0.<number> that knows the host.
func (h *host) client(t *testing.T, n *linktest.Network, number byte, name string) *Client {
	t.Helper()
	cfg := Config{Name: name, Server: link.Path{Remote: server.addr}, ServerKey: h.id.Key(), Static: h.id.Card().Static}
	c, err := New(cfg, n.Listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, number}), 4000)), newProfile(number))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running(t, c.Run))
	return c
}
