package link

import "testing"

// The room that a burst took is let go when it is over, and what goes steadily takes no new one.
func TestQueueAfterABurst(t *testing.T) {
	q := NewQueue[int]()
	sum, n := 0, 0
	count := func(items []int) {
		for _, i := range items {
			sum += i
			n++
		}
	}
	burst := func(size int) {
		for i := range size {
			q.Put(i)
		}
		q.serve(count)
	}
	for range 3 {
		burst(50_000)
	}
	if n != 150_000 || sum != 3*50_000*49_999/2 {
		t.Fatalf("%d came, in all %d", n, sum)
	}
	for range 4 {
		burst(1)
	}
	if room := cap(q.items) + cap(q.spare); room > 2*maxSpare {
		t.Errorf("there is room for %d when nothing waits", room)
	}
	for _, size := range []int{1, maxSpare, 50_000} {
		for range 4 {
			burst(size)
		}
		if a := testing.AllocsPerRun(10, func() { burst(size) }); a > 0 {
			t.Errorf("%d at a time: %v allocations", size, a)
		}
	}
}
