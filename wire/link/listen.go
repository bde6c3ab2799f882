package link

import (
	"fmt"
	"net"
	"net/netip"
)

// bufferSize is asked for in each direction. The usual default of 212,992 bytes holds 166 small datagrams; 4 MiB hold 6,553.
const bufferSize = 4 << 20

// Listen opens a socket. With host "" it hears all addresses of the machine, IPv4 and IPv6, or IPv4 alone where the system
// has no IPv6. Otherwise host is an IP literal; "0.0.0.0" is all of IPv4 and "::" all of IPv6. Port 0 lets the system choose.
// The errors are one line, fit to be shown.
func Listen(host string, port int) (*Socket, error) {
	if port < 0 || port > 65535 {
		return nil, fmt.Errorf("port %d is not between 0 and 65535", port)
	}
	var addr netip.Addr
	if host != "" {
		var err error
		if addr, err = parseIP(host); err != nil {
			return nil, &plainError{fmt.Sprintf("%q is not an IP address", host), err}
		}
	}
	conn, err := listen(addr, uint16(port))
	if err != nil {
		return nil, listenError(host, port, err)
	}
	return newSocket(conn), nil
}

func listen(addr netip.Addr, port uint16) (*net.UDPConn, error) {
	switch {
	case !addr.IsValid():
		conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: int(port)})
		if familyMissing(err) {
			return net.ListenUDP("udp4", &net.UDPAddr{Port: int(port)})
		}
		return conn, err
	case addr.Is4(): // "udp" would hear IPv6 too on 0.0.0.0
		return net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, port)))
	default:
		return net.ListenUDP("udp6", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, port)))
	}
}

func listenError(host string, port int, err error) error {
	text := fmt.Sprintf("cannot listen on port %d: %v", port, err)
	switch {
	case portInUse(err):
		text = fmt.Sprintf("port %d is in use on this machine: end the program that has it, or take another port", port)
	case addressForeign(err):
		text = fmt.Sprintf("address %s is not one of this machine's: take one that is, or none, which is all of them", host)
	case portForbidden(err):
		text = fmt.Sprintf("port %d may not be used by this user: take one above 1023, or have the system allow it", port)
	case familyMissing(err):
		text = fmt.Sprintf("address %s is of a kind that this machine does not have: take one of the other kind, IPv4 or IPv6", host)
	}
	return &plainError{text, err}
}

// parseIP reads an IP literal, with or without brackets; ::ffff:10.0.0.1 is 10.0.0.1.
func parseIP(s string) (netip.Addr, error) {
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err
}
