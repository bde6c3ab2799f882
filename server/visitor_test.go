package server_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"udpchat/server"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// place is where a server can be: a network in memory and a store.
type place struct {
	t      *testing.T
	net    *linktest.Network
	server netip.AddrPort
	key    wire.Key
	card   link.Card
	store  *memory.Server
	disk   atomic.Int64 // how long each change takes
	guests int
}

func newPlace(t *testing.T, c linktest.Conditions) *place {
	t.Helper()
	w := &place{t: t, net: linktest.New(1, c), server: netip.MustParseAddrPort("10.0.0.200:7000"), store: memory.NewServer(77)}
	var err error
	if w.key, w.card, err = server.Identity(w.store); err != nil {
		t.Fatal(err)
	}
	return w
}

// open starts the server, and gives what ends it.
func (w *place) open() (end func()) {
	srv := server.New(server.Config{Seed: 1}, w.net.Listen(w.server), &slowStore{w.store, w})
	return run(w.t, "server", func(ctx context.Context) error { return srv.Run(ctx, func() {}) })
}

// visitor is a client that decides nothing: it has real sessions, says what the test tells it to, and keeps what it hears.
type visitor struct {
	t    *testing.T
	name string
	me   *link.Identity
	at   link.Path // the server's
	loop *link.Loop
	end  func()

	out []link.Send // the loop's

	mu  sync.Mutex
	all [][]byte // messages as they came
}

// visit brings a visitor with an identity of its own, at an address of its own.
func (w *place) visit(name string) *visitor {
	w.guests++
	n := byte(w.guests)
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, n}), 4000)
	return w.visitAs(name, link.NewIdentity([32]byte{n, 1}), w.net.Listen(at), w.key, w.card.Static)
}

// visitAs is visit by someone, who takes someone for the server.
func (w *place) visitAs(name string, me *link.Identity, conn link.Conn, server wire.Key, static [32]byte) *visitor {
	v := &visitor{t: w.t, name: name, me: me, at: link.Path{Remote: w.server}}
	v.loop = link.NewLoop(conn, link.SessionConfig{Identity: me})
	v.loop.Server = server
	v.loop.TrustServer(static)
	v.end = sync.OnceFunc(run(w.t, name, func(ctx context.Context) error {
		return v.loop.Run(ctx, v, v.carryOut, func() {})
	}))
	return v
}

// Handle keeps a message.
func (v *visitor) Handle(_ time.Time, _ link.Path, from wire.Key, m wire.Message) {
	if from != wire.ServerKey {
		v.t.Errorf("%s hears %v from %v", v.name, m.Kind(), from)
	}
	b, err := wire.AppendMessage(nil, m)
	if err != nil {
		v.t.Error(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = append(v.all, b)
}

// Tick does nothing.
func (v *visitor) Tick(time.Time) {}

// Next is never.
func (v *visitor) Next() (time.Time, bool) { return time.Time{}, false }

func (v *visitor) carryOut() []link.Send {
	out := v.out
	v.out = nil
	return out
}

// say sends a message, once.
func (v *visitor) say(m wire.Message) {
	v.loop.Events.Put(func(time.Time) { v.out = append(v.out, link.Send{Path: v.at, To: wire.ServerKey, Msg: m}) })
}

// register is a registration with the visitor's own card.
func (v *visitor) register() *wire.Register {
	return &wire.Register{Request: 1, Name: v.name, Epoch: 1000, Card: cardOf(v.me)}
}

// cardOf is an identity's card, with a prekey that nobody looks at.
func cardOf(me *link.Identity) []byte {
	card := me.Card()
	b := append(bytes.Clone(card.Static[:]), card.Sig[:]...)
	b = binary.BigEndian.AppendUint32(b, 1)
	return append(b, make([]byte, wire.CardSize-len(b))...)
}

// heard takes what was heard, in order.
func (v *visitor) heard() (list []wire.Message) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, b := range v.all {
		var d wire.Decoder
		if err := d.Decode(b, func(m wire.Message) error { list = append(list, m); return nil }); err != nil {
			v.t.Error(err)
		}
	}
	v.all = nil
	return list
}

// of is the messages of one type among others.
func of[M wire.Message](list []wire.Message) (of []M) {
	for _, m := range list {
		if one, ok := m.(M); ok {
			of = append(of, one)
		}
	}
	return slices.Clip(of)
}
