package noise

import (
	"math/rand/v2"
	"testing"
)

// model is a window that remembers everything.
type model struct {
	seen map[uint64]bool
	next uint64
}

func (m *model) fresh(c uint64) bool {
	return c <= MaxCounter && !m.seen[c] && (c >= m.next || m.next-c <= Reach)
}

func (m *model) mark(c uint64) {
	m.seen[c] = true
	if c >= m.next {
		m.next = c + 1
	}
}

func agree(t *testing.T, w *Window, m *model, c uint64) {
	t.Helper()
	if w.Fresh(c) != m.fresh(c) {
		t.Fatalf("counter %d, next %d: fresh %v", c, m.next, w.Fresh(c))
	}
	if !w.Fresh(c) {
		return
	}
	if newest := c >= m.next; w.Mark(c) != newest {
		t.Fatalf("counter %d, next %d: newest is not %v", c, m.next, newest)
	}
	if m.mark(c); w.Fresh(c) || w.Next() != m.next {
		t.Fatalf("counter %d is fresh after it was marked; next %d", c, w.Next())
	}
}

func TestWindowEdges(t *testing.T) {
	for _, c := range []struct {
		name     string
		counters []uint64
	}{
		{"from zero", []uint64{0, 0, 1, 2, 1}},
		{"first is late", []uint64{5, 0, 5, 4}},
		{"the edge", []uint64{Reach, 0, 1, 1}},
		{"one beyond the edge", []uint64{Reach - 1, 0, Reach, 0, 1, Reach + 1, 1, 2}},
		{"by whole blocks", []uint64{63, 64, 127, 128, 63 + 64*17, 64, 63 + 64*34, 63 + 64*18}},
		{"far away", []uint64{1, 1 << 40, 1, 1<<40 - 1, 1<<40 - Reach, 1<<40 - Reach + 1}},
		{"the last one", []uint64{MaxCounter - 1, MaxCounter, MaxCounter, MaxCounter - 1, MaxCounter + 1, MaxCounter - 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, m := new(Window), &model{seen: make(map[uint64]bool)}
			for _, n := range c.counters {
				agree(t, w, m, n)
			}
		})
	}
}

func TestWindowAgainstModel(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		w, m := new(Window), &model{seen: make(map[uint64]bool)}
		for range 5000 {
			c := m.next + uint64(rng.IntN(40))
			switch rng.IntN(12) {
			case 0:
				c += uint64(rng.IntN(3000))
			case 1, 2, 3, 4, 5, 6:
				c -= min(m.next, uint64(rng.IntN(1200)))
			}
			agree(t, w, m, c)
		}
	}
}

func FuzzWindow(f *testing.F) {
	f.Add([]byte{0, 1, 2, 255, 3})
	f.Fuzz(func(t *testing.T, steps []byte) {
		w, m := new(Window), &model{seen: make(map[uint64]bool)}
		for i, s := range steps {
			c := m.next + uint64(s)*uint64(i%40)
			if s%2 == 0 {
				c = m.next - min(m.next, uint64(s)*9)
			}
			agree(t, w, m, c)
		}
	})
}

func BenchmarkWindow(b *testing.B) {
	var w Window
	var c uint64
	for b.Loop() {
		if w.Fresh(c) {
			w.Mark(c)
		}
		c++
	}
}
