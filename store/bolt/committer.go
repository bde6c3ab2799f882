package bolt

import (
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

const (
	// gatherTime is how long a group waits for company. An fsync takes about as long (0.15 to 0.3 ms measured).
	gatherTime = 300 * time.Microsecond
	// maxGroup bounds a transaction's memory, and how long the first of a group waits for the last.
	maxGroup = 1024
)

// job is a change on its way.
type job[C, R any] struct {
	change C
	result R
	done   func(R, error)
}

// committer turns a queue of changes into transactions: one goroutine, one transaction for all that waits. A change that is
// alone is committed at once; else the group gathers toward the last one's size. bbolt's own Batch waits 10 ms by default and
// is 15 to 20 times slower (measured).
type committer[C, R any] struct {
	file  *file
	apply func(tx *bbolt.Tx, group []job[C, R]) error

	mu      sync.Mutex
	queue   []job[C, R]
	want    int           // how many in the queue are worth a wake-up
	wake    chan struct{} // holds at most one
	closing bool
	late    []func() // submitted after Close

	finished chan struct{}
	failed   error // owned by run
}

func newCommitter[C, R any](f *file, apply func(tx *bbolt.Tx, group []job[C, R]) error) *committer[C, R] {
	c := &committer[C, R]{file: f, apply: apply, want: 1, wake: make(chan struct{}, 1), finished: make(chan struct{})}
	go c.run() // close waits for it
	return c
}

// submit never waits for the disk.
func (c *committer[C, R]) submit(change C, done func(R, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		c.refuse(func() { var none R; done(none, store.ErrClosed) })
		return
	}
	c.queue = append(c.queue, job[C, R]{change: change, done: done})
	if len(c.queue) >= c.want {
		c.nudge()
	}
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

func (c *committer[C, R]) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// close waits until everything that was submitted has its answer. It must not be called from a done.
func (c *committer[C, R]) close() {
	c.mu.Lock()
	c.closing = true
	c.nudge()
	c.mu.Unlock()
	<-c.finished
}

func (c *committer[C, R]) run() {
	defer close(c.finished)
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	last := 1
	for {
		c.gather(1, nil)
		if last > 1 {
			timer.Reset(gatherTime)
			c.gather(last, timer.C)
			timer.Stop()
		}
		group := c.take()
		if len(group) == 0 {
			return
		}
		last = len(group)
		c.commit(group)
	}
}

// gather waits until n changes are queued, the time is up, or the store closes.
func (c *committer[C, R]) gather(n int, timeUp <-chan time.Time) {
	for {
		c.mu.Lock()
		c.want = n
		enough := len(c.queue) >= n || c.closing
		c.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-c.wake:
		case <-timeUp:
			return
		}
	}
}

func (c *committer[C, R]) take() []job[C, R] {
	c.mu.Lock()
	defer c.mu.Unlock()
	group := c.queue
	if len(group) <= maxGroup {
		c.queue = nil
		return group
	}
	c.queue = group[maxGroup:]
	return group[:maxGroup:maxGroup]
}

// commit applies a group and answers it. After an error the state of the file is unknown: it is not touched again, and the
// error is everyone's answer. A failed fsync in particular is never retried: the kernel may have dropped the pages.
func (c *committer[C, R]) commit(group []job[C, R]) {
	if c.failed == nil {
		c.failed = c.file.update(func(tx *bbolt.Tx) error { return c.apply(tx, group) })
	}
	for i := range group {
		if c.failed != nil {
			var none R
			group[i].result = none
		}
		group[i].done(group[i].result, c.failed)
		group[i] = job[C, R]{} // a large queue's bodies go as they are answered
	}
}
