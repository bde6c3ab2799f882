package wire

import (
	"testing"
	"time"
)

func TestCongestion(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	answer := func(times int) func(c *Congestion) {
		return func(c *Congestion) {
			for range times {
				c.Acked(1, c.Window())
			}
		}
	}
	lose := func(left, ms int) func(c *Congestion) {
		return func(c *Congestion) { c.Lost(at(ms), at(left)) }
	}
	for _, c := range []struct {
		name  string
		steps []func(c *Congestion)
		want  int
	}{
		{"at first", nil, 32},
		{"each answer makes room for one more", []func(*Congestion){answer(10)}, 42},
		{"half of what a recipient has room for", []func(*Congestion){answer(10000)}, 512},
		{"what is not used does not grow", []func(*Congestion){func(c *Congestion) { c.Acked(100, 31) }}, 32},
		{"a loss halves it", []func(*Congestion){answer(10), lose(0, 50)}, 21},
		{"another that had left before does not", []func(*Congestion){answer(10), lose(0, 50), lose(50, 99)}, 21},
		{"one that left since does", []func(*Congestion){answer(10), lose(0, 50), lose(51, 99)}, 10},
		{"something is left", []func(*Congestion){lose(0, 1), lose(2, 3), lose(4, 5), lose(6, 7), lose(8, 9), lose(10, 11), lose(12, 13)}, 2},
		{"then a window of answers makes room for one", []func(*Congestion){lose(0, 50), answer(15)}, 16},
		{"and not before", []func(*Congestion){lose(0, 50), answer(16)}, 17},
		{"and so on", []func(*Congestion){lose(0, 50), answer(16 + 17 + 18)}, 19},
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
