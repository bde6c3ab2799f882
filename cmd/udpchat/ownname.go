package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/name"
)

// ownName is a name that its user wants to have, in the form in which it is shown. A name that has a profile already, made by
// the first version of this program with its own rules, stays as it is: the server knows it so. One that has a profile in other upper and lower
// case is that one: for the server, and for the others, they are the same name.
func ownName(state, wanted string) (string, error) {
	if wire.CheckName(wanted) == nil {
		if exists(profileFile(state, wanted)) {
			return wanted, nil
		}
	}
	shown, err := name.Show(wanted)
	if err != nil {
		return "", fmt.Errorf("%q %w", plain.Name(wanted), err)
	}
	if exists(profileFile(state, shown)) {
		return shown, nil
	}
	folders, _ := os.ReadDir(state) // without the folder there is no profile
	for _, f := range folders {
		if had, ok := profileName(f.Name()); ok && name.Same(had) == name.Same(shown) && exists(profileFile(state, had)) {
			return had, nil
		}
	}
	return shown, nil
}

// exists tells whether there is a file, or something that keeps it from being seen: what is wrong with it is said when it is opened.
func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// ownName is a name that was typed and that should be one's own, as it is shown. One that can't be stays as it was typed.
func (c *chat) ownName(typed string) string {
	if name, err := ownName(c.settings.state, typed); err == nil {
		return name
	}
	return typed
}

// register comes back under the present name, or leaves it and goes on with another one's profile.
func (c *chat) register(name string) error {
	if c.ownName(name) == c.session.name {
		c.session.client.Register()
		return nil
	}
	next, err := c.nextProfile(name)
	if err != nil {
		c.session.client.Note(fmt.Sprintf("[%v]", err))
		return nil
	}
	c.next = next
	c.session.client.Quit()
	return nil
}

// nextProfile opens another name's profile. It may not know the server, but it must not know another one at the same address.
func (c *chat) nextProfile(name string) (*opened, error) {
	next, err := c.openProfile(name)
	if err != nil {
		return nil, err
	}
	f, err := c.rule.said(next.loaded.Servers, c.id)
	if err == nil && f.pin {
		err = next.pin(c.rule.write(f.identity))
	}
	if err != nil {
		return nil, errors.Join(err, next.profile.Close())
	}
	return next, nil
}

// change goes on with the profile of another name. A client has quit, which may keep something.
func (c *chat) change(ctx context.Context, n peer.Quit) error {
	if err := c.leaveBehind(n); err != nil {
		return err
	}
	next := c.next
	c.next = nil
	if err := c.endSession(); err != nil {
		return errors.Join(err, next.profile.Close())
	}
	socket, err := link.Listen("", c.settings.clientPort)
	if err != nil {
		return errors.Join(err, next.profile.Close())
	}
	if c.settings.history == "on" {
		delete(c.behind, next.name) // its own end says what becomes of it
	}
	return c.start(ctx, next, socket)
}

// behind are the names that were left for another one while texts of theirs were in the outbox: it stays with their profiles.
type behind map[string]bool

// leaveBehind says what stays in the outbox of the name that is left for another one.
func (c *chat) leaveBehind(n peer.Quit) error {
	if n.Kept+n.Unknown == 0 {
		return nil
	}
	if c.behind == nil {
		c.behind = behind{}
	}
	c.behind[c.session.name] = true
	if program, ok := c.screen.(*objects); ok {
		return program.write(control.Event{Event: "left", Name: c.session.name, Kept: n.Kept, Unknown: n.Unknown})
	}
	if c.settings.history != "on" {
		return c.printAll(leftLines(n.Kept, n.Unknown, false))
	}
	var lines []string
	name := plain.Name(c.session.name)
	if n.Kept > 0 {
		lines = append(lines, fmt.Sprintf("[%s of %s kept: sent when you are %s again.]", count(n.Kept, "message"), name, name))
	}
	if n.Unknown > 0 {
		lines = append(lines, fmt.Sprintf("[%s of %s not known to be delivered: what the server does not have is sent when you are %s again.]", count(n.Unknown, "earlier message"), name, name))
	}
	return c.printAll(lines)
}
