// Package store says what is kept and what a store promises; it keeps nothing itself.
//
// There are two stores. The Server's holds the directory of clients, the mailboxes and the channel's log; a client's
// Profile holds its key, its outbox, its inbox and history. Backends live beside this package (store/bolt, store/memory)
// and all pass the suite in store/storetest.
//
// The words are those that another engine can speak too: append, list after, take through. There is no transaction in any
// signature. A Change is one atomic unit: it happens whole or not at all. Changes become durable in the order in which
// they were submitted, and done is called, in that order, when each one is. Until done was called nothing may be
// acknowledged to anyone.
//
// Bodies are opaque bytes: a store never learns what travels.
package store

import (
	"errors"
	"net/netip"
)

// Key is a client's identity: its Ed25519 public key.
type Key [32]byte

var (
	// ErrInUse means that another process has the file open.
	ErrInUse = errors.New("in use by another process")
	// ErrDamaged means that the file is there and is not what it must be: cut short, empty, foreign, or a record
	// whose checksum does not fit.
	ErrDamaged = errors.New("damaged")
	// ErrNewer means that a newer version of the program wrote the file.
	ErrNewer = errors.New("written by a newer version")
	// ErrClosed is given to changes that were still waiting when the store closed.
	ErrClosed = errors.New("store is closed")
	// ErrFull is given to a change that found no room on the disk and certainly did not happen. The store goes on: the next
	// change may find room (full.go).
	ErrFull = errors.New("the disk is full")
)

// Text is a message, or one part of a long one, with the identity under which it travels on every path
// (protocol.md §5): sender and recipient stand beside it where it is used.
type Text struct {
	Epoch   uint64 // the sender's epoch
	ToEpoch uint64 // the recipient's epoch
	Seq     uint64 // counts from 1 per sender, recipient and pair of epochs
	Part    uint16 // 0 to Parts-1
	Parts   uint16 // 1 for a text that is whole; the parts have consecutive seqs
	Size    uint32 // bytes of the whole text
	Time    int64  // when it was typed: microseconds since 1970, by the sender's clock, for display only
	Flags   uint8
	Body    []byte // this part's bytes
}

// First is the seq of the text's first part, Last that of its last one: they name the text.
func (t Text) First() uint64 { return t.Seq - uint64(t.Part) }

// Last is the seq of the text's last part.
func (t Text) Last() uint64 { return t.First() + uint64(t.Parts) - 1 }

// State is a client's presence as the server last knew it.
type State uint8

// The presence states. Their numbers are stored and sent: only append.
const (
	Offline State = 0 // its lease ran out
	Online  State = 1
	Left    State = 2 // it deregistered: nothing but a registration brings it back
)

// Client is one row of the directory.
type Client struct {
	Key        Key
	Name       string
	Epoch      uint64
	Addr       netip.AddrPort // where it was last heard from
	Local      netip.Addr     // the server's own address that it asked; the zero Addr when unknown
	Card       string         // what the client says of its keys, opaque bytes; "" in a row that version 1 wrote
	State      State
	Revision   uint64 // of the directory, when this row last changed; given by the store
	Registered int64  // first registration, microseconds since 1970
	LastSeen   int64  // last sign of life when the row was last written, microseconds since 1970
}
