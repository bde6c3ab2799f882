// Package link is how a datagram gets there: the only place that touches a socket. It reads and writes datagrams together
// with the path they took, packs messages into datagrams, seals them, and opens what arrives.
//
// It knows no kind of message, and repeats none: what is lost on the way is the business of those above. Sessions make
// the keys that datagrams are sealed with, and prove who is at the other end, and where (protocol.md §13).
//
//	core --Send--> Loop --Add--> Sessions --Flush--> Runs.WriteRun --------> network
//	core <-Handle- Loop <--wire-- Sessions <--Open--- Runs.ReadRun <-------- network
package link

import (
	"net/netip"

	"udpchat/wire"
)

// Path is the way to a remote: its address and, when known, the one of ours that it asked, so that the answer leaves from
// there. It is a comparable value, fit for a map key. IPv4 addresses in it are always plain, never mapped into IPv6.
type Path struct {
	Remote netip.AddrPort
	Local  netip.Addr // zero when unknown: the system chooses
}

// Conn is what the loops need of a socket. Socket is the real one; linktest has one in memory.
type Conn interface {
	// Read waits for the next datagram. One goroutine reads; b has room for at least wire.MaxDatagram bytes. It fails only
	// after Close, with an error that wraps net.ErrClosed.
	Read(b []byte) (n int, p Path, err error)
	// Write sends one datagram and keeps nothing of b. Several goroutines may write. An error says that this datagram did
	// not leave; the next one may.
	Write(b []byte, p Path) error
	// LocalAddr is the address that the connection is bound to, unspecified when it is bound to all.
	LocalAddr() netip.AddrPort
	// Close ends Read. Closing again does nothing.
	Close() error
}

// MaxRead is the room that each datagram is read into, in bytes: one that is too long shall be seen to be.
const MaxRead = 2 * wire.MaxDatagram

// plainError is an error that reads as one line for people and still wraps its cause.
type plainError struct {
	text  string
	cause error
}

func (e *plainError) Error() string { return e.text }
func (e *plainError) Unwrap() error { return e.cause }
