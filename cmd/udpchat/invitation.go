package main

import (
	"net"
	"net/netip"
	"strings"

	"golang.org/x/exp/slog"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/words"
)

// invitation is what people who want to use a server are given: an invite to be copied, and the words of its key, to be read
// out.
type invitation struct {
	key         wire.Key
	fingerprint string
}

func newInvitation(key wire.Key) invitation {
	return invitation{key, words.Fingerprint(key)}
}

// log writes it for a server that listens on host, which is empty for all addresses.
func (i invitation) log(log *slog.Logger, host string, port uint16) {
	if at := reachable(host); at.Zone() == "" {
		log.Info("invite for clients", "invite", words.Invite{Host: at.String(), Port: port, Key: i.key}.String())
	} else { // an address that only means something on this link: each client knows it by another name
		log.Info("server key for clients", "server-key", words.FormatKey(i.key))
	}
	log.Info("server key in words", "words", i.fingerprint)
}

// Nobody has these addresses (RFC 5737, RFC 3849): the way to them is the way to everyone.
var (
	anyone4 = netip.MustParseAddrPort("192.0.2.1:9")
	anyone6 = netip.MustParseAddrPort("[2001:db8::1]:9")
)

// reachable is the address at which other machines find a server that listens on host, as far as this machine knows.
func reachable(host string) netip.Addr {
	at, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err == nil && !at.IsUnspecified() {
		return at
	}
	ways, nowhere := []netip.AddrPort{anyone4, anyone6}, netip.AddrFrom4([4]byte{127, 0, 0, 1})
	switch {
	case err == nil && at.Is4():
		ways = ways[:1]
	case err == nil:
		ways, nowhere = ways[1:], netip.IPv6Loopback()
	}
	for _, remote := range ways {
		if own := link.LocalFor(remote); useful(own) {
			return own
		}
	}
	for _, remote := range ways { // a network without a way out of it
		for _, own := range interfaces() {
			if useful(own) && own.Is4() == remote.Addr().Is4() {
				return own
			}
		}
	}
	return nowhere
}

// useful tells whether others can use an address without knowing on which of their networks it is.
func useful(a netip.Addr) bool { return a.IsValid() && a.Zone() == "" && a.IsGlobalUnicast() }

func interfaces() (all []netip.Addr) {
	found, _ := net.InterfaceAddrs() // without them there is only this machine
	for _, a := range found {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, prefix.Addr().Unmap())
		}
	}
	return all
}
