package link

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	flynn "github.com/flynn/noise"
	"golang.org/x/crypto/chacha20poly1305"

	"udpchat/wire"
)

// thief is the Diffie-Hellman function of who got both static keys, and has what was recorded, e among it: the public part of a's
// ephemeral key. What takes the private part of that and b's static key it finds from b's side. With the private part too, which both
// programs have forgotten, nothing is closed to it: that is the control.
type thief struct {
	flynn.DHFunc
	a, b, ephemeral []byte // private
	e, pubB         []byte
}

func (x thief) GenerateKeypair(io.Reader) (flynn.DHKey, error) { return flynn.DHKey{Public: x.e}, nil }

func (x thief) DH(private, public []byte) ([]byte, error) {
	switch {
	case len(private) > 0: // it is a's static key
		return x.DHFunc.DH(x.a, public)
	case bytes.Equal(public, x.pubB):
		return x.DHFunc.DH(x.b, x.e)
	case x.ephemeral == nil:
		return make([]byte, 32), nil // a guess: of this all depends
	}
	return x.DHFunc.DH(x.ephemeral, public)
}

// read is what the thief reads of the data that a sent in a recorded session, which began with the two datagrams.
func (x thief) read(t *testing.T, id *Identity, initiation, response []byte, data [][]byte) (plain [][]byte) {
	t.Helper()
	state, err := flynn.NewHandshakeState(flynn.Config{
		CipherSuite: flynn.NewCipherSuite(x, flynn.CipherChaChaPoly, flynn.HashBLAKE2s), Pattern: flynn.HandshakeIK, Initiator: true,
		Prologue: prologue(binary.BigEndian.Uint32(initiation[3:])), StaticKeypair: flynn.DHKey{Private: x.a, Public: id.card.Static[:]}, PeerStatic: x.pubB,
	})
	if err != nil {
		t.Fatal(err)
	}
	message, _, _, err := state.WriteMessage(nil, id.credential(nil))
	if err != nil || !bytes.Equal(message, initiation[wire.HeaderSize:][:message1Size]) {
		t.Fatalf("message 1 is another one, %v: the test is not as strong as the thief", err)
	}
	_, send, _, err := state.ReadMessage(nil, response[wire.HeaderSize:][:message2Size])
	if err != nil {
		return nil
	}
	key := send.UnsafeKey()
	aead, err := chacha20poly1305.New(key[:])
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range data {
		nonce := binary.LittleEndian.AppendUint64(make([]byte, 4), binary.BigEndian.Uint64(d[8:]))
		b, err := aead.Open(nil, nonce, d[wire.HeaderSize:], d[:wire.HeaderSize])
		if err == nil {
			plain = append(plain, b)
		}
	}
	return plain
}

// Forward secrecy: who recorded a conversation and gets the keys of both parties later reads nothing of it.
func TestStolenKeysDoNotOpenWhatWasRecorded(t *testing.T) {
	l := newLab(t)
	var drawn bytes.Buffer
	a, b := l.party(1, SessionConfig{Rand: io.TeeReader(random(1), &drawn)}), l.party(2, SessionConfig{})
	trust(a, b)
	for n := range uint32(5) {
		a.ping(b, n)
		l.run(time.Second)
	}
	b.expect(0, 4)
	var initiation, response []byte
	var data [][]byte
	for _, f := range l.record {
		switch {
		case f.data[1] == wire.TypeInitiation:
			initiation = f.data
		case f.data[1] == wire.TypeResponse:
			response = f.data
		case f.from == a.addr:
			data = append(data, f.data)
		}
	}
	seedA, seedB := derive([32]byte{1}, labelStatic), derive([32]byte{2}, labelStatic)
	x := thief{DHFunc: flynn.DH25519, a: seedA[:], b: seedB[:], e: initiation[wire.HeaderSize:][:32], pubB: b.id.card.Static[:]}
	if plain := x.read(t, a.id, initiation, response, data); len(plain) > 0 {
		t.Errorf("%d of %d datagrams are read", len(plain), len(data))
	}
	var err error
	if x.ephemeral, err = privateOf(x.e, drawn.Bytes()); err != nil {
		t.Fatal(err)
	}
	if plain := x.read(t, a.id, initiation, response, data); len(plain) != len(data) {
		t.Errorf("with the forgotten key %d of %d datagrams are read: the test shows nothing", len(plain), len(data))
	}
}

// privateOf finds the private part of a key among random bytes that were drawn.
func privateOf(public, drawn []byte) ([]byte, error) {
	base := append([]byte{9}, make([]byte, 31)...) // RFC 7748 §4.1
	for i := range len(drawn) - 31 {
		if made, err := flynn.DH25519.DH(drawn[i:i+32], base); err == nil && bytes.Equal(made, public) {
			return drawn[i : i+32], nil
		}
	}
	return nil, errors.New("it was not drawn")
}
