package server

import (
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// ending is the end of mail of one sender for one recipient, as it will be written. Answers that come in a row end in one: each costs less than
// a record of its own.
type ending struct {
	at     int // in Effects.Commits
	change store.Take
}

// joins adds what another answer ends, if its marks have all that those before it have, as they do unless the network exchanged the two.
func (e *ending) joins(c store.Take) bool {
	a, b := &e.change.Marks, &c.Marks
	if e.change.To != c.To || e.change.From != c.From || e.change.Refused || c.Refused || a.Epoch != b.Epoch || a.ToEpoch != b.ToEpoch || !b.Covers(*a) {
		return false
	}
	e.change.Marks, e.change.Orders = c.Marks, append(e.change.Orders, c.Orders...)
	return true
}

// endMail commits that mail is taken, together with what was before it in this turn: between them nothing but other ends is committed. The sender is
// told when that is on disk.
func (c *Core) endMail(change store.Take) {
	for _, e := range c.endings {
		if e.joins(change) {
			c.fx.Commits[e.at].Change = e.change
			return
		}
	}
	e, row := &ending{len(c.fx.Commits), change}, c.endings
	c.commitFor(c.clients.Get(wire.Key(change.To)), change, func(now time.Time, _ store.Result) {
		if e.change.Refused {
			return
		}
		sender := c.clients.Get(wire.Key(e.change.From))
		if sender != nil && sender.session != nil && sender.session.sure {
			c.owe(now, sender, wire.Key(e.change.To), wireMarks(e.change.Marks))
		}
	})
	if len(row) < maxEndings {
		c.endings = row
	}
	c.endings = append(c.endings, e)
}

// maxEndings is how many of a turn others may join: senders to a recipient come in turns.
const maxEndings = 32
