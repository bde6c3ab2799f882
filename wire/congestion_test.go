package wire

import (
	"testing"
	"time"
)

func TestCongestion(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	const quiet = 100 * time.Millisecond
	answer := func(times int) func(c *Congestion) {
		return func(c *Congestion) {
			for range times {
				c.Acked(1, c.Window())
			}
		}
	}
	lose := func(ms int) func(c *Congestion) { return func(c *Congestion) { c.Lost(at(ms), quiet) } }
	for _, c := range []struct {
		name  string
		steps []func(c *Congestion)
		want  int
	}{
		{"at first", nil, 32},
		{"each answer makes room for one more", []func(*Congestion){answer(10)}, 42},
		{"half of what a recipient has room for", []func(*Congestion){answer(10000)}, 512},
		{"what is not used does not grow", []func(*Congestion){func(c *Congestion) { c.Acked(100, 31) }}, 32},
		{"a loss halves it", []func(*Congestion){answer(10), lose(0)}, 21},
		{"another of the same round trip does not", []func(*Congestion){answer(10), lose(0), lose(99)}, 21},
		{"a later one does", []func(*Congestion){answer(10), lose(0), lose(100)}, 10},
		{"something is left", []func(*Congestion){lose(0), lose(100), lose(200), lose(300), lose(400), lose(500), lose(600)}, 2},
		{"then a window of answers makes room for one", []func(*Congestion){lose(0), answer(15)}, 16},
		{"and not before", []func(*Congestion){lose(0), answer(16)}, 17},
		{"and so on", []func(*Congestion){lose(0), answer(16 + 17 + 18)}, 19},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w Congestion
			for _, step := range c.steps {
				step(&w)
			}
			if got := w.Window(); got != c.want {
				t.Errorf("window %d, want %d", got, c.want)
			}
		})
	}
}
