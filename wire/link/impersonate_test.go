package link

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	flynn "github.com/flynn/noise"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// stolen is the Diffie-Hellman function of who has a's private key and writes as b: what takes b's private key and a's
// public one it finds from the other side, and for the rest of b's it has nothing better than a guess.
type stolen struct {
	flynn.DHFunc
	a       []byte // private
	b, pubA []byte // public
}

func (x stolen) DH(private, public []byte) ([]byte, error) {
	if len(private) == 0 && bytes.Equal(public, x.pubA) {
		return x.DHFunc.DH(x.a, x.b)
	}
	if len(private) == 0 {
		return x.DHFunc.DH(x.a, public)
	}
	return x.DHFunc.DH(private, public)
}

// Key compromise impersonation: who has stolen a's static key writes to a in the name of b. It gets a response that it can't
// read, and a never hears anything from "b" (Noise §7.7: message 1 has source property 1).
func TestStolenKeyDoesNotImpersonateOthersToItsOwner(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	trust(a, b)
	thief := addr(666)
	scalar := derive([32]byte{1}, labelStatic)
	pubA, pubB := a.id.card.Static, b.id.card.Static
	state, err := flynn.NewHandshakeState(flynn.Config{
		CipherSuite: flynn.NewCipherSuite(stolen{flynn.DH25519, scalar[:], pubB[:], pubA[:]}, flynn.CipherChaChaPoly, flynn.HashBLAKE2s),
		Pattern:     flynn.HandshakeIK, Initiator: true, Random: random(1), Prologue: prologue(5),
		StaticKeypair: flynn.DHKey{Public: pubB[:]}, PeerStatic: pubA[:],
	})
	if err != nil {
		t.Fatal(err)
	}
	message, _, _, err := state.WriteMessage(nil, b.id.credential(nil))
	if err != nil {
		t.Fatal(err)
	}
	d := wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation, Index: 5}, initiationSize)
	d = append(d, message...)
	sum := noise.MacFor(pubA).Sum(d)
	before := a.state()
	if err := a.open(thief, append(append(d, sum[:]...), make([]byte, noise.MacSize)...)); err != nil {
		t.Fatalf("the forged initiation: %v; the test is not as strong as the thief", err)
	}
	a.flush()
	if r := a.s.remotes.Get(b.id.key); r.cur != nil || r.path.Remote.IsValid() {
		t.Error("message 1 alone proved something")
	}
	response := l.record[0].data[wire.HeaderSize:][:message2Size]
	if _, _, _, err := state.ReadMessage(nil, response); err == nil {
		t.Error("the thief could read the response")
	}
	var sess *session
	for _, s := range a.s.pending {
		sess = s
	}
	for i := range 1000 { // without b's private key the thief lacks the session's keys
		d := wire.AppendHeader(nil, wire.Header{Type: wire.TypeData, Index: sess.ours, Counter: uint64(i)}, 40)
		if err := a.open(thief, append(d, make([]byte, 40)...)); err == nil {
			t.Fatal("data that nobody sealed was taken")
		}
	}
	l.run(11 * time.Second)
	if after := a.state(); after != before || len(a.got) != 0 {
		t.Errorf("something stayed: %v\n%s\n%s", a.got, before, after)
	}
}

