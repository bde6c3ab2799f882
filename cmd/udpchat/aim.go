package main

import "udpchat/cmd/internal/plain"

// aim is whom plain text is for: nobody, the channel, or someone.
type aim struct {
	all  bool
	name string
}

// everyone is what the channel is called at the prompt; nobody can have the name.
const everyone = "all"

func aimAt(name string) aim {
	if name == everyone {
		return aim{all: true}
	}
	return aim{name: name}
}

func (a aim) none() bool { return a == aim{} }

// prefix stands before the prompt.
func (a aim) prefix() string {
	switch {
	case a.all:
		return everyone + " "
	case a.name != "":
		return plain.Name(a.name) + " "
	}
	return ""
}

// turn aims at someone, and has the screen show it.
func (c *chat) turn(a aim) {
	c.aim = a
	if s, ok := c.screen.(interface{ aim(a aim) }); ok {
		s.aim(a)
	}
}
