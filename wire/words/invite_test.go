package words

import (
	"errors"
	"strings"
	"testing"
)

const keyText = "ueaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaana"

var key = [32]byte{0: 0xa1, 31: 0x1a}

func TestInvite(t *testing.T) {
	tests := []struct {
		what, text string
		want       Invite
	}{
		{"a name", "udpchat://chat.example.org:9000#" + keyText, Invite{"chat.example.org", 9000, key}},
		{"a name of one label", "udpchat://localhost:1#" + keyText, Invite{"localhost", 1, key}},
		{"a name with digits", "udpchat://3com.example:9000#" + keyText, Invite{"3com.example", 9000, key}},
		{"an A-label", "udpchat://xn--mnchen-3ya.de:9000#" + keyText, Invite{"xn--mnchen-3ya.de", 9000, key}},
		{"an underscore", "udpchat://my_host:9000#" + keyText, Invite{"my_host", 9000, key}},
		{"IPv4", "udpchat://192.0.2.1:65535#" + keyText, Invite{"192.0.2.1", 65535, key}},
		{"IPv6", "udpchat://[2001:db8::1]:9000#" + keyText, Invite{"2001:db8::1", 9000, key}},
		{"IPv6 loopback", "udpchat://[::1]:9000#" + keyText, Invite{"::1", 9000, key}},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			got, err := ParseInvite(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
			if got := tt.want.String(); got != tt.text {
				t.Errorf("got %s, want %s", got, tt.text)
			}
			if got, err := ParseInvite(strings.ToUpper(tt.text)); err != nil || got != tt.want {
				t.Errorf("in capitals: got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestInviteIsRefused(t *testing.T) {
	tests := []struct {
		what, text, reason string
	}{
		{"nothing", "", "does not begin with udpchat://"},
		{"another scheme", "https://a:1#" + keyText, "does not begin with udpchat://"},
		{"host and port alone", "a:9000", "does not begin with udpchat://"},
		{"no key", "udpchat://a:9000", "has no # and key"},
		{"an empty key", "udpchat://a:9000#", "0 characters"},
		{"a short key", "udpchat://a:9000#" + keyText[1:], "51 characters"},
		{"a long key", "udpchat://a:9000#" + keyText + "a", "53 characters"},
		{"padding", "udpchat://a:9000#" + keyText + "====", "56 characters"},
		{"a zero for an o", "udpchat://a:9000#0" + keyText[1:], "'0'"},
		{"an eight for a b", "udpchat://a:9000#8" + keyText[1:], "'8'"},
		{"a line break in the key", "udpchat://a:9000#\n" + keyText[1:], `'\n'`},
		{"a long s in the key", "udpchat://a:9000#ſ" + keyText[2:], "'ſ'"},
		{"bits too many", "udpchat://a:9000#" + keyText[:51] + "b", "the last character is wrong"},
		{"a second #", "udpchat://a:9000##" + keyText[1:], "'#'"},
		{"no port", "udpchat://a#" + keyText, "has no port"},
		{"no port behind brackets", "udpchat://[::1]#" + keyText, "has no port"},
		{"an empty port", "udpchat://a:#" + keyText, `port "" is not a number from 1 to 65535`},
		{"port 0", "udpchat://a:0#" + keyText, `port "0" is not a number from 1 to 65535`},
		{"port 65536", "udpchat://a:65536#" + keyText, `port "65536" is not a number from 1 to 65535`},
		{"a port with a sign", "udpchat://a:+1#" + keyText, `port "+1" is not a number from 1 to 65535`},
		{"a port with a zero first", "udpchat://a:01#" + keyText, `port "01" is not a number from 1 to 65535`},
		{"a port by name", "udpchat://a:chat#" + keyText, `port "chat" is not a number from 1 to 65535`},
		{"no host", "udpchat://:9000#" + keyText, "has no host"},
		{"IPv6 without brackets", "udpchat://2001:db8::1:9000#" + keyText, `IPv6 address "2001:db8::1" needs brackets`},
		{"an open bracket", "udpchat://[::1:9000#" + keyText, "has a [ without a ] before the port"},
		{"IPv4 in brackets", "udpchat://[192.0.2.1]:9000#" + keyText, `"192.0.2.1" is not an IPv6 address`},
		{"a name in brackets", "udpchat://[a]:9000#" + keyText, `"a" is not an IPv6 address`},
		{"a zone", "udpchat://[fe80::1%eth0]:9000#" + keyText, `zone "eth0" means nothing on another machine`},
		{"half an IPv4 address", "udpchat://192.0.2:9000#" + keyText, `"192.0.2" is not an IPv4 address`},
		{"too much of IPv4", "udpchat://192.0.2.256:9000#" + keyText, `"192.0.2.256" is not an IPv4 address`},
		{"a path", "udpchat://a:9000/#" + keyText, `has '/' before the key`},
		{"a query", "udpchat://a:9000?x#" + keyText, `has '?' before the key`},
		{"a user", "udpchat://me@a:9000#" + keyText, `has '@' before the key`},
		{"a space", "udpchat://a b:9000#" + keyText, `"a b" is not a host name`},
		{"ESC", "udpchat://\x1b[2J:9000#" + keyText, `"\x1b[2J" is not a host name`},
		{"a name that is not ASCII", "udpchat://münchen.de:9000#" + keyText, `"münchen.de" is not a host name`},
		{"an empty label", "udpchat://a..b:9000#" + keyText, `"a..b" is not a host name`},
		{"a dash first", "udpchat://-a:9000#" + keyText, `"-a" is not a host name`},
		{"a label of 64", "udpchat://" + strings.Repeat("a", 64) + ":9000#" + keyText, `"` + strings.Repeat("a", 64) + `" is not a host name`},
		{"a host of 254", "udpchat://" + strings.Repeat("a.", 127) + ":9000#" + keyText, "host has 254 characters, at most 253"},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			got, err := ParseInvite(tt.text)
			if err == nil || got != (Invite{}) {
				t.Fatalf("got %v, %v", got, err)
			}
			if !errors.Is(err, ErrInvite) && !errors.Is(err, ErrKey) {
				t.Errorf("got %v", err)
			}
			reason, _, _ := strings.Cut(err.Error(), ": an invite is")
			reason, _, _ = strings.Cut(reason, ": a key has")
			if reason != tt.reason {
				t.Errorf("got %s, want %s", reason, tt.reason)
			}
		})
	}
}

// FuzzInvite: what is read is written the same way whoever wrote it, in characters that any line or shell bears.
func FuzzInvite(f *testing.F) {
	f.Add("udpchat://chat.example.org:9000#" + keyText)
	f.Add("UDPCHAT://[2001:DB8::1]:9000#" + strings.ToUpper(keyText))
	f.Add("udpchat://[::ffff:192.0.2.1]:9000#" + keyText)
	f.Add("udpchat://[fe80::1%eth0]:9000#" + keyText)
	f.Add("udpchat://a:9000/#" + keyText)
	f.Fuzz(func(t *testing.T, s string) {
		i, err := ParseInvite(s)
		if err != nil {
			if !errors.Is(err, ErrInvite) && !errors.Is(err, ErrKey) {
				t.Fatal(err)
			}
			return
		}
		text := i.String()
		if strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789:/.-_#[]") != "" {
			t.Fatalf("%q is written as %q", s, text)
		}
		if again, err := ParseInvite(text); err != nil || again != i {
			t.Fatalf("%q: got %v, %v, want %v", text, again, err, i)
		}
	})
}

// FuzzKey: a key has one spelling, but for capitals.
func FuzzKey(f *testing.F) {
	f.Add(keyText)
	f.Add(strings.Repeat("7", 51) + "q")
	f.Add(strings.Repeat("a", 51) + "b")
	f.Fuzz(func(t *testing.T, s string) {
		key, err := ParseKey(s)
		if err != nil {
			return
		}
		if got := FormatKey(key); got != strings.ToLower(s) {
			t.Fatalf("%q is written as %q", s, got)
		}
	})
}
