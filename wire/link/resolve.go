package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Resolve finds the address of a server. host is an IP literal or a name; of a name's addresses it takes the first that the
// resolver gives, of "localhost" the IPv4 one. The errors are one line, fit to be shown.
func Resolve(ctx context.Context, host string, port int) (netip.AddrPort, error) {
	if port < 1 || port > 65535 {
		return netip.AddrPort{}, fmt.Errorf("port %d is not between 1 and 65535", port)
	}
	if host == "" {
		return netip.AddrPort{}, errors.New("no host is given")
	}
	if addr, err := parseIP(host); err == nil {
		return netip.AddrPortFrom(addr, uint16(port)), nil
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		return netip.AddrPort{}, resolveError(host, err)
	}
	return netip.AddrPortFrom(choose(host, addrs), uint16(port)), nil
}

// choose picks one of at least one address.
func choose(host string, addrs []netip.Addr) netip.Addr {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		for _, a := range addrs {
			if a = a.Unmap(); a.Is4() {
				return a
			}
		}
	}
	return addrs[0].Unmap()
}

func resolveError(host string, err error) error {
	var dns *net.DNSError
	known := errors.As(err, &dns)
	text := fmt.Sprintf("host %q has no address", host)
	switch {
	case errors.Is(err, context.Canceled):
		text = fmt.Sprintf("looking up host %q was interrupted", host)
	case errors.Is(err, context.DeadlineExceeded) || known && dns.IsTimeout:
		text = fmt.Sprintf("looking up host %q took too long", host)
	case known && dns.IsNotFound:
		text = fmt.Sprintf("host %q is not known", host)
	case known:
		text = fmt.Sprintf("looking up host %q failed: %s", host, dns.Err)
	}
	return &plainError{text, err}
}

// LocalFor is the address that this machine would use toward remote, zero when there is no way there. No packet is sent: it
// connects a socket and asks it.
func LocalFor(remote netip.AddrPort) netip.Addr {
	if !remote.IsValid() || remote.Port() == 0 {
		return netip.Addr{}
	}
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(unmap(remote)))
	if err != nil {
		return netip.Addr{}
	}
	defer func() { _ = conn.Close() }()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}
