package lab

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// dawn is when every world begins.
var dawn = time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)

// disk is how long a commit takes: what a solid-state disk needs for a sync.
const disk = time.Millisecond

// world is a conversation that is being played. Its clock stands while anything is done.
type world struct {
	cfg      Config
	at       time.Duration
	zero     time.Duration // when the conversation began
	started  bool
	queue    queue
	order    int
	rand     *rand.Rand
	parties  []*party // the clients, then the server
	places   map[netip.AddrPort]*party
	lanes    map[[2]int]*rand.Rand
	flying   int
	lastSeen time.Duration // when the last arrow left, of those that are drawn
	story    *Story
	ledger   ledger
}

func newWorld(cfg Config) *world {
	names := append(append([]string(nil), Names(cfg.Clients)...), "server")
	w := &world{cfg: cfg, rand: rand.New(rand.NewPCG(cfg.Seed, 0)), places: map[netip.AddrPort]*party{}, lanes: map[[2]int]*rand.Rand{},
		story: &Story{Config: cfg, Parties: names}}
	w.ledger = ledger{w: w, lines: map[lineID]int{}, seqs: map[[2]int]uint64{}, tried: map[part]time.Duration{}, had: map[part]bool{}, orders: map[uint64]string{}}
	for i, name := range names {
		p := &party{w: w, index: i, name: name, addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}), 9999)}
		w.parties = append(w.parties, p)
		w.places[p.addr] = p
	}
	host := w.parties[cfg.Clients]
	card := w.host(host)
	for i, p := range w.parties[:cfg.Clients] {
		w.guest(p, host, card)
		w.after(time.Duration(i)*20*time.Millisecond, func() { p.step(p.guest.Register) })
	}
	return w
}

func (w *world) now() time.Time { return dawn.Add(w.at) }

// host makes the server.
func (w *world) host(p *party) link.Card {
	p.store = memory.NewServer(w.rand.Uint64() | 1)
	head, err := p.store.Head()
	must(err)
	me := link.NewIdentity(head.Seed)
	p.key = me.Key()
	p.sessions = link.NewSessions(link.SessionConfig{Identity: me, Server: true, KeyRequests: true, Rand: w.chacha(), Trace: p.traced})
	p.host = server.NewCore(server.Config{Seed: w.rand.Uint64()}, head, store.Past{}, nil)
	p.core = p.host
	return me.Card()
}

// guest makes a client.
func (w *world) guest(p, host *party, card link.Card) {
	seed := w.secret()
	p.profile = memory.NewProfile(seed, w.rand.Uint64()|1)
	p.key, p.server = peer.PublicKey(seed), host.key
	p.sessions = link.NewSessions(link.SessionConfig{Identity: link.NewIdentity(seed), Rand: w.chacha(), Trace: p.traced})
	p.sessions.TrustServer(host.key, card.Static)
	loaded, err := p.profile.Load()
	must(err)
	cfg := peer.Config{Name: p.name, Server: link.Path{Remote: host.addr}, ServerKey: host.key, Static: card.Static, Seed: w.rand.Uint64()}
	p.guest, err = peer.NewCore(w.now(), cfg, peer.NewKeys(seed), loaded)
	must(err)
	p.core = p.guest
}

// must is for what can't fail: stores in memory, and keys of our own making.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (w *world) secret() (s [32]byte) {
	for i := 0; i < len(s); i += 8 {
		binary.BigEndian.PutUint64(s[i:], w.rand.Uint64())
	}
	return s
}

func (w *world) chacha() *rand.ChaCha8 { return rand.NewChaCha8(w.secret()) }

// everybody reports whether each client has a table with all of them.
func (w *world) everybody() bool {
	for _, p := range w.parties[:w.cfg.Clients] {
		if p.sees < w.cfg.Clients {
			return false
		}
	}
	return true
}

// open begins the conversation.
func (w *world) open() {
	w.started, w.zero = true, w.at
	s := w.story
	if !w.cfg.All {
		s.Events, s.Arrows, s.Skipped = nil, nil, 0
		return
	}
	for i := range s.Events {
		s.Events[i].At -= w.zero
	}
	for i := range s.Arrows {
		s.Arrows[i].Sent -= w.zero
		for j := range s.Arrows[i].Copies {
			s.Arrows[i].Copies[j].At -= w.zero
		}
	}
}

// tell notes an event.
func (w *world) tell(p *party, what What, text string) {
	w.note(Event{What: what, Party: p.index, Text: text})
}

func (w *world) note(e Event) {
	e.At = w.at - w.zero
	w.story.Events = append(w.story.Events, e)
}

// called is the name of a key.
func (w *world) called(k wire.Key) string {
	if k == wire.Channel {
		return "all"
	}
	if p := w.party(k); p != nil {
		return p.name
	}
	return k.String()
}

func (w *world) party(k wire.Key) *party {
	for _, p := range w.parties {
		if p.key == k || k == wire.ServerKey && p.host != nil {
			return p
		}
	}
	return nil
}
