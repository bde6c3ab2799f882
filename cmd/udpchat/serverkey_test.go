package main

import (
	"errors"
	"strings"
	"testing"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/words"
)

// pins are those of a profile that knows two servers.
func pins(address string, id identity) []store.ServerPin {
	return []store.ServerPin{{Address: "other:1", Key: store.Key{2}}, {Address: address, Key: store.Key(id.key), Static: id.static}}
}

func TestServerKey(t *testing.T) {
	a, b, renewed := identity{wire.Key{1}, [32]byte{11}}, identity{wire.Key{2}, [32]byte{22}}, identity{wire.Key{1}, [32]byte{12}}
	saidA, saidB := words.Fingerprint(a.key), words.Fingerprint(b.key)
	const here, elsewhere = "chat.example:9999", "chat.example:9998"
	tests := []struct {
		name   string
		given  *wire.Key
		renew  bool
		pins   []store.ServerPin
		said   identity // what the server says, if it is asked
		asked  bool
		want   found
		reason string // of the refusal
	}{
		{name: "first use", said: a, asked: true, want: found{a, true, "[Server key on first use: " + saidA + "]"}},
		{name: "pinned elsewhere", pins: pins(elsewhere, b), said: a, asked: true, want: found{a, true, "[Server key on first use: " + saidA + "]"}},
		{name: "pinned", pins: pins(here, a), said: b, want: found{identity: a}},
		{name: "given, nothing pinned", given: &a.key, said: a, asked: true, want: found{a, true, ""}},
		{name: "given and pinned", given: &a.key, pins: pins(here, a), said: b, want: found{identity: a}},
		{name: "given, another is pinned", given: &a.key, pins: pins(here, b), said: a, asked: true,
			want: found{a, true, "[Server key was: " + saidB + "; is now: " + saidA + "]"}},
		{name: "given, another answers", given: &a.key, said: b, asked: true, reason: "the one given is"},
		{name: "given, another is pinned and answers", given: &a.key, pins: pins(here, b), said: b, asked: true, reason: "the one given is"},
		{name: "renewed on first use", renew: true, said: a, asked: true, want: found{a, true, "[Server key on first use: " + saidA + "]"}},
		{name: "renewed and the same", renew: true, pins: pins(here, a), said: a, asked: true, want: found{identity: a}},
		{name: "renewed and another", renew: true, pins: pins(here, b), said: a, asked: true,
			want: found{a, true, "[Server key was: " + saidB + "; is now: " + saidA + "]"}},
		{name: "renewed and contradicted", renew: true, given: &a.key, pins: pins(here, a), said: b, asked: true, reason: "the one given is"},
		{name: "renewed and confirmed", renew: true, given: &a.key, pins: pins(here, b), said: a, asked: true,
			want: found{a, true, "[Server key was: " + saidB + "; is now: " + saidA + "]"}},
		{name: "the same with another static key", renew: true, pins: pins(here, a), said: renewed, asked: true, want: found{identity: renewed, pin: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := serverKey{here, tt.given, tt.renew}
			got, known := k.known(tt.pins)
			if known == tt.asked {
				t.Errorf("known %v", known)
			}
			var err error
			if !known {
				got, err = k.said(tt.pins, tt.said)
			}
			if got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
			checkRefusal(t, err, tt.reason, saidA, saidB)
		})
	}
}

// checkRefusal: exit code 7, and the words of both keys.
func checkRefusal(t *testing.T, err error, reason, saidA, saidB string) {
	t.Helper()
	var exit *exitError
	switch {
	case reason == "" && err == nil:
	case !errors.As(err, &exit) || exit.code != exitIdentity || reason == "":
		t.Errorf("got %v", err)
	case !strings.Contains(err.Error(), reason+` "`+saidA+`"`) || !strings.Contains(err.Error(), `it is now "`+saidB+`"`):
		t.Errorf("got %v", err)
	}
}

// A server that is silent may be another one now: what is in use is compared with what is said.
func TestAnotherServer(t *testing.T) {
	a, b := wire.Key{1}, wire.Key{2}
	k := serverKey{address: "chat.example:9999"}
	err := k.another(a, b)
	if want := "the server at chat.example:9999 has another key: it is now \"" + words.Fingerprint(b) + "\", it was \"" + words.Fingerprint(a) +
		"\"; if those who run it say that this is right, accept it with -trust-new-server-key"; err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	_, err = k.said(pins(k.address, identity{key: a}), identity{key: b})
	checkRefusal(t, err, "it was", words.Fingerprint(a), words.Fingerprint(b))
}
