package peer

// MaxUndecided is how many parts of typed texts, and commands that wait for a registration, a client has under way before whoever types
// should wait (Client.Full). Each is up to 880 bytes, and about as much again.
const MaxUndecided = 4096

// press tells when too much is under way, once: until half of it is delivered, or is the server's. Then it tells that.
func (c *Core) press() {
	n := len(c.commands)
	var most *lane
	for _, l := range c.outbox.order {
		if n += l.pressing(); most == nil || l.pressing() > most.pressing() {
			most = l
		}
	}
	switch {
	case n >= MaxUndecided && !c.full && c.phase != left:
		told := OutboxFull{Again: c.pressed}
		if most != nil && most.pressing() > len(c.commands) {
			var waits undecided
			waits.count(most)
			told.To, told.Waiting = c.roster.name(most.to), waits.Kept+waits.Unknown
		}
		c.full, c.pressed = true, c.pressed || told.Waiting > 0
		c.tell(told)
	case c.full && (n <= MaxUndecided/2 || c.phase == left):
		c.full = false
		c.tell(OutboxRoom{})
	case n == 0:
		c.pressed = false
	}
}

// pressing is how many parts only this client has.
func (l *lane) pressing() int { return len(l.parts) - l.count[stored] - l.count[done] }
