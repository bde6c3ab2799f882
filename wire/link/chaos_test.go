package link

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"udpchat/wire"
)

// Whatever happened before, two parties that send talk to each other again soon after the network is whole: no order of loss,
// repetition, delay, restarts, moves and rekeying locks a pair up. And in all of it nothing is shown twice by one life of
// a party, nor anything that was not sent.
func TestChaosHeals(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { chaos(t, seed) })
	}
}

func chaos(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 77))
	l := newLab(t)
	cfg := SessionConfig{
		Peer: Lifetime{time.Duration(2+rng.IntN(20)) * time.Second, time.Duration(25+rng.IntN(20)) * time.Second},
		Long: Lifetime{5 * time.Second, 30 * time.Second}, GiveUp: time.Duration(5+rng.IntN(20)) * time.Second,
	}
	a, b := l.party(1, cfg), l.party(2, cfg)
	if seed%3 == 0 {
		cfg.Server = true
		b = l.party(3, cfg)
	}
	loss, twice := rng.Float64()*0.5, rng.Float64()*0.3
	l.drop = func(f flight) bool {
		if rng.Float64() < twice {
			f.at = f.at.Add(time.Duration(rng.IntN(3000)) * time.Millisecond)
			heap.Push(&l.flights, f)
		}
		return rng.Float64() < loss
	}
	var n uint32
	dial := func() {
		a.s.trust(b.id.key, b.id.card.Static, cfg.Server, false)
		if !cfg.Server {
			b.s.Trust(a.id.key, a.id.card.Static)
		}
	}
	send := func(p, q *party) {
		n++
		_ = p.s.Add(l.now, Path{Remote: q.addr}, q.id.key, &wire.Ping{Nonce: n})
		p.flush()
	}
	dial()
	for step := range 200 {
		l.delay = time.Duration(1+rng.IntN(400)) * time.Millisecond
		if rng.IntN(3) > 0 {
			send(a, b)
		}
		if rng.IntN(3) > 0 {
			send(b, a)
		}
		switch p := []*party{a, b}[rng.IntN(2)]; rng.IntN(60) {
		case 0:
			checkOnce(t, p)
			p.restart(byte(step))
			p.got = nil
			dial()
		case 1:
			if !cfg.Server || p == a {
				p.addr = addr(100 + step)
			}
		}
		l.run(time.Duration(rng.IntN(600)) * time.Millisecond)
	}
	checkOnce(t, a)
	checkOnce(t, b)
	l.drop, l.delay = nil, 20*time.Millisecond
	before := []int{len(a.got), len(b.got)}
	start := l.now
	for len(a.got) < before[0]+3 || len(b.got) < before[1]+3 {
		send(a, b)
		send(b, a)
		l.run(500 * time.Millisecond)
		if l.now.Sub(start) > 6*time.Second {
			t.Fatalf("locked up:\na %s\nb %s", a.state(), b.state())
		}
	}
}

func checkOnce(t *testing.T, p *party) {
	t.Helper()
	seen := make(map[uint32]bool)
	for _, n := range p.got {
		if seen[n] {
			t.Fatalf("party %d: %d twice", p.seed, n)
		}
		seen[n] = true
	}
}
