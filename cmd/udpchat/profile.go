package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/wire"
)

// opened is a name's profile, locked for this program.
type opened struct {
	name    string
	profile store.Profile       // what the client works on
	loaded  store.Loaded        // what was in it
	left    map[uint64]progress // of the lines in it that were not shown
	notes   string              // the file that says what is printed; "" without history
}

// openProfile opens a name's profile, and makes it when it is not there.
func (c *chat) openProfile(wanted string) (*opened, error) {
	name, err := ownName(c.settings.state, wanted)
	if err != nil {
		return nil, err
	}
	path := profileFile(c.settings.state, name)
	file, err := bolt.OpenProfile(path, bolt.Options{})
	if errors.Is(err, store.ErrInUse) {
		return nil, fmt.Errorf("%s is here already: %s is %w; end the client, or the tail, that has it, or take another name", name, path, store.ErrInUse)
	}
	if err != nil {
		return nil, writable(err, "-state")
	}
	loaded, err := file.Load()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	notes := printingFile(path)
	left, err := unshown(file, notes, &loaded)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	o := &opened{name: name, profile: known{file, loaded}, loaded: loaded, left: left, notes: notes}
	if c.settings.history != "on" {
		o.profile = newForgetful(file, loaded)
		o.notes = ""
		o.loaded, err = o.profile.Load()
	}
	return o, err
}

// writable adds what to do to an error of a file that this user may not write.
func writable(err error, flag string) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w; make it writable for this user, or name another place with %s", err, flag)
	}
	return err
}

// pin writes down who the server is, for good, before anything is said to it.
func (o *opened) pin(p store.ServerPin) error {
	written := make(chan error, 1)
	o.profile.Submit(store.PinServer{Pin: p}, func(err error) { written <- err })
	if err := <-written; err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

// undelivered counts the texts that are not known to be delivered.
func (o *opened) undelivered() int {
	type text struct {
		to                    store.Key
		epoch, toEpoch, first uint64
	}
	texts := map[text]bool{}
	for _, out := range o.loaded.Outbox {
		if out.Text.Flags&wire.FlagVoid == 0 {
			texts[text{out.To, out.Text.Epoch, out.Text.ToEpoch, out.Text.First()}] = true
		}
	}
	return len(texts)
}

// known is a profile that was loaded already.
type known struct {
	store.Profile
	loaded store.Loaded
}

func (k known) Load() (store.Loaded, error) { return k.loaded, nil }
