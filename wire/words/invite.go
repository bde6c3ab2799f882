package words

import (
	"encoding/base32"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ErrInvite is what every refusal of an invite wraps; ErrKey that of a key.
var (
	ErrInvite = errors.New("an invite is udpchat://HOST:PORT#KEY")
	ErrKey    = errors.New("a key has 52 letters a to z and digits 2 to 7")
)

const scheme = "udpchat://"

// Invite is where a server is and who it is: with it, not even the first visit can be led to another.
type Invite struct {
	Host string // a name in ASCII, or an address; an IPv6 address without brackets
	Port uint16
	Key  [32]byte
}

// String is udpchat://host:port#key: a URI (RFC 3986) whose fragment is the key. An IPv6 address stands in brackets.
func (i Invite) String() string {
	host := i.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return scheme + host + ":" + strconv.Itoa(int(i.Port)) + "#" + FormatKey(i.Key)
}

// ParseInvite reads what String wrote; capitals are small letters, as RFC 3986 §6.2.2.1 has it of scheme and host. The
// error wraps ErrInvite, or ErrKey, and begins with the reason.
func ParseInvite(s string) (Invite, error) {
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return Invite{}, fmt.Errorf("does not begin with %s: %w", scheme, ErrInvite)
	}
	place, text, ok := strings.Cut(s[len(scheme):], "#")
	if !ok {
		return Invite{}, fmt.Errorf("has no # and key: %w", ErrInvite)
	}
	if i := strings.IndexAny(place, "/?@"); i >= 0 {
		return Invite{}, fmt.Errorf("has %q before the key: %w", place[i], ErrInvite)
	}
	host, port, err := splitPlace(place)
	if err != nil {
		return Invite{}, fmt.Errorf("%w: %w", err, ErrInvite)
	}
	key, err := ParseKey(text)
	if err != nil {
		return Invite{}, err
	}
	return Invite{Host: host, Port: port, Key: key}, nil
}

func splitPlace(place string) (string, uint16, error) {
	colon := strings.LastIndexByte(place, ':')
	if colon < 0 || colon < strings.LastIndexByte(place, ']') {
		return "", 0, errors.New("has no port")
	}
	host, err := parseHost(place[:colon])
	if err != nil {
		return "", 0, err
	}
	digits := place[colon+1:]
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || strconv.FormatUint(port, 10) != digits {
		return "", 0, fmt.Errorf("port %q is not a number from 1 to 65535", digits)
	}
	return host, uint16(port), nil
}

func parseHost(host string) (string, error) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		return parseBracketed(inner)
	}
	if host == "" {
		return "", errors.New("has no host")
	}
	if strings.Contains(host, ":") {
		return "", fmt.Errorf("IPv6 address %q needs brackets", host)
	}
	if strings.Trim(host, "0123456789.") == "" {
		if addr, err := netip.ParseAddr(host); err != nil || !addr.Is4() {
			return "", fmt.Errorf("%q is not an IPv4 address", host)
		}
		return host, nil
	}
	return strings.ToLower(host), checkHostName(host)
}

// parseBracketed reads an IPv6 address with its closing bracket. A zone (RFC 6874) is refused: it names an interface of
// one machine, and an invite is for another.
func parseBracketed(inner string) (string, error) {
	text, ok := strings.CutSuffix(inner, "]")
	if !ok {
		return "", errors.New("has a [ without a ] before the port")
	}
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil || !addr.Is6():
		return "", fmt.Errorf("%q is not an IPv6 address", text)
	case addr.Zone() != "":
		return "", fmt.Errorf("zone %q means nothing on another machine", addr.Zone())
	}
	return addr.String(), nil
}

// checkHostName: labels of letters, digits, - and _, up to 63 each and 253 in all (RFC 1035 §2.3.4). A name in another
// script is written as its A-label (xn--…).
func checkHostName(host string) error {
	if len(host) > 253 {
		return fmt.Errorf("host has %d characters, at most 253", len(host))
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if len(label) < 1 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return fmt.Errorf("%q is not a host name", host)
		}
		for _, c := range []byte(label) {
			if !letterOrDigit(c) && c != '-' && c != '_' {
				return fmt.Errorf("%q is not a host name", host)
			}
		}
	}
	return nil
}

func letterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// FormatKey is a key in base32 (RFC 4648 §6), in small letters and without padding: 52 characters.
func FormatKey(key [32]byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key[:]))
}

// ParseKey reads what FormatKey wrote, capitals as small letters. The error wraps ErrKey.
func ParseKey(s string) ([32]byte, error) {
	var key [32]byte
	if want := base32.StdEncoding.WithPadding(base32.NoPadding).EncodedLen(len(key)); len(s) != want {
		return key, fmt.Errorf("%d characters: %w", len(s), ErrKey)
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return key, fmt.Errorf("%q: %w", c, ErrKey)
		}
	}
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(s))
	if err != nil {
		return key, fmt.Errorf("%w: %w", err, ErrKey)
	}
	key = [32]byte(b)
	// The last character has four bits too many. RFC 4648 §3.5: they are zero, or one key had sixteen spellings.
	if !strings.EqualFold(FormatKey(key), s) {
		return [32]byte{}, fmt.Errorf("the last character is wrong: %w", ErrKey)
	}
	return key, nil
}
