package linktest

import (
	"container/heap"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"udpchat/wire"
)

// send is a datagram's take-off.
func (n *Network) send(from, to netip.AddrPort, b []byte) {
	pass := n.watch(from, to, b)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts.Sent++
	l := n.lane(from, to)
	// All is drawn, whether needed or not, so that a change of one condition leaves the other fates as they were.
	lost := l.random.Float64() < n.conditions.Loss
	twice := l.random.Float64() < n.conditions.Duplicate
	first, second := n.draw(l), n.draw(l)
	switch {
	case !pass || n.isCut(from, to):
		n.counts.Cut++
		return
	case len(b) > wire.MaxDatagram:
		n.counts.Oversize++
		return
	case lost:
		n.counts.Lost++
		return
	}
	d := datagram{from: from, to: to, b: slices.Clone(b)}
	n.fly(l, d, first)
	if twice {
		n.counts.Duplicated++
		n.fly(l, d, second)
	}
	n.land()
}

func (n *Network) watch(from, to netip.AddrPort, b []byte) (pass bool) {
	n.tapping.Lock()
	defer n.tapping.Unlock()
	return n.tap == nil || n.tap(from, to, b)
}

func (n *Network) lane(from, to netip.AddrPort) *lane {
	w := way{from, to}
	l := n.lanes[w]
	if l == nil {
		h := fnv.New64a()
		_, _ = fmt.Fprint(h, from, " ", to)
		l = &lane{random: rand.New(rand.NewPCG(n.seed, h.Sum64()))}
		n.lanes[w] = l
	}
	return l
}

// flightTime is how long a datagram takes, and how much of that it is held back.
type flightTime struct{ travel, held time.Duration }

func (n *Network) draw(l *lane) flightTime {
	jitter, reorder, held := l.random.Float64(), l.random.Float64(), l.random.Float64()
	t := flightTime{travel: n.conditions.Delay + time.Duration(jitter*float64(n.conditions.Jitter))}
	if reorder < n.conditions.Reorder {
		hold := n.conditions.Hold
		if hold == 0 {
			hold = 20 * time.Millisecond
		}
		t.held = max(1, time.Duration(held*float64(hold)))
	}
	return t
}

func (n *Network) fly(l *lane, d datagram, t flightTime) {
	at := time.Now().Add(t.travel)
	if at.Before(l.last) {
		at = l.last
	}
	if t.held > 0 {
		n.counts.Reordered++
		at = at.Add(t.held)
	} else {
		l.last = at
	}
	n.order++
	heap.Push(&n.flying, flight{at: at, order: n.order, datagram: d})
}

// land delivers what is due and sets the timer for what is not.
func (n *Network) land() {
	now := time.Now()
	for len(n.flying) > 0 && !n.flying[0].at.After(now) {
		n.deliver(heap.Pop(&n.flying).(flight).datagram)
	}
	switch {
	case len(n.flying) == 0:
	case n.timer == nil:
		n.timer = time.AfterFunc(n.flying[0].at.Sub(now), n.due)
	default:
		n.timer.Reset(n.flying[0].at.Sub(now))
	}
}

func (n *Network) due() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.land()
}

func (n *Network) deliver(d datagram) {
	c := n.conns[d.to]
	switch {
	case n.isCut(d.from, d.to):
		n.counts.Cut++
		return
	case c == nil:
		n.counts.NoOne++
		return
	}
	select {
	case c.queue <- d:
		n.counts.Delivered++
	default:
		n.counts.Overflow++
	}
}

// datagram is one on its way, or in a queue. Nobody changes b.
type datagram struct {
	from, to netip.AddrPort
	b        []byte
}

// flight is a datagram that lands at a time.
type flight struct {
	at    time.Time
	order uint64
	datagram
}

// flights is a heap of them, the next to land on top.
type flights []flight

func (f flights) Len() int      { return len(f) }
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f flights) Less(i, j int) bool {
	if f[i].at.Equal(f[j].at) {
		return f[i].order < f[j].order
	}
	return f[i].at.Before(f[j].at)
}
func (f *flights) Push(x any) { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	old := *f
	last := old[len(old)-1]
	old[len(old)-1] = flight{}
	*f = old[:len(old)-1]
	return last
}
