package main

import (
	"fmt"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/words"
)

// identity is who a server is: its key, and the key to make sessions with it.
type identity struct {
	key    wire.Key
	static [32]byte
}

// serverKey decides which server is the right one at an address. It asks nobody, and writes nothing down.
type serverKey struct {
	address string    // as the user wrote it: what a pin is for
	given   *wire.Key // with -server-key or an invite; nil: nothing was
	renew   bool      // -trust-new-server-key
}

// found is a server that is the right one.
type found struct {
	identity
	pin  bool   // the profile does not know it yet
	line string // to be shown, or ""
}

// pinned finds the server that a profile knows at the address.
func (k serverKey) pinned(pins []store.ServerPin) (id identity, ok bool) {
	for _, p := range pins {
		if p.Address == k.address {
			return identity{wire.Key(p.Key), p.Static}, true
		}
	}
	return identity{}, false
}

// known decides from what is pinned; false when the server must be asked.
func (k serverKey) known(pins []store.ServerPin) (found, bool) {
	id, ok := k.pinned(pins)
	if !ok || k.renew || k.given != nil && id.key != *k.given {
		return found{}, false
	}
	return found{identity: id}, true
}

// said decides what to make of a server that said who it is.
func (k serverKey) said(pins []store.ServerPin, now identity) (found, error) {
	if k.given != nil && now.key != *k.given {
		return found{}, k.another(*k.given, now.key)
	}
	f := found{identity: now, pin: true}
	before, ok := k.pinned(pins)
	switch {
	case !ok && k.given == nil:
		f.line = fmt.Sprintf("[Server key on first use: %s]", words.Fingerprint(now.key))
	case !ok:
	case before.key != now.key && (k.given != nil || k.renew):
		f.line = fmt.Sprintf("[Server key was: %s; is now: %s]", words.Fingerprint(before.key), words.Fingerprint(now.key))
	case before.key != now.key:
		return found{}, k.another(before.key, now.key)
	default:
		f.pin = before != now
	}
	return f, nil
}

// another is the end when someone else answers at the address than the right server.
func (k serverKey) another(right, now wire.Key) error {
	what, remedy := "it was", "if those who run it say that this is right, accept it with -trust-new-server-key"
	if k.given != nil {
		what, remedy = "the one given is", "somebody else answers there, or the invite is out of date"
	}
	return &exitError{exitIdentity, fmt.Errorf("the server at %s has another key: it is now %q, %s %q; %s",
		k.address, words.Fingerprint(now), what, words.Fingerprint(right), remedy)}
}
