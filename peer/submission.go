package peer

import (
	"errors"
	"fmt"
	"time"

	"udpchat/store"
)

// submission is a commit on its way through the store. It is used again, and so are the functions in it: a commit costs none.
type submission struct {
	client         *Client
	commit         Commit
	answer         func(err error)
	done, withdraw func(now time.Time)
}

// submit gives a commit to the store. Only the loop may call it.
func (c *Client) submit(m Commit) {
	x := spare(&c.submissions)
	if x.client == nil {
		x.client, x.answer, x.done, x.withdraw = c, x.answered, x.durable, x.refused
	}
	x.commit = m
	c.written.submit()
	c.profile.Submit(m.Change, x.answer)
}

// answered is called by the store. The loop may use x again as soon as it has what is put.
func (x *submission) answered(err error) {
	c := x.client
	defer c.written.answer()
	switch {
	case err == nil:
		c.loop.Events.Put(x.done)
	case !errors.Is(err, store.ErrFull):
		c.loop.Fail(fmt.Errorf("write profile: %w", err))
	case x.commit.Refusable(): // else the profile was closed while this waited for room
		c.loop.Events.Put(x.withdraw)
	}
}

func (x *submission) durable(now time.Time) { x.over().Done(now) }
func (x *submission) refused(now time.Time) { x.over().Refused(now) }

// over leaves x to be used again.
func (x *submission) over() Commit {
	m := x.commit
	x.commit = Commit{}
	keep(&x.client.submissions, x)
	return m
}
