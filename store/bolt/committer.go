package bolt

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

const (
	// gatherTime is how long a group waits for company. An fsync takes about as long (0.15 to 0.3 ms measured).
	gatherTime = 300 * time.Microsecond
	// patience is how long a change waits that nobody waits for, at least, and at most twice as long.
	patience = 5 * time.Millisecond
	// maxGroup bounds a transaction's memory, and how long the first of a group waits for the last.
	maxGroup = 1024
	// roomPause is how often room is looked for when a change waits for it.
	roomPause = 250 * time.Millisecond
	// catchUpTime is how long nothing has to come until the database gets what only the log has.
	catchUpTime = 200 * time.Millisecond
)

// job is a change on its way.
type job[C, R any] struct {
	change C
	result R
	fate   fate
	done   func(R, error)
}

// fate is what came of a change (store/full.go).
type fate uint8

const (
	isDone    fate = iota
	isRefused      // there was no room: it did not happen, its result says so
	mustWait       // there was no room: it is tried again, before what comes later
)

// committer turns a queue of changes into transactions: one goroutine, one transaction for all that waits. A change that is
// alone is committed at once; else the group gathers toward the last one's size. bbolt's own Batch waits 10 ms by default and
// is 15 to 20 times slower (measured). What nobody waits for causes no transaction of its own while there are others.
type committer[C, R any] struct {
	file   *file
	apply  func(tx *bbolt.Tx, group []job[C, R], tight bool) error
	growth func(C) int64 // bytes by which a change that takes something in makes the file longer, about

	// patient tells of a change that nobody waits for: it goes with the next one that somebody waits for, or when patience has
	// passed. Nil: there is none.
	patient  func(C) bool
	patience time.Duration
	idle     time.Duration // catchUpTime, but for tests

	mu      sync.Mutex
	queue   []job[C, R]
	urgent  int           // in the queue, that somebody waits for
	want    int           // how many of those are worth a wake-up
	wake    chan struct{} // holds at most one
	rested  bool          // what is patient has waited long enough
	resting bool          // a timer runs until then
	took    bool          // a group was taken since it began to
	closing bool
	late    []func() // submitted after Close

	crowded func(waits bool) // optional

	finished chan struct{}

	// Owned by run.
	failed  error
	waiting []job[C, R] // for room, in order
	stuck   bool        // in this round not even the reserve was left
	told    bool        // crowded knows that some wait
	last    int         // changes in the last group that somebody waited for
}

func newCommitter[C, R any](f *file, apply func(tx *bbolt.Tx, group []job[C, R], tight bool) error, growth func(C) int64) *committer[C, R] {
	c := &committer[C, R]{file: f, apply: apply, growth: growth, patience: patience, idle: catchUpTime, want: 1, wake: make(chan struct{}, 1), finished: make(chan struct{})}
	go c.run() // close waits for it
	return c
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
	for {
		switch {
		case len(c.waiting) > 0:
			c.gatherFor(1, timer, roomPause)
		case !c.file.isAhead():
			c.gather(1, nil)
		case !c.gatherFor(1, timer, c.idle):
			c.failed = c.file.catchUp()
			continue
		}
		if c.last > 1 {
			c.gatherFor(c.last, timer, gatherTime)
		}
		group, closing := c.take()
		if len(group) == 0 && (closing || len(c.waiting) == 0) {
			c.dismiss()
			return
		}
		c.round(group)
	}
}

// round commits what waited for room and what is new.
func (c *committer[C, R]) round(group []job[C, R]) {
	group = append(c.waiting, group...)
	c.waiting, c.stuck = nil, false
	c.commit(group)
	if waits := len(c.waiting) > 0; waits != c.told {
		c.told = waits
		c.mu.Lock()
		tell := c.crowded
		c.mu.Unlock()
		if tell != nil {
			tell(waits)
		}
	}
}

func (c *committer[C, R]) whenCrowded(f func(waits bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.crowded = f
}

// dismiss answers what still waits for room when the store closes.
func (c *committer[C, R]) dismiss() {
	for _, j := range c.waiting {
		var none R
		j.done(none, fmt.Errorf("write %s: %w", c.file.path, store.ErrFull))
	}
}

// commit applies a group and answers it. When there was no room for it, its halves are tried, down to a single change. After any
// other error the state of the file is unknown: it is not touched again, and the error is everyone's answer. A failed fsync in
// particular is never retried: the kernel may have dropped the pages.
func (c *committer[C, R]) commit(group []job[C, R]) {
	if c.failed != nil {
		c.answer(group)
		return
	}
	if c.stuck {
		c.judge(group)
		return
	}
	// What comes after a change that waits must not use room that it did not find: a Receive's marks name those before it.
	tight := len(c.waiting) > 0
	err := c.write(group, &tight)
	if errors.Is(err, store.ErrFull) && len(group) > 1 {
		half := len(group) / 2
		c.commit(group[:half])
		c.commit(group[half:])
		return
	}
	if errors.Is(err, store.ErrFull) && !tight {
		tight = true
		err = c.write(group, &tight)
	}
	if errors.Is(err, store.ErrFull) {
		c.stuck = true
		c.judge(group)
		return
	}
	c.failed = err
	c.answer(group)
}

// write is one transaction. It says in tight whether there was no room for anything new. A group that has no room while a smaller
// one may have is not tried.
func (c *committer[C, R]) write(group []job[C, R], tight *bool) error {
	growth := int64(0)
	for i := range group {
		growth += c.growth(group[i].change)
	}
	return c.file.update(growth, func(tx *bbolt.Tx, r room) error {
		if r == roomForLess && len(group) > 1 && !*tight {
			return store.ErrFull
		}
		*tight = *tight || r != roomForAll
		return c.apply(tx, group, *tight)
	})
}

// judge answers what is refused anyway and lets the rest of a group wait.
func (c *committer[C, R]) judge(group []job[C, R]) {
	c.failed = c.file.rehearse(func(tx *bbolt.Tx) error { return c.apply(tx, group, true) })
	for i := range group {
		if group[i].fate != isRefused {
			group[i].fate = mustWait
		}
	}
	c.answer(group)
}

// answer tells a group what came of it.
func (c *committer[C, R]) answer(group []job[C, R]) {
	for i := range group {
		switch {
		case c.failed != nil:
			var none R
			group[i].done(none, c.failed)
		case group[i].fate == mustWait:
			c.waiting = append(c.waiting, group[i])
		default:
			group[i].done(group[i].result, nil)
		}
		group[i] = job[C, R]{} // a large queue's bodies go as they are answered
	}
}
