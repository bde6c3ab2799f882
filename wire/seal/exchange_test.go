package seal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
)

func exchangeOf(t testing.TB, sender ed25519.PrivateKey, to [32]byte, p Prekey) *Exchange {
	t.Helper()
	a, err := NewAddress(to, p)
	if err != nil {
		t.Fatal(err)
	}
	x, err := a.Exchange(sender)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The server gives bob mail of an exchange in the name of another sender, or with another one's enc.
func TestMailOfAnotherExchangeDoesNotOpen(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	_, malloryKey := someone("mallory")
	prekey := prekeyOf(t, bob, 7)
	one, two := exchangeOf(t, alice, bobKey, prekey), exchangeOf(t, alice, bobKey, prekey)
	a, b := &Mail{ID: mailTo(aliceKey, bobKey), Body: []byte("hi")}, &Mail{ID: mailTo(aliceKey, bobKey), Body: []byte("hi")}
	if err := errors.Join(one.Seal(a), two.Seal(b)); err != nil {
		t.Fatal(err)
	}
	box, err := secretOf(7).Box()
	if err != nil {
		t.Fatal(err)
	}
	known := &Roots{}
	for _, m := range []*Mail{a, b} {
		if _, err := box.Open(known, m.ID, m.Sealed); err != nil {
			t.Fatal(err)
		}
	}
	swapped := bytes.Clone(a.Sealed)
	copy(swapped[idSize:], b.Sealed[idSize:idSize+encSize])
	counted := bytes.Clone(a.Sealed)
	counted[idSize+encSize+1]++
	another := a.ID
	another.From = malloryKey
	for what, try := range map[string]Mail{
		"another's enc": {ID: a.ID, Sealed: swapped}, "another counter": {ID: a.ID, Sealed: counted}, "another's name": {ID: another, Sealed: a.Sealed},
	} {
		if got, err := box.Open(known, try.ID, try.Sealed); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("%s: got %q, %v", what, got, err)
		}
	}
}

// protocol.md §14.3: no counter comes twice under a key.
func TestExchangeCountsAndEnds(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	x := exchangeOf(t, alice, bobKey, prekeyOf(t, bob, 7))
	used := map[string]bool{}
	for x.Left() > 0 {
		batch := make([]*Mail, min(MaxBatch-1, x.Left()))
		for i := range batch {
			batch[i] = &Mail{ID: mailTo(aliceKey, bobKey)}
		}
		if err := x.Seal(batch...); err != nil {
			t.Fatal(err)
		}
		for _, m := range batch {
			used[string(m.Sealed[idSize:idSize+encSize+counterSize])] = true
		}
	}
	if len(used) != MaxExchange {
		t.Errorf("%d counters for %d mails", len(used), MaxExchange)
	}
	if err := x.Seal(&Mail{ID: mailTo(aliceKey, bobKey)}); err == nil || x.Left() != 0 {
		t.Errorf("one more is sealed: %v", err)
	}
}

func TestExchangeRefuses(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	_, carolKey := someone("carol")
	x := exchangeOf(t, alice, bobKey, prekeyOf(t, bob, 7))
	good := &Mail{ID: mailTo(aliceKey, bobKey)}
	many := slices.Repeat([]*Mail{good}, MaxBatch+1)
	for what, batch := range map[string][]*Mail{
		"nothing": nil, "too many": many, "another's mail": {good, {ID: mailTo(bobKey, bobKey)}}, "to another": {good, {ID: mailTo(aliceKey, carolKey)}},
	} {
		if err := x.Seal(batch...); err == nil || good.Sealed != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if x.Left() != MaxExchange {
		t.Errorf("%d counters are used up by nothing", MaxExchange-x.Left())
	}
}

// A flood of exchanges costs a recipient no more memory than its bound.
func TestBoxForgets(t *testing.T) {
	alice, aliceKey := someone("alice")
	bob, bobKey := someone("bob")
	box, err := secretOf(7).Box()
	if err != nil {
		t.Fatal(err)
	}
	known, id := &Roots{}, mailTo(aliceKey, bobKey)
	first, err := sealMail(alice, prekeyOf(t, bob, 7), id, []byte("first"))
	if err != nil {
		t.Fatal(err)
	}
	for range maxAgreed + 5 {
		keep(&box.agreed, exchangeID{enc: [32]byte{byte(len(box.agreed)), byte(len(box.agreed) >> 8), 1}}, nil, maxAgreed)
		keep(&known.seen, signed{sig: [64]byte{byte(len(known.seen)), byte(len(known.seen) >> 8), 1}}, struct{}{}, maxRoots)
		if len(box.agreed) > maxAgreed || len(known.seen) > maxRoots {
			t.Fatal("too much is kept")
		}
	}
	if _, err := box.Open(known, id, first); err != nil {
		t.Error(err)
	}
	agreed := len(box.agreed)
	o := thief(t, id, first)
	o.ownExchange(t, prekeyOf(t, bob, 7))
	if _, err := box.Open(known, id, o.sealed(t)); err == nil || len(box.agreed) != agreed {
		t.Error("an exchange is kept that its sender did not sign")
	}
}
