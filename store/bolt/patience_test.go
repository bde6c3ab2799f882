package bolt

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// patients is a committer of numbers, of which nobody waits for those below 0, and that says which groups it wrote.
func patients(t *testing.T, patience time.Duration) (c *committer[int, error], groups *[][]int) {
	groups = new([][]int)
	c = gate(t, func(group []int, _ bool) (fate, error) {
		*groups = append(*groups, group)
		return isDone, nil
	})
	c.patience, c.patient = patience, func(n int) bool { return n < 0 }
	return c, groups
}

func TestWhatNobodyWaitsForGoesWithTheNextChange(t *testing.T) {
	c, groups := patients(t, time.Hour)
	done := make(chan int, 3)
	for _, n := range []int{-1, -2, 3} {
		c.submit(n, func(error, error) { done <- n })
	}
	for _, want := range []int{-1, -2, 3} {
		if got := <-done; got != want {
			t.Errorf("answered %d, not %d", got, want)
		}
	}
	if !slices.EqualFunc(*groups, [][]int{{-1, -2, 3}}, slices.Equal) {
		t.Errorf("groups %v", *groups)
	}
}

func TestWhatNobodyWaitsForGoesByItselfAfterAWhile(t *testing.T) {
	c, groups := patients(t, time.Millisecond)
	done := make(chan error)
	for range 3 { // each with a wait of its own
		c.submit(-1, func(_, err error) { done <- err })
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if len(*groups) != 3 {
		t.Errorf("groups %v", *groups)
	}
}

// The timer that ran for what was written with a change that somebody waited for is not that of what comes later.
func TestPatienceIsOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, groups := patients(t, patience)
		done := make(chan error, 3)
		submit := func(n int) { c.submit(n, func(_, err error) { done <- err }) }
		submit(-1)
		submit(2)
		_, _ = <-done, <-done // they can't fail
		time.Sleep(patience * 4 / 5)
		begin := time.Now()
		submit(-3)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(begin); d < patience || d > 2*patience || len(*groups) != 2 {
			t.Errorf("it waited for %v, groups %v", d, *groups)
		}
	})
}

func TestWhatNobodyWaitsForIsWrittenAtTheEnd(t *testing.T) {
	c, groups := patients(t, time.Hour)
	done := make(chan error, 1)
	c.submit(-1, func(_, err error) { done <- err })
	c.close()
	if err := <-done; err != nil || len(*groups) != 1 {
		t.Errorf("groups %v, error %v", *groups, err)
	}
}

// A group gathers toward those of the last one that somebody waited for: the others do not come when they are waited for.
func TestAGroupGathersTowardWhatIsWaitedFor(t *testing.T) {
	c, _ := patients(t, time.Hour)
	for range 5 {
		c.submit(-1, func(error, error) {})
	}
	for _, n := range []int{1, 2} { // the second one is alone, and goes at once
		done := make(chan error)
		c.submit(n, func(_, err error) { done <- err })
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	c.close()
	if c.last != 1 {
		t.Errorf("it gathers toward %d", c.last)
	}
}
