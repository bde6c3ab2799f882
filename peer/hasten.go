package peer

import "time"

// hasten tries what the server left unanswered for more than so many tries again: it is there.
func (c *Core) hasten(now time.Time, tries uint8) {
	for _, l := range c.outbox.order {
		c.hastenLane(now, l, tries)
	}
}

func (c *Core) hastenLane(now time.Time, l *lane, tries uint8) {
	for _, p := range l.parts {
		if p.state == depositing && !p.skipped && c.outbox.deposits.Tries(p) > tries {
			c.outbox.deposits.Hasten(now, p)
		}
	}
}

// Lost notes that the server has lost the session (protocol.md §13.8): what is on its way to it in that comes again at once, in a new one.
func (c *Core) Lost(now time.Time) {
	c.amiss = true
	c.hasten(now, 0)
	if c.phase == registering || c.phase == leaving {
		c.requests.Hasten(now, c.request)
	}
	c.requests.Hasten(now, find)
}

// follow tries those posts again that came to the server too early, up to the first one that it has not refused.
func (c *Core) follow(now time.Time, l *lane) {
	for _, p := range l.parts {
		switch {
		case p.state == done:
		case !p.skipped:
			return
		default:
			p.skipped = false
			c.outbox.deposits.Hasten(now, p)
		}
	}
}

// hastenRegistration tries a registration that the server left unanswered for long again: it is there.
func (c *Core) hastenRegistration(now time.Time) {
	if c.requests.Tries(c.request) > directTries && now.Sub(c.asked) >= c.cfg.AckTimeout {
		c.requests.Hasten(now, c.request)
	}
}
