package main

import (
	"errors"
	"fmt"
	"time"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
)

const (
	// away is how long a message must have been held for its reader to count as away.
	away = time.Minute
	// unreadQuiet is how long nothing more comes when all that was held has come, and unreadWait how long it is waited for at most.
	unreadQuiet = 250 * time.Millisecond
	unreadWait  = 3 * time.Second
	// unreadMost is how many messages are gathered before they are shown; more follow as they come.
	unreadMost = 1000
)

// unread gathers the messages that came while one was away, so that their number stands before them. What came and was not shown is
// not noted as shown. The zero value holds nothing.
type unread struct {
	held       []peer.Arrived
	began, due time.Time
}

// takes tells whether an arrival is gathered: the first one that was held for long begins it, and whatever else was held goes on.
func (u *unread) takes(now time.Time, a peer.Arrived) bool {
	if !a.Mail || len(u.held) == 0 && heldFor(now, a) < away {
		return false
	}
	if len(u.held) == 0 {
		u.began = now
	}
	u.held = append(u.held, a)
	u.due = now.Add(unreadQuiet)
	if limit := u.began.Add(unreadWait); u.due.After(limit) {
		u.due = limit
	}
	if len(u.held) >= unreadMost {
		u.due = now
	}
	return true
}

// wait is how long until what was gathered is shown; false when there is nothing.
func (u *unread) wait(now time.Time) (time.Duration, bool) {
	return max(0, u.due.Sub(now)), len(u.held) > 0
}

// take gives what was gathered, and gathers anew.
func (u *unread) take() []peer.Arrived {
	held := u.held
	u.held = nil
	return held
}

// rule stands above unread messages.
func rule(n int) string {
	if n >= unreadMost {
		return fmt.Sprintf("── %d unread, and more ──", n)
	}
	return fmt.Sprintf("── %d unread ──", n)
}

// heldFor is how long ago a message was typed, by two clocks.
func heldFor(now time.Time, a peer.Arrived) time.Duration {
	return max(0, now.Sub(time.UnixMicro(a.Time)))
}

// heldLine says how long a message was held, before its line; nothing when nobody was away.
func heldLine(now time.Time, a peer.Arrived) string {
	d := heldFor(now, a)
	if !a.Mail || d < away {
		return ""
	}
	return "(held " + wording.About(d) + ") "
}

// arrived shows a message, or gathers it with those that came while the user was away.
func (c *chat) arrived(a peer.Arrived) error {
	now := time.Now()
	if c.atPrompt() && c.unread.takes(now, a) {
		return nil
	}
	if err := c.showUnread(); err != nil {
		return err
	}
	return c.show(now, a)
}

// atPrompt tells whether lines are printed above a prompt, for people.
func (c *chat) atPrompt() bool {
	_, ok := c.screen.(*prompted)
	return ok
}

// showUnread shows what was gathered.
func (c *chat) showUnread() error {
	now, held := time.Now(), c.unread.take()
	if len(held) > 1 {
		if err := c.print(rule(len(held))); err != nil {
			return err
		}
	}
	for _, a := range held {
		if err := c.show(now, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *chat) show(now time.Time, a peer.Arrived) error {
	before := ""
	if c.atPrompt() {
		before = heldLine(now, a)
	}
	prints := c.session.prints
	noted := prints.begin(a.Line)
	if err := c.tell(a, before); err != nil {
		return err
	}
	if _, full := c.screen.(*fullScreen); !full && c.session.hub.Printed(a.Line) { // it says itself what was looked at
		noted = errors.Join(noted, prints.end(a.Line))
	}
	if noted != nil {
		c.log.Warn("lines may bear the mark of a repetition needlessly", "err", noted)
	}
	return nil
}

// gathered ends the wait for further messages; stop lets go of it.
func (c *chat) gathered() (end <-chan time.Time, stop func()) {
	d, ok := c.unread.wait(time.Now())
	if !ok {
		return nil, func() {}
	}
	timer := time.NewTimer(d)
	return timer.C, func() { timer.Stop() }
}