// A stranger vouches with its own identity for someone else's static key, and someone with another's certificate for its own.
func TestCertificatesBindBothKeys(t *testing.T) {
	l := newLab(t)
	a, b, c := l.party(1, SessionConfig{}), l.party(2, SessionConfig{}), l.party(3, SessionConfig{})
	if err := a.open(c.addr, initiation(t, c.id.static, b.id.credential(nil), a.id.card.Static, 5, 1)); !errors.Is(err, ErrForged) {
		t.Errorf("b's certificate on c's key: %v", err)
	}
	if err := a.open(c.addr, initiation(t, c.id.static, make([]byte, credentialSize), a.id.card.Static, 5, 1)); !errors.Is(err, ErrForged) {
		t.Errorf("no certificate: %v", err)
	}
	// A directory that lies: b's name with c's key. c answers, and is not b.
	a.s.Trust(b.id.key, c.id.card.Static)
	if err := a.s.Add(l.now, Path{Remote: c.addr}, b.id.key, &wire.Ping{Nonce: 1}); err != nil {
		t.Fatal(err)
	}
	a.flush()
	l.run(time.Second)
	if len(c.got) != 0 || a.s.Ready(l.now, b.id.key) || len(a.errs) == 0 {
		t.Error("c is taken for b")
	}
	if err := a.s.Add(l.now, Path{Remote: c.addr}, b.id.key, &wire.Ping{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("it is dialled again: %v", err)
	}
}

// protocol.md §13.2: the certificate of a static key that is known to be the key's is not looked at again, and of any other one it is.
func TestKnownStaticKeysNeedNoCertificate(t *testing.T) {
	for _, c := range []struct {
		name  string
		known func(a, b *party)
		good  bool
	}{
		{"told by the key itself", func(a, b *party) { a.s.TrustClient(b.id.key, b.id.card.Static) }, true},
		{"a server's, pinned", func(a, b *party) { a.s.TrustServer(b.id.key, b.id.card.Static) }, true},
		{"shown before", func(a, b *party) {
			sig := b.id.card.Sig
			defer func() { b.s.me.card.Sig = [64]byte{} }()
			b.s.me.card.Sig = sig
			trust(a, b)
			b.ping(a, 1)
			a.lab.run(time.Second)
		}, true},
		{"said by others", func(a, b *party) { a.s.Trust(b.id.key, b.id.card.Static) }, false},
		{"another static key is known", func(a, b *party) { a.s.TrustClient(b.id.key, [32]byte{5}) }, false},
		{"first this one, then another", func(a, b *party) {
			a.s.TrustClient(b.id.key, b.id.card.Static)
			a.s.Trust(b.id.key, [32]byte{5})
		}, false},
		{"nothing is known", func(*party, *party) {}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
			c.known(a, b)
			err := a.open(b.addr, initiation(t, b.id.static, append(b.id.key[:], make([]byte, 64)...), a.id.card.Static, 5, 9))
			if c.good != (err == nil) || err != nil && !errors.Is(err, ErrForged) {
				t.Errorf("without a certificate: %v", err)
			}
		})
	}
}

// Who has been trusted as someone, and answers with that one's key and certificate, lacks the static key that the certificate is of.
// And nobody is spoken to in one's own name.
func TestAnswerWithAnothersCertificate(t *testing.T) {
	l := newLab(t)
	a, b, c := l.party(1, SessionConfig{}), l.party(2, SessionConfig{}), l.party(3, SessionConfig{})
	static := c.id.card.Static
	c.s.me.key, c.s.me.card.Sig = b.id.key, b.id.card.Sig
	a.s.Trust(b.id.key, static)
	if err := a.s.Add(l.now, Path{Remote: c.addr}, b.id.key, &wire.Ping{Nonce: 1}); err != nil {
		t.Fatal(err)
	}
	a.flush()
	l.run(time.Second)
	if len(c.got) != 0 || a.s.Ready(l.now, b.id.key) || !slices.ContainsFunc(a.errs, func(err error) bool { return errors.Is(err, ErrForged) }) {
		t.Errorf("c is taken for b: it got %v, a saw %v", c.got, a.errs)
	}
	if err := a.open(c.addr, initiation(t, a.id.static, a.id.credential(nil), a.id.card.Static, 5, 1)); !errors.Is(err, ErrForged) {
		t.Errorf("an initiation in one's own name: %v", err)
	}
}

func TestPointsOfLowOrderAreRefused(t *testing.T) {
	l := newLab(t)
	a, b := l.party(1, SessionConfig{}), l.party(2, SessionConfig{})
	for _, point := range [][32]byte{{}, {1}, {0: 0xec, 31: 0x7f}} {
		for i := 1; point[0] == 0xec && i < 31; i++ {
			point[i] = 0xff
		}
		good := initiation(t, a.id.static, a.id.credential(nil), b.id.card.Static, 5, 1)
		copy(good[wire.HeaderSize:], point[:])
		sum := b.s.mac.Sum(good[:len(good)-macsSize])
		copy(good[len(good)-macsSize:], sum[:])
		if err := b.open(a.addr, good); !errors.Is(err, ErrForged) {
			t.Errorf("ephemeral %x: %v", point, err)
		}
		a.s.Trust(wire.Key{9}, point)
		_ = a.s.Add(l.now, Path{Remote: b.addr}, wire.Key{9}, &wire.Ping{})
		if len(a.s.dialling) != 0 {
			t.Errorf("static %x is dialled", point)
		}
	}
}
