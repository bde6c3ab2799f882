package siege

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// packet is a datagram as whoever watches the network sees it.
type packet struct {
	from, to netip.AddrPort
	data     []byte
}

// world is a network with a server and people, in a bubble. All that travels is recorded.
type world struct {
	t    *testing.T
	net  *linktest.Network
	addr netip.AddrPort // the server's
	db   store.Server
	end  func() // stops the server

	mu      sync.Mutex
	packets []packet
}

func newWorld(t *testing.T, db store.Server) *world {
	w := &world{t: t, net: linktest.New(1, linktest.Conditions{Delay: time.Millisecond}), addr: netip.MustParseAddrPort("10.0.0.1:9999"), db: db}
	w.net.Tap(func(from, to netip.AddrPort, b []byte) bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.packets = append(w.packets, packet{from, to, slices.Clone(b)})
		return true
	})
	w.serve(db)
	return w
}

// recorded is what has travelled so far.
func (w *world) recorded() []packet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.packets)
}

// serve starts the server on a store.
func (w *world) serve(db store.Server) {
	srv := server.New(server.Config{Seed: 1}, w.net.Listen(w.addr), db)
	w.end = w.run(func(ctx context.Context) error { return srv.Run(ctx, func() {}) })
}

// run runs something until the function that it gives is called.
func (w *world) run(f func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	}
}

// restart stops the server and starts it again, on another view of its store.
func (w *world) restart(db store.Server) {
	w.end()
	w.serve(db)
}

// person is a client at the prompt.
type person struct {
	w       *world
	name    string
	addr    netip.AddrPort
	profile store.Profile
	client  *peer.Client
	end     func()

	mu  sync.Mutex
	saw []peer.Notice
}

// profileOf makes the profile of a name, the same for the same name.
func profileOf(name string) *memory.Profile {
	sum := sha256.Sum256([]byte(name))
	return memory.NewProfile(sum, uint64(sum[0])+1000)
}

// comes starts a client and registers it. It stays until leaves.
func (w *world) comes(name string, addr string, profile store.Profile) *person {
	p := &person{w: w, name: name, addr: netip.MustParseAddrPort(addr), profile: profile}
	p.start()
	return p
}

func (p *person) start() {
	key, card, err := server.Identity(p.w.db)
	if err != nil {
		p.w.t.Fatal(err)
	}
	cfg := peer.Config{Name: p.name, Server: link.Path{Remote: p.w.addr}, ServerKey: key, Static: card.Static, Seed: 7}
	client, err := peer.New(cfg, p.w.net.Listen(p.addr), p.profile)
	if err != nil {
		p.w.t.Fatal(err)
	}
	p.client = client
	stop := p.w.run(client.Run)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			p.look(ctx)
		}
	}()
	p.end = func() {
		cancel()
		<-done
		stop()
	}
	client.Register()
	p.rest(time.Second)
}

// look notes what is on the screen, and says of texts that they are.
func (p *person) look(ctx context.Context) {
	for _, n := range p.client.Notices(ctx) {
		if a, ok := n.(peer.Arrived); ok {
			p.client.Shown([]uint64{a.Line})
		}
		p.mu.Lock()
		p.saw = append(p.saw, n)
		p.mu.Unlock()
	}
}

// rest lets time pass.
func (p *person) rest(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// leaves deregisters and ends the program.
func (p *person) leaves() {
	p.client.Quit()
	p.rest(time.Second)
	p.end()
}

// restarts ends the program as a kill does, and starts it again.
func (p *person) restarts() {
	p.end()
	p.start()
}

// shown are the texts on the screen, with who they are from.
func (p *person) shown() (lines []string) {
	for _, a := range saw[peer.Arrived](p) {
		lines = append(lines, fmt.Sprintf("%s: %s", a.From, a.Text))
	}
	return lines
}

// saw are the notices of a type.
func saw[N peer.Notice](p *person) (all []N) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.saw {
		if n, ok := n.(N); ok {
			all = append(all, n)
		}
	}
	return all
}

func (p *person) wantShown(want ...string) {
	p.w.t.Helper()
	if got := p.shown(); !slices.Equal(got, want) {
		p.w.t.Errorf("%s saw %q, want %q", p.name, got, want)
	}
}
