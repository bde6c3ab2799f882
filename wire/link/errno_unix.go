//go:build unix

package link

import (
	"errors"
	"syscall"
)

const msgTrunc = syscall.MSG_TRUNC // set by the system when a datagram was longer than the buffer

func portInUse(err error) bool      { return errors.Is(err, syscall.EADDRINUSE) }
func addressForeign(err error) bool { return errors.Is(err, syscall.EADDRNOTAVAIL) }
func portForbidden(err error) bool  { return errors.Is(err, syscall.EACCES) }
func familyMissing(err error) bool  { return errors.Is(err, syscall.EAFNOSUPPORT) }
func tooBig(err error) bool         { return errors.Is(err, syscall.EMSGSIZE) }

// aboutPeer is true for what an ICMP message about an earlier datagram leaves behind. Each one is told once.
func aboutPeer(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// sourceGone is true when the system cannot send from the address that it was told.
func sourceGone(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.ENETUNREACH)
}
