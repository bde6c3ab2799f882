package main

import (
	"net/netip"
	"strings"
	"testing"

	"udpchat/wire"
	"udpchat/wire/words"
)

func TestReachable(t *testing.T) {
	for _, host := range []string{"192.0.2.7", "127.0.0.1", "::1", "2001:db8::7", "fe80::1%eth0"} {
		if got := reachable(host); got.String() != host {
			t.Errorf("%s: got %s", host, got)
		}
	}
	for host, is := range map[string]func(netip.Addr) bool{
		"": netip.Addr.IsValid, "0.0.0.0": netip.Addr.Is4, "::": netip.Addr.Is6, "[::]": netip.Addr.Is6,
	} {
		if got := reachable(host); !is(got) || got.IsUnspecified() || got.Zone() != "" {
			t.Errorf("%q: got %s", host, got)
		}
	}
}

// Whatever the address: an invite that can be read, or else the key alone.
func TestInvitation(t *testing.T) {
	i := newInvitation(wire.Key{1, 2, 3})
	for _, host := range []string{"", "0.0.0.0", "::", "192.0.2.7", "::1", "fe80::1%eth0"} {
		var out strings.Builder
		i.log((&logSettings{"info", "text"}).logger(&out), host, 9999)
		log := out.String()
		_, rest, ok := strings.Cut(log, " invite=")
		invite, _, _ := strings.Cut(rest, "\n")
		got, err := words.ParseInvite(invite)
		if zone := strings.Contains(host, "%"); zone != !ok || ok && (err != nil || got.Key != i.key || got.Port != 9999) {
			t.Errorf("%q: %v, %s", host, err, log)
		}
		if !strings.Contains(log, words.FormatKey(i.key)) || !strings.Contains(log, `words="`+words.Fingerprint(i.key)+`"`) {
			t.Errorf("%q: %s", host, log)
		}
	}
}
