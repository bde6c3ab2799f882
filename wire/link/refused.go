package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// refusalWait is how long a machine's word that nobody listens at a port is waited for.
const refusalWait = 300 * time.Millisecond

// Refused tells whether the machine at an address, or one on the way there, says that a datagram can't be delivered; the error is what
// the system made of it. It sends one byte, which no party of this protocol answers. That nobody refuses tells nothing: most firewalls say
// nothing either.
func Refused(ctx context.Context, at netip.AddrPort) (bool, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(unmap(at)))
	if err != nil {
		return true, err
	}
	defer func() { _ = conn.Close() }()
	deadline := time.Now().Add(refusalWait)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	_ = conn.SetReadDeadline(deadline)
	if _, err = conn.Write([]byte{0}); err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
	if said, ok := errors.AsType[syscall.Errno](err); ok {
		err = said // without the addresses and the names of calls
	}
	return err != nil && aboutPeer(err), err
}
