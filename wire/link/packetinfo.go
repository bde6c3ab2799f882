package link

import (
	"bytes"
	"net"
	"net/netip"
	"sync/atomic"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// packetInfo knows which of our addresses a datagram asked, and makes the answer leave from it. A socket that is bound to
// all addresses otherwise answers from whichever one the route suggests, and a remote that connected its socket never hears
// that. The reader owns in, parsed and last; any writer may call source.
type packetInfo struct {
	on    bool       // the system tells, and needs to be told
	v6    bool       // the socket is IPv6, perhaps with IPv4 mapped into it
	bound netip.Addr // the one address of the socket, when it has only one

	in     []byte // room for what the system tells with a datagram
	parsed struct {
		v4 ipv4.ControlMessage
		v6 ipv6.ControlMessage
	}
	last struct { // nearly every datagram tells the same: it is parsed, at the cost of an allocation, only when it changes
		oob   []byte
		local netip.Addr
	}
	out atomic.Pointer[outgoing]
}

// outgoing is what to tell the system so that a datagram leaves from an address. Immutable.
type outgoing struct {
	from netip.Addr
	oob  []byte
}

func (i *packetInfo) enable(conn *net.UDPConn, bound netip.Addr) {
	i.v6 = bound.Is6()
	if !bound.IsUnspecified() {
		i.bound = bound
		return
	}
	var err error
	if i.v6 { // for IPv4 in it the system tells the mapped address, in the same form
		err = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true)
	} else {
		err = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true)
	}
	if i.on = err == nil; i.on {
		i.in = make([]byte, 128) // one message is 28 or 36 bytes
	}
}

// asked is the address of ours that a datagram was sent to, zero when unknown.
func (i *packetInfo) asked(oob []byte, remote netip.Addr) netip.Addr {
	if !i.on {
		return i.bound
	}
	if !bytes.Equal(oob, i.last.oob) {
		i.last.oob = append(i.last.oob[:0], oob...)
		i.last.local = i.parse(oob)
	}
	if local := i.last.local; local.Is6() && local.IsLinkLocalUnicast() {
		if remote.Zone() == "" {
			return netip.Addr{}
		}
		return local.WithZone(remote.Zone())
	}
	return i.last.local
}

func (i *packetInfo) parse(oob []byte) netip.Addr {
	i.parsed.v4.Dst, i.parsed.v6.Dst = nil, nil
	var dst net.IP
	if i.v6 {
		if i.parsed.v6.Parse(oob) != nil {
			return netip.Addr{}
		}
		dst = i.parsed.v6.Dst
	} else {
		if i.parsed.v4.Parse(oob) != nil {
			return netip.Addr{}
		}
		dst = i.parsed.v4.Dst
	}
	addr, _ := netip.AddrFromSlice(dst)
	addr = addr.Unmap()
	if addr.IsMulticast() || addr.IsUnspecified() {
		return netip.Addr{} // nothing can be sent from it
	}
	return addr
}

// source is what to tell the system with a datagram that leaves from local; nil for nothing.
func (i *packetInfo) source(local netip.Addr) []byte {
	if !i.on || !local.IsValid() || local.Is6() && !i.v6 {
		return nil
	}
	if o := i.out.Load(); o != nil && o.from == local {
		return o.oob
	}
	o := &outgoing{from: local}
	// No interface is named: the route chooses it, and for a link-local address the remote's zone does.
	if local.Is4() {
		o.oob = (&ipv4.ControlMessage{Src: local.AsSlice()}).Marshal()
	} else {
		o.oob = (&ipv6.ControlMessage{Src: local.AsSlice()}).Marshal()
	}
	i.out.Store(o)
	return o.oob
}
