package link

import (
	"context"
	"net"
	"net/netip"
	"testing"
)

func TestResolveReadsLiterals(t *testing.T) {
	for _, c := range []struct{ host, want string }{
		{"127.0.0.1", "127.0.0.1:9999"},
		{"::ffff:127.0.0.1", "127.0.0.1:9999"},
		{"::1", "[::1]:9999"},
		{"[2001:db8::1]", "[2001:db8::1]:9999"},
		{"fe80::1%eth0", "[fe80::1%eth0]:9999"},
		{"localhost", "127.0.0.1:9999"},
	} {
		have, err := Resolve(t.Context(), c.host, 9999)
		if err != nil || have.String() != c.want {
			t.Errorf("%s: %v, %v; want %s", c.host, have, err, c.want)
		}
	}
}

func TestResolveSaysWhatIsWrong(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		host string
		port int
		want string
	}{
		{"no port", "10.0.0.1", 0, "port 0 is not between 1 and 65535"},
		{"port too high", "10.0.0.1", 65536, "port 65536 is not between 1 and 65535"},
		{"no host", "", 9999, "no host is given"},
		{"interrupted", "chat.example", 9999, `looking up host "chat.example" was interrupted`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Resolve(gone, c.host, c.port); err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
	for _, c := range []struct {
		cause error
		want  string
	}{
		{&net.DNSError{IsNotFound: true}, `host "chat" is not known`},
		{&net.DNSError{IsTimeout: true}, `looking up host "chat" took too long`},
		{context.DeadlineExceeded, `looking up host "chat" took too long`},
		{&net.DNSError{Err: "server misbehaving"}, `looking up host "chat" failed: server misbehaving`},
		{nil, `host "chat" has no address`},
	} {
		if err := resolveError("chat", c.cause); err.Error() != c.want {
			t.Errorf("error %q, want %q", err, c.want)
		}
	}
}

func TestFirstAddressIsChosenButIPv4ForLocalhost(t *testing.T) {
	addrs := []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("::ffff:127.0.0.1")}
	for host, want := range map[string]string{"chat.example": "::1", "localhost": "127.0.0.1", "LocalHost.": "127.0.0.1"} {
		if have := choose(host, addrs).String(); have != want {
			t.Errorf("%s: %s, want %s", host, have, want)
		}
	}
}

func TestLocalFor(t *testing.T) {
	for _, remote := range []string{"127.0.0.1:9999", "[::ffff:127.0.0.1]:9999"} {
		if have := LocalFor(netip.MustParseAddrPort(remote)).String(); have != "127.0.0.1" {
			t.Errorf("toward %s: %s", remote, have)
		}
	}
	if have := LocalFor(netip.AddrPort{}); have.IsValid() {
		t.Errorf("toward nothing: %v", have)
	}
}
