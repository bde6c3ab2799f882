// Package linktest is a network in memory, for tests of what speaks over link.Conn: it loses, doubles, delays and reorders
// datagrams as its seed says. It uses only timers, channels and mutexes, so that inside a testing/synctest bubble an hour of
// bad network takes no time. It is not a model of bandwidth or of address translation.
package linktest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// Conditions are what a network does to datagrams. The zero value delivers each one at once, in order.
type Conditions struct {
	Loss      float64       // probability 0 to 1 that a datagram never arrives
	Duplicate float64       // probability that it arrives twice, the copy in its own time
	Reorder   float64       // probability that it is held back by up to Hold, and others overtake it
	Hold      time.Duration // 20 ms if 0
	Delay     time.Duration // of every datagram
	Jitter    time.Duration // up to this much more; alone it reorders nothing
	Queue     int           // datagrams that wait for a reader; more are dropped. 1024 if 0
}

// Counts say what became of the datagrams. At any time Sent + Duplicated = Delivered + Lost + Cut + Overflow + NoOne +
// Oversize + those on their way.
type Counts struct {
	Sent       int // written
	Delivered  int // put into a reader's queue
	Lost       int // by Conditions.Loss
	Duplicated int // copies made
	Reordered  int // held back
	Cut        int // by Cut, Partition or the tap
	Overflow   int // the reader's queue was full
	NoOne      int // nobody had the address
	Oversize   int // above wire.MaxDatagram, which a socket's reader skips
}

// Network connects its Conns. Make it inside the bubble that uses it. Safe for concurrent use.
//
// What happens to a datagram depends on the seed, the two addresses and how many went that way before, not on how
// goroutines take turns: two runs that send the same on a way meet the same fate there.
type Network struct {
	tapping sync.Mutex // held while tap runs
	tap     func(from, to netip.AddrPort, b []byte) (pass bool)

	mu         sync.Mutex
	conditions Conditions
	seed       uint64
	conns      map[netip.AddrPort]*Conn
	lanes      map[way]*lane
	cuts       map[way]bool
	flying     flights
	order      uint64 // of the last datagram that took off; equal times land in this order
	timer      *time.Timer
	counts     Counts
}

// way is one direction between two addresses; in a cut the port is 0, which means every port.
type way struct{ from, to netip.AddrPort }

// lane is the state of a way.
type lane struct {
	random *rand.Rand
	last   time.Time // when the last datagram lands that was not held back: none lands before it
}

// New makes a network. Print the seed of a test that draws it.
func New(seed uint64, c Conditions) *Network {
	return &Network{
		conditions: c,
		seed:       seed,
		conns:      make(map[netip.AddrPort]*Conn),
		lanes:      make(map[way]*lane),
		cuts:       make(map[way]bool),
	}
}

// Set changes the conditions, for datagrams that are written from now on and for connections that listen from now on.
func (n *Network) Set(c Conditions) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conditions = c
}

// Tap shows every datagram to f as it is written, one at a time, before anything happens to it. Where f returns false the
// datagram goes no further and counts as cut. f keeps nothing of b, and may cut or heal but not write. nil ends it.
func (n *Network) Tap(f func(from, to netip.AddrPort, b []byte) (pass bool)) {
	n.tapping.Lock()
	defer n.tapping.Unlock()
	n.tap = f
}

// Counts says what became of the datagrams so far.
func (n *Network) Counts() Counts {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.counts
}

// Listen opens a connection at an address, which is a specific one; port 0 takes a free port. An address that is taken is a
// mistake in the test: it panics.
func (n *Network) Listen(addr netip.AddrPort) *Conn {
	n.mu.Lock()
	defer n.mu.Unlock()
	for port := uint16(49152); addr.Port() == 0; port++ {
		if a := netip.AddrPortFrom(addr.Addr(), port); n.conns[a] == nil {
			addr = a
		}
	}
	if !addr.Addr().IsValid() || addr.Addr().IsUnspecified() || n.conns[addr] != nil {
		panic(fmt.Sprintf("linktest: cannot listen at %v", addr))
	}
	queue := n.conditions.Queue
	if queue == 0 {
		queue = 1024
	}
	c := &Conn{net: n, local: addr, queue: make(chan datagram, queue), closed: make(chan struct{})}
	n.conns[addr] = c
	return c
}

// Forge sends a datagram as from any address: nothing on the network proves where one comes from.
func (n *Network) Forge(from, to netip.AddrPort, b []byte) { n.send(from, to, b) }
