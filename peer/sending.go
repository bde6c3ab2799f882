package peer

import "time"

// typed is a text that a user typed, for someone or for all.
type typed struct {
	ref  uint64
	all  bool
	to   string
	text string
}

// sending is a text on its way into the loop. It is used again, and so are the functions in it: a text costs none.
type sending struct {
	client *Client
	typed
	send func(now time.Time)
}

// do takes a text. At least one notice says what came of it. The text goes at once, unless more are to be expected: who was told of several
// things at once answers with several, and they go together.
func (c *Client) do(x typed) {
	c.coming.Add(1)
	s, _ := c.sendings.Get().(*sending)
	if s == nil {
		s = &sending{client: c}
		s.send = s.arrive
	}
	s.typed = x
	if c.several.Load() {
		c.loop.Events.Put(s.send)
	} else {
		c.loop.Do(s.send)
	}
}

// arrive gives the text to the core.
func (s *sending) arrive(now time.Time) {
	c, x := s.client, s.typed
	s.typed = typed{}
	c.sendings.Put(s)
	if x.all {
		c.core.SendAllAs(now, x.ref, x.text)
	} else {
		c.core.SendAs(now, x.ref, x.to, x.text)
	}
	c.full.Store(c.core.full)
	c.coming.Add(-1)
}
