package sim

import (
	"fmt"
	"slices"
	"time"
)

// Spread is a set of durations.
type Spread []time.Duration

func (s *Spread) add(d time.Duration) { *s = append(*s, d) }

// String gives its size, median, tail and maximum.
func (s Spread) String() string {
	if len(s) == 0 {
		return "none"
	}
	sorted := Spread(slices.Sorted(slices.Values(s)))
	at := func(p float64) time.Duration { return sorted.ranked(p).Round(time.Millisecond) }
	return fmt.Sprintf("%d: median %v, 90 %% %v, 99 %% %v, 99.9 %% %v, max %v", len(s), at(.5), at(.9), at(.99), at(.999), at(1))
}

// Above counts what is longer than d.
func (s Spread) Above(d time.Duration) int {
	n := 0
	for _, x := range s {
		if x > d {
			n++
		}
	}
	return n
}

// At is what a share of them does not exceed.
func (s Spread) At(p float64) time.Duration { return Spread(slices.Sorted(slices.Values(s))).ranked(p) }

func (s Spread) ranked(p float64) time.Duration { return s[int(p*float64(len(s)-1))] }
