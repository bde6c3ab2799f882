package server_test

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// world is a server and its clients on a network in memory, inside a synctest bubble. All its goroutines end with the test, or
// the bubble says which do not.
type world struct {
	*place
	people []*person
	end    func()
}

// person is a client and who sits before it.
type person struct {
	w      *world
	name   string
	client *peer.Client
	end    func()

	mu      sync.Mutex
	looking bool // prints what comes, and notes it as shown
	unseen  []uint64
	notices []peer.Notice
}

func newWorld(t *testing.T, c linktest.Conditions) *world {
	w := &world{place: newPlace(t, c)}
	datagrams := 0
	w.net.Tap(func(_, _ netip.AddrPort, _ []byte) bool {
		if datagrams++; datagrams == storm {
			t.Errorf("%d datagrams: two parties answer each other without end", datagrams)
		}
		return datagrams < storm // a storm would take all day
	})
	w.serve()
	t.Cleanup(w.close)
	return w
}

// storm is more datagrams than any conversation here needs.
const storm = 200_000

// serve starts the server.
func (w *world) serve() { w.end = w.open() }

// run runs something until the function it gives is called, which waits for its end.
func run(t *testing.T, name string, f func(ctx context.Context) error) func() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (w *world) close() {
	for _, p := range w.people {
		p.end()
	}
	w.end()
}

// join starts a client and registers it.
func (w *world) join(name string) *person {
	w.t.Helper()
	return w.joinAs(name, wire.Present)
}

func (w *world) joinAs(name string, mode wire.Mode) *person {
	w.t.Helper()
	p := w.start(name, mode, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(len(w.people) + 1)}), 4000))
	p.wait("registered", 1, func(n peer.Notice) bool { t, ok := n.(peer.Table); return ok && t.First })
	return p
}

// start starts a client somewhere, which asks for its name.
func (w *world) start(name string, mode wire.Mode, at netip.AddrPort) *person {
	w.t.Helper()
	n := byte(len(w.people) + 1)
	p := &person{w: w, name: name, looking: true}
	cfg := peer.Config{Name: name, Mode: mode, Server: link.Path{Remote: w.server}, ServerKey: w.key, Static: w.card.Static, Seed: uint64(n)}
	conn := w.net.Listen(at)
	var err error
	if p.client, err = peer.New(cfg, conn, memory.NewProfile([32]byte{n}, 1000+uint64(n))); err != nil {
		w.t.Fatal(err)
	}
	w.people = append(w.people, p)
	p.end = run(w.t, name, func(ctx context.Context) error {
		var wg sync.WaitGroup
		wg.Go(func() { p.watch(ctx) })
		defer wg.Wait()
		return p.client.Run(ctx)
	})
	p.client.Register()
	return p
}

// watch reads the notices.
func (p *person) watch(ctx context.Context) {
	for ctx.Err() == nil {
		notices := p.client.Notices(ctx)
		p.mu.Lock()
		p.notices = append(p.notices, notices...)
		for _, n := range notices {
			if a, ok := n.(peer.Arrived); ok {
				p.unseen = append(p.unseen, a.Line)
			}
		}
		p.mu.Unlock()
		p.print()
	}
}

func (p *person) print() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.looking && len(p.unseen) > 0 {
		p.client.Shown(p.unseen)
		p.unseen = nil
	}
}

// look makes a person look at the screen, or look away.
func (p *person) look(at bool) {
	p.mu.Lock()
	p.looking = at
	p.mu.Unlock()
	p.print()
}

// wait waits until the person was told so often what match knows, a virtual hour at most.
func (p *person) wait(why string, times int, match func(n peer.Notice) bool) {
	p.w.t.Helper()
	for range 36_000 {
		synctest.Wait()
		if p.count(match) >= times {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.w.t.Fatalf("%s: %s was told %d of %d, and last %+v", why, p.name, p.count(match), times, p.last())
}

func (p *person) count(match func(n peer.Notice) bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := 0
	for _, n := range p.notices {
		if match(n) {
			count++
		}
	}
	return count
}

func (p *person) last() []peer.Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.notices[max(0, len(p.notices)-5):])
}

// told waits for one notice.
func (p *person) told(n peer.Notice) {
	p.w.t.Helper()
	p.wait(fmt.Sprintf("%T%+v", n, n), 1, func(m peer.Notice) bool { return says(m, n) })
}

// says tells whether a notice is this one, whatever line it names.
func says(n, want peer.Notice) bool {
	if reflect.TypeOf(n) != reflect.TypeOf(want) {
		return false
	}
	v := reflect.New(reflect.TypeOf(n)).Elem()
	v.Set(reflect.ValueOf(n))
	if line := v.FieldByName("Line"); line.IsValid() {
		line.SetZero()
	}
	return reflect.DeepEqual(v.Interface(), want)
}

// reads waits for a text and gives how it arrived.
func (p *person) reads(from, text string) (a peer.Arrived) {
	p.w.t.Helper()
	p.wait(fmt.Sprintf("%.20q from %s", text, from), 1, func(n peer.Notice) bool {
		b, ok := n.(peer.Arrived)
		if ok = ok && b.From == from && b.Text == text; ok {
			a = b
		}
		return ok
	})
	return a
}

// texts is what arrived, in order.
func (p *person) texts() (list []string) {
	p.count(func(n peer.Notice) bool {
		a, ok := n.(peer.Arrived)
		if ok {
			list = append(list, a.Text)
		}
		return ok
	})
	return list
}

func isA[N peer.Notice](n peer.Notice) bool { _, ok := n.(N); return ok }

// lossy is the network of the worst tests.
var lossy = linktest.Conditions{Loss: 0.2, Duplicate: 0.05, Reorder: 0.2, Delay: 2 * time.Millisecond, Jitter: time.Millisecond}
