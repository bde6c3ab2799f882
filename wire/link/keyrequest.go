package link

import (
	"time"

	"udpchat/wire"
)

// keyAnswerSize is the body of an answer: key, static key, signature. A request is as long, so that it pays to ask for it
// in nobody else's name (protocol.md §13.9).
const keyAnswerSize = 32 + 32 + 64

// keyAnswers is how many requests are answered, whoever asks: nothing tells strangers apart. An answer is bytes that are there, some 5 µs with the
// system's share, and no larger than what asked for it.
var keyAnswers = perSecond(512, 512)

// question is a request for the key of whoever is at a path. Its header bears 96 random bits, which the answer repeats:
// who did not see it can't answer.
type question struct {
	path    Path
	index   uint32
	counter uint64
	tries   wire.Tracker[uint64]

	done bool
	key  wire.Key
	card Card
}

// RequestKey asks who is at p, for the first use of a server, again and again until Answer has it, at most GiveUp. Another
// question takes the place of this one.
func (s *Sessions) RequestKey(now time.Time, p Path) {
	q := &s.question
	q.tries.Drop(q.counter)
	q.path, q.index, q.counter, q.done = p, uint32(s.draw64()), s.draw64(), false
	q.tries.Track(now, q.counter, s.policy(s.cfg.Retry))
	s.ask()
}

// Answer is who answered RequestKey. The card is the key's own; that the key is the server's nothing shows.
func (s *Sessions) Answer() (key wire.Key, card Card, ok bool) {
	return s.question.key, s.question.card, s.question.done
}

// asking tells whether RequestKey is at work: it has neither an answer nor given up.
func (s *Sessions) asking() bool { return s.question.tries.Len() > 0 }

func (s *Sessions) ask() {
	q := &s.question
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyRequest, Index: q.index, Counter: q.counter}, keyAnswerSize)
	s.send(append(b, make([]byte, keyAnswerSize)...), q.path)
}

// answer tells a stranger our key, if that is wanted.
func (s *Sessions) answer(now time.Time, p Path, h wire.Header, body []byte) error {
	if len(body) != keyAnswerSize {
		return errLength
	}
	if !s.cfg.KeyRequests {
		return ErrStranger
	}
	if !s.requests.take(s.elapsed(now), keyAnswers) {
		return ErrBusy
	}
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyAnswer, Index: h.Index, Counter: h.Counter}, keyAnswerSize)
	b = append(append(b, s.me.key[:]...), s.me.card.Static[:]...)
	s.send(append(b, s.me.card.Sig[:]...), p)
	return nil
}

// answered takes the first answer that is right.
func (s *Sessions) answered(p Path, h wire.Header, body []byte) error {
	q := &s.question
	if len(body) != keyAnswerSize {
		return errLength
	}
	if q.done || !q.tries.Has(q.counter) || h.Index != q.index || h.Counter != q.counter || p.Remote != q.path.Remote {
		return ErrUnknown
	}
	key, card := wire.Key(body), Card{Static: [32]byte(body[32:]), Sig: [64]byte(body[64:])}
	if card.Verify(key) != nil {
		return ErrForged
	}
	q.tries.Drop(q.counter)
	q.key, q.card, q.done = key, card, true
	return nil
}
