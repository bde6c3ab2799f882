package noise

import (
	"fmt"
	"io"

	flynn "github.com/flynn/noise"
)

// Initiator is a handshake that we began and that is not answered yet. It can be offered any number of wrong answers.
type Initiator struct {
	x     *exchange
	state *flynn.HandshakeState
}

// Initiate begins a handshake with whoever holds the static key remote. payload is encrypted to it; without forward
// secrecy, and anyone can send message again: it should hold nothing but what the responder needs to answer.
func Initiate(random io.Reader, me *Static, remote [KeySize]byte, prologue, payload []byte) (*Initiator, []byte, error) {
	x := &exchange{static: me}
	state, err := flynn.NewHandshakeState(flynn.Config{
		CipherSuite: suite(x), Random: source(random), Pattern: flynn.HandshakeIK, Initiator: true,
		Prologue: prologue, StaticKeypair: me.pair, PeerStatic: remote[:],
	})
	if err != nil {
		return nil, nil, fmt.Errorf("begin handshake: %w", err)
	}
	message, _, _, err := state.WriteMessage(nil, payload)
	if err != nil {
		return nil, nil, fmt.Errorf("begin handshake: %w", err)
	}
	return &Initiator{x, state}, message, nil
}

// Finish reads the responder's answer. After ErrRefused the handshake stands where it stood, so that a forged answer
// does not end it.
func (i *Initiator) Finish(message []byte) (payload []byte, keys Keys, err error) {
	if len(message) < CloseSize {
		return nil, Keys{}, ErrRefused
	}
	// The library takes back what a message did to its state only when decrypting fails, not when a point is refused.
	// A point that is good here is good for the static key too: what is refused depends on the point alone.
	if _, err := i.x.DH(i.state.LocalEphemeral().Private, message[:KeySize]); err != nil {
		return nil, Keys{}, ErrRefused
	}
	payload, send, receive, err := i.state.ReadMessage(nil, message)
	if err != nil {
		return nil, Keys{}, ErrRefused
	}
	return payload, newKeys(send, receive), nil
}

// Responder is a handshake of which message 1 was read.
type Responder struct {
	Remote  [KeySize]byte // the static key that the initiator says is its own
	Payload []byte

	state *flynn.HandshakeState
}

// Respond reads message 1. It costs two multiplications, and two more in Answer.
func Respond(random io.Reader, me *Static, prologue, message []byte) (*Responder, error) {
	if len(message) < OpenSize {
		return nil, ErrRefused
	}
	x := &exchange{static: me}
	state, err := flynn.NewHandshakeState(flynn.Config{
		CipherSuite: suite(x), Random: source(random), Pattern: flynn.HandshakeIK,
		Prologue: prologue, StaticKeypair: me.pair,
	})
	if err != nil {
		return nil, fmt.Errorf("begin handshake: %w", err)
	}
	payload, _, _, err := state.ReadMessage(nil, message)
	if err != nil {
		return nil, ErrRefused
	}
	return &Responder{Remote: [KeySize]byte(state.PeerStatic()), Payload: payload, state: state}, nil
}

// Answer writes message 2. The keys are good for sending only after something was opened with them: until then nothing
// proves who the initiator is, nor that it is there.
func (r *Responder) Answer(payload []byte) (message []byte, keys Keys, err error) {
	message, receive, send, err := r.state.WriteMessage(nil, payload)
	if err != nil {
		return nil, Keys{}, ErrRefused // the initiator's static key is a point of low order
	}
	return message, newKeys(send, receive), nil
}
