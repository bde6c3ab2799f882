package peer

import (
	"time"

	"udpchat/wire"
)

// goneDelay is how long the answer to Gone waits, so that a program that is killed before its user can have read of it is told again.
const goneDelay = 250 * time.Millisecond

// gone: posts went from the server's log which this client may not have had (protocol.md §11.4). The user is told once.
func (c *Core) gone(now time.Time, m *wire.Gone) {
	if m.Store != c.store || !c.gave(m.Order) || !c.listening() {
		return
	}
	st := c.inbox.stream(c.store)
	switch {
	case m.Order > st.gone:
		st.gone, c.inbox.goneDue = m.Order, now.Add(goneDelay)
		c.inbox.told++
		c.tell(PostsGone{})
	case c.inbox.goneDue.IsZero():
		c.answerBy(st, m.Order)
	}
}

// tickGone answers when it is time.
func (c *Core) tickGone(now time.Time) {
	if due := c.inbox.goneDue; !due.IsZero() && !now.Before(due) {
		c.endGone()
	}
}

// endGone gives the answer that waits, if any does.
func (c *Core) endGone() {
	waits := !c.inbox.goneDue.IsZero()
	c.inbox.goneDue = time.Time{}
	if st := c.inbox.streams[c.store]; waits && st != nil && st.gone > 0 && c.listening() {
		c.answerBy(st, st.gone)
	}
}

// explains tells whether posts of an author are missing since they went from a server's log, which was told: that is so with the first gap
// after it.
func (b *inbox) explains(a *author) bool {
	if b.told <= a.told {
		return false
	}
	a.told = b.told
	return true
}
