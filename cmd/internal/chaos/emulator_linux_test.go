package chaos

import (
	"container/heap"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

// conditions are what the network does to each packet; the probabilities are independent of each other.
type conditions struct {
	loss, duplicate, reorder, corrupt float64
	delay                             time.Duration // of every packet
	spread                            time.Duration // what is reordered takes up to so much more
}

var (
	good = conditions{delay: time.Millisecond}
	// bad is what TestChaos is run with.
	bad = conditions{loss: 0.20, duplicate: 0.05, reorder: 0.10, corrupt: 0.01, delay: 2 * time.Millisecond, spread: 60 * time.Millisecond}
)

// traffic counts packets.
type traffic struct{ sent, lost, doubled, reordered, corrupted, cut, nowhere int }

// emulator is the network between hosts. Everything in it is guarded by mu.
type emulator struct {
	mu      sync.Mutex
	rng     *rand.Rand
	cond    conditions
	slow    *bottleneck // nil: none
	routes  map[netip.Addr]*host
	islands map[int][]*host // who is cut off from everyone else, by partition
	last    int             // number of the last partition
	queue   flights
	count   uint64
	traffic traffic
	tap     func(from, to netip.AddrPort, p packet) // sees all UDP as it leaves its host; optional

	wake  chan struct{} // the first of the queue has changed
	done  chan struct{}
	tasks sync.WaitGroup
	hosts []*host
}

// newEmulator makes a network; the test's end takes it down.
func newEmulator(t testing.TB, seed uint64) *emulator {
	e := &emulator{rng: rand.New(rand.NewPCG(seed, 1)), cond: good, routes: map[netip.Addr]*host{}, islands: map[int][]*host{},
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	e.tasks.Go(e.carry)
	t.Cleanup(func() {
		close(e.done)
		for _, h := range e.hosts {
			_ = h.tun.Close()
		}
		e.tasks.Wait()
	})
	return e
}

// becomes sets how the network is from now on.
func (e *emulator) becomes(c conditions) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cond = c
}

// moves brings what is for an address to a host from now on, nil for to nobody.
func (e *emulator) moves(a netip.Addr, h *host) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.routes[a] = h
}

// part cuts hosts off from all others, until the function that it gives is called. Among each other they are connected.
func (e *emulator) part(hosts ...*host) (heal func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	number := e.last
	e.islands[number] = hosts
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.islands, number)
	}
}

func (e *emulator) parted(a, b *host) bool {
	for _, island := range e.islands {
		if slices.Contains(island, a) != slices.Contains(island, b) {
			return true
		}
	}
	return false
}

// read takes what leaves a host, until its device is closed.
func (e *emulator) read(h *host) {
	e.hosts = append(e.hosts, h)
	e.tasks.Go(func() {
		buffer := make([]byte, 1<<16)
		for {
			n, err := h.tun.Read(buffer)
			if err != nil {
				return
			}
			if p := packet(buffer[:n]); p.valid() {
				e.take(h, slices.Clone(p))
			}
		}
	})
}

// take decides what becomes of a packet that leaves a host.
func (e *emulator) take(h *host, p packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, to := p.addresses(); to[0] == 0xff || p.v4() && to[0] >= 224 {
		return // multicast: what systems say of themselves
	}
	now := time.Now()
	if p.isUDP() {
		if h.nat != nil {
			h.nat.out(now, p)
		}
		if e.tap != nil {
			from, to := p.ends()
			e.tap(from, to, p)
		}
	}
	to := e.destination(now, p)
	c := &e.cond
	e.traffic.sent++
	switch {
	case to == nil:
		e.traffic.nowhere++
		return
	case e.parted(h, to):
		e.traffic.cut++
		return
	case e.rng.Float64() < c.loss:
		e.traffic.lost++
		return
	}
	longer, room := time.Duration(0), true
	if e.slow != nil {
		longer, room = e.slow.offer(now, p)
	}
	if !room {
		e.traffic.lost++
		return
	}
	now = now.Add(longer)
	if p.isUDP() && e.rng.Float64() < c.corrupt {
		e.traffic.corrupted++
		p.corrupt(e.rng)
	}
	e.fly(now, to, p)
	if e.rng.Float64() < c.duplicate {
		e.traffic.doubled++
		e.fly(now, to, p)
	}
}

// destination is the host that a packet is for, translated to its inner address if it has one.
func (e *emulator) destination(now time.Time, p packet) *host {
	_, b := p.addresses()
	a, _ := netip.AddrFromSlice(b)
	to := e.routes[a]
	if to != nil && to.nat != nil && (!p.isUDP() || !to.nat.in(now, p)) {
		return nil
	}
	return to
}

// fly puts a packet on its way.
func (e *emulator) fly(now time.Time, to *host, p packet) {
	at := now.Add(e.cond.delay)
	if e.rng.Float64() < e.cond.reorder {
		e.traffic.reordered++
		at = at.Add(time.Duration(e.rng.Float64() * float64(e.cond.spread)))
	}
	e.count++
	heap.Push(&e.queue, flight{at: at, number: e.count, to: to, packet: p})
	if e.queue[0].number == e.count {
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
}

// carry delivers what is due, until done.
func (e *emulator) carry() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		e.mu.Lock()
		now, wait := time.Now(), time.Hour
		var due []flight
		for len(e.queue) > 0 {
			if wait = e.queue[0].at.Sub(now); wait > 0 {
				break
			}
			due, wait = append(due, heap.Pop(&e.queue).(flight)), time.Hour
		}
		e.mu.Unlock()
		for _, f := range due {
			_, _ = f.to.tun.Write(f.packet) // a device that is down takes nothing, as a cable that is out
		}
		if len(due) > 0 {
			continue
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-e.wake:
		case <-e.done:
			return
		}
	}
}

// flight is a packet on its way.
type flight struct {
	at     time.Time
	number uint64
	to     *host
	packet packet
}

// flights are ordered by their arrival.
type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	if f[i].at.Equal(f[j].at) {
		return f[i].number < f[j].number
	}
	return f[i].at.Before(f[j].at)
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	old := *f
	last := old[len(old)-1]
	*f = old[:len(old)-1]
	return last
}
