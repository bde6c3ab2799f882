package bolt

import (
	"time"

	"udpchat/store"
)

// submit never waits for the disk.
func (c *committer[C, R]) submit(change C, done func(R, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		c.refuse(func() { var none R; done(none, store.ErrClosed) })
		return
	}
	c.queue = append(c.queue, job[C, R]{change: change, done: done})
	switch {
	case !c.waits(change):
		if c.urgent++; c.urgent >= c.want {
			c.nudge()
		}
	case !c.resting:
		c.rest()
	}
}

// rest lets what is patient wait. A timer that began for what is written by now begins again: one for each of them would cost more.
func (c *committer[C, R]) rest() {
	c.resting, c.took = true, false
	time.AfterFunc(c.patience, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.resting = false
		switch {
		case len(c.queue) == c.urgent:
		case c.took:
			c.rest()
		default:
			c.rested = true
			c.nudge()
		}
	})
}

// waits tells whether nobody waits for a change, so that it can.
func (c *committer[C, R]) waits(change C) bool { return c.patient != nil && c.patient(change) }

func (c *committer[C, R]) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// gather waits until n changes are queued that somebody waits for, one that nobody waits for has waited long enough, or the store closes;
// false when the time is up before.
func (c *committer[C, R]) gather(n int, timeUp <-chan time.Time) bool {
	for {
		c.mu.Lock()
		c.want = n
		enough := c.urgent >= n || c.rested || c.closing
		c.mu.Unlock()
		if enough {
			return true
		}
		select {
		case <-c.wake:
		case <-timeUp:
			return false
		}
	}
}

func (c *committer[C, R]) gatherFor(n int, timer *time.Timer, d time.Duration) bool {
	timer.Reset(d)
	defer timer.Stop()
	return c.gather(n, timer.C)
}

func (c *committer[C, R]) take() (group []job[C, R], closing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = true
	if c.urgent > 0 { // else this says nothing of the next group
		c.last = min(c.urgent, maxGroup)
	}
	group = c.queue
	if len(group) <= maxGroup {
		c.queue, c.urgent, c.rested = nil, 0, false
		return group, c.closing
	}
	group, c.queue, c.urgent = group[:maxGroup:maxGroup], group[maxGroup:], 0
	for i := range c.queue {
		if !c.waits(c.queue[i].change) {
			c.urgent++
		}
	}
	return group, c.closing
}

// refuse answers, in order, from a goroutine that lives as long as there is something to answer.
func (c *committer[C, R]) refuse(answer func()) {
	if c.late = append(c.late, answer); len(c.late) > 1 {
		return
	}
	go func() {
		<-c.finished
		for c.mu.Lock(); len(c.late) > 0; c.mu.Lock() {
			first := c.late[0]
			c.mu.Unlock()
			first()
			c.mu.Lock()
			c.late = c.late[1:]
			c.mu.Unlock()
		}
		c.mu.Unlock()
	}()
}
