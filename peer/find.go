package peer

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/name"
)

// finding is a command that waits for the row of a name.
type finding struct {
	name    string
	command func(now time.Time, to *contact)
}

// knowing carries out a command that needs someone's row. A name that the table lacks may have registered just now: the server is
// asked before the command is told that nobody has it (protocol.md §8.9). Later commands wait.
func (c *Core) knowing(now time.Time, n string, command func(now time.Time, to *contact)) {
	n = c.spelled(n)
	to := c.roster.named(n)
	if to != nil || c.phase != ready || wire.CheckName(n) != nil || c.cfg.Broken == UnaskedName {
		command(now, to)
		return
	}
	c.finding = &finding{n, command}
	c.find(now)
}

// spelled gives a name as its owner writes it, where somebody is known who has it in other upper and lower case.
func (c *Core) spelled(n string) string {
	if c.roster.named(n) != nil {
		return n
	}
	same, found := name.Same(n), ""
	for _, k := range c.roster.contacts {
		if k.folded == same && (found == "" || k.name < found) { // one at most, but for names from before there were rules
			found = k.name
		}
	}
	if k, ok := c.book.pinned[same]; ok && found == "" {
		found = c.book.entry(k).Name
	}
	if found == "" {
		return n
	}
	return found
}

// find asks for the row that a command waits for, if one does.
func (c *Core) find(now time.Time) {
	if c.finding != nil {
		c.requests.Drop(find)
		c.requests.Track(now, find, c.urgent())
		c.sendRequest(now, find)
	}
}

// named: the server tells of a name: it was asked, or there are so many clients that it tells of those that concern this one, and of no
// others (protocol.md §8.12).
func (c *Core) named(now time.Time, m *wire.Named) {
	asked := c.finding != nil && m.Name == c.finding.name
	if c.phase != ready && c.phase != loading && !asked {
		return
	}
	for _, row := range m.Rows {
		c.roster.apply(now, c, row, false)
	}
	if asked {
		c.foundName(now)
		c.resume(now)
		return
	}
	if c.phase == ready && len(c.roster.changed) > 0 {
		c.tell(c.roster.table(c.cfg.Server.Remote, false))
	}
	c.inbox.release(now, c)
}

// foundName carries out the command that waited for a name, with what is known of it now.
func (c *Core) foundName(now time.Time) {
	if f := c.finding; f != nil {
		c.forgetFind()
		f.command(now, c.roster.named(f.name))
	}
}

func (c *Core) forgetFind() {
	c.finding = nil
	c.requests.Drop(find)
}
