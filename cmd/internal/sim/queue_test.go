package sim

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Events come out by their times, and those of one time as they were put, also where hundreds wait.
func TestQueue(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 0))
		var q queue
		for i := range r.IntN(3000) {
			q.put(event{at: time.Duration(i) * time.Microsecond})
		}
		var last event
		for n, most := 0, 5+r.IntN(3000); n < 10_000; n++ {
			if len(q.heap) == 0 || len(q.heap) < most && r.IntN(2) == 0 {
				q.put(event{at: last.at + time.Duration(r.IntN(100_000))})
				continue
			}
			e := q.next()
			if e.before(&last) {
				t.Fatalf("seed %d, step %d: %v comes after %v", seed, n, e.at, last.at)
			}
			last = e
		}
	}
}
