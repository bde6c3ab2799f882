package peer

import (
	"time"
	"unicode/utf8"

	"udpchat/wire"
)

// do carries a command out now, or once the registration, deregistration or look-up of a name on its way is over: commands are acted
// on in order, and after the first table has come.
func (c *Core) do(now time.Time, command func(now time.Time)) {
	if c.mustWait() {
		if c.commands = append(c.commands, command); len(c.commands) == 1 && c.phase == registering && !c.typed {
			c.track(now) // someone waits for it now
		}
		c.press()
		return
	}
	command(now)
}

// mustWait tells whether a command can't be carried out yet.
func (c *Core) mustWait() bool { return c.busy() || len(c.commands) > 0 }

// busy tells whether the client is between two states, or asks for a name.
func (c *Core) busy() bool {
	return c.phase == registering || c.phase == loading || c.phase == leaving || c.finding != nil
}

// resume carries out the commands that waited.
func (c *Core) resume(now time.Time) {
	for len(c.commands) > 0 && !c.busy() {
		command := c.commands[0]
		c.commands = c.commands[1:]
		command(now)
	}
}

// Register asks the server to take one's name, again if it has it already.
func (c *Core) Register(now time.Time) {
	c.do(now, func(now time.Time) {
		c.welcomed = false
		c.register(now, true)
	})
}

// Deregister leaves, if the name is one's own.
func (c *Core) Deregister(now time.Time, name string) {
	c.do(now, func(now time.Time) {
		switch {
		case name != c.cfg.Name:
			c.tell(NotYours{Name: name})
		case c.phase == left:
			c.tell(NotRegistered{})
		default:
			c.deregister(now)
		}
	})
}

// Send takes a text for someone into the outbox.
func (c *Core) Send(now time.Time, to, text string) { c.SendAs(now, 0, to, text) }

// SendAs is Send under a number of the caller's: Accepted, or what says why it was not, bears it.
func (c *Core) SendAs(now time.Time, ref uint64, to, text string) {
	if contact := c.roster.named(to); contact != nil && !c.mustWait() { // it is so nearly always
		c.sendTo(now, ref, to, contact, text)
		return
	}
	c.do(now, func(now time.Time) {
		c.knowing(now, to, func(now time.Time, contact *contact) { c.sendTo(now, ref, to, contact, text) })
	})
}

// sendTo takes a text for the one who has a name, if anybody has.
func (c *Core) sendTo(now time.Time, ref uint64, name string, to *contact, text string) {
	switch {
	case c.phase == left:
		c.tell(NotRegistered{Ref: ref})
		return
	case to == nil:
		c.tell(UnknownPeer{Ref: ref, Name: name})
		return
	}
	if c.meet(to) {
		old, _ := c.book.other(to)
		c.tell(Blocked{Ref: ref, Name: name, Old: old, New: to.key})
		return
	}
	c.accept(now, ref, to.key, to.epoch, text)
}

// SendAll takes a text for the channel into the outbox.
func (c *Core) SendAll(now time.Time, text string) { c.SendAllAs(now, 0, text) }

// SendAllAs is SendAll under a number of the caller's.
func (c *Core) SendAllAs(now time.Time, ref uint64, text string) {
	c.do(now, func(now time.Time) {
		if c.phase == left {
			c.tell(NotRegistered{Ref: ref})
			return
		}
		c.accept(now, ref, wire.Channel, 0, text)
	})
}

// fit tells the user why a text can't be sent. Nothing is ever cut off.
func (c *Core) fit(ref uint64, text string) bool {
	switch {
	case len(text) > c.limit:
		c.tell(TooLong{Ref: ref, Bytes: len(text), Limit: c.limit})
	case !utf8.ValidString(text):
		c.tell(BadText{Ref: ref, Why: "it is not valid UTF-8"})
	case text == "":
		c.tell(BadText{Ref: ref, Why: "it is empty"})
	default:
		return true
	}
	return false
}

// Peers shows the client table.
func (c *Core) Peers(now time.Time) {
	c.do(now, func(time.Time) {
		t := c.roster.table(c.cfg.Server.Remote, true)
		t.Asked = true
		c.tell(t)
	})
}

// Note gives a line of the front end's back, in its place among the commands.
func (c *Core) Note(now time.Time, text string) {
	c.do(now, func(time.Time) { c.tell(Noted{Text: text}) })
}

// Drain gives the notice Drained once every text is delivered, stored, or refused for now.
func (c *Core) Drain(now time.Time) {
	c.do(now, func(now time.Time) {
		c.draining = true
		c.urge(now)
		c.leaveWhenDecided(now)
	})
}

// Quit deregisters and gives the notice Quit. What was typed just before has until the mailbox had its chance.
func (c *Core) Quit(now time.Time) {
	c.do(now, func(now time.Time) {
		c.quitting = true
		c.quitBy = now.Add(2 * c.cfg.AckTimeout)
		c.leaveWhenDecided(now)
	})
}

// leaveWhenDecided ends a drain, or begins the leaving that Quit asked for.
func (c *Core) leaveWhenDecided(now time.Time) {
	if !c.draining && !c.quitting {
		return
	}
	open := c.outbox.waits()
	if c.phase == left { // who left sends nothing any more, and hears what became of each typed text at first
		open = c.outbox.accepting()
	}
	if c.draining && !open {
		c.draining = false
		c.tell(Drained(c.outbox.undecided()))
	}
	if !c.quitting || open && now.Before(c.quitBy) && (c.phase == ready || c.phase == left) {
		return
	}
	switch c.phase {
	case ready:
		c.deregister(now)
	case left:
		c.quitting = false
		c.tell(Quit(c.outbox.undecided()))
	}
}
