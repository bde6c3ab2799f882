package main

import (
	"errors"
	"fmt"

	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/store/memory"
	"udpchat/wire"
)

// opened is a name's profile, locked for this program.
type opened struct {
	name    string
	profile store.Profile // what the client works on
	loaded  store.Loaded  // what was in it
}

// openProfile opens a name's profile, and makes it when it is not there.
func (c *chat) openProfile(wanted string) (*opened, error) {
	name, err := ownName(c.settings.state, wanted)
	if err != nil {
		return nil, err
	}
	file, err := bolt.OpenProfile(profileFile(c.settings.state, name), bolt.Options{})
	if err != nil {
		return nil, err
	}
	loaded, err := file.Load()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	o := &opened{name: name, profile: known{file, loaded}, loaded: loaded}
	if c.settings.history != "on" {
		o.profile = newForgetful(file, loaded)
		o.loaded, err = o.profile.Load()
	}
	return o, err
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

// kept counts the texts that wait to be sent.
func (o *opened) kept() int {
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

// forgetful is a profile without history. The file keeps who one is, and who others are; everything else is in memory and ends
// with the program.
type forgetful struct {
	store.Profile // in memory
	file          store.Profile
	loaded        store.Loaded // from the file
}

func newForgetful(file store.Profile, loaded store.Loaded) forgetful {
	return forgetful{memory.NewProfile(loaded.Seed, random()), file, loaded}
}

// Load gives an empty profile, but for what the file keeps.
func (f forgetful) Load() (store.Loaded, error) {
	l, err := f.Profile.Load()
	l.Contacts, l.Servers, l.Clear = f.loaded.Contacts, f.loaded.Servers, f.loaded.Clear
	return l, err
}

// Submit does every change in memory, so that all are answered in their order, and those of what the file keeps there too. Their
// answer waits for the file.
func (f forgetful) Submit(c store.ProfileChange, done func(error)) {
	switch c.(type) {
	case store.Meet, store.PinServer, store.Bound:
		written := make(chan error, 1)
		f.file.Submit(c, func(err error) { written <- err })
		answer := done
		done = func(err error) { answer(errors.Join(err, <-written)) }
	}
	f.Profile.Submit(c, done)
}

// Close waits for the answers of both.
func (f forgetful) Close() error {
	return errors.Join(f.Profile.Close(), f.file.Close())
}
