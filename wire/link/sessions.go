package link

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"udpchat/wire"
	"udpchat/wire/link/noise"
)

// prologue is what both sides of a handshake must agree on beforehand: the version, and the initiator's index, which stands
// in the clear and would otherwise be anyone's to change (protocol.md §13.2).
func prologue(index uint32) []byte { return binary.BigEndian.AppendUint32([]byte("udpchat/2"), index) }

// sessionRoom is how many bytes of messages a sealed datagram has: what the header, the tag, and the token that an initiator
// puts before its first messages leave. It is as much as the largest message has.
const sessionRoom = wire.MaxBody - noise.TagSize - tokenRecord

var _ = [1]struct{}{}[sessionRoom-wire.MaxMessage] // they are the same, or this does not compile

const (
	maxWaiting = 64   // messages that wait for a session, per remote; the oldest goes first
	maxOut     = 8192 // datagrams that wait for Flush, beside those with messages
)

// Sessions are a party's sessions with all others: it seals what is sent and opens what comes, makes the handshakes that
// this takes, and proves the paths (protocol.md §13). It is pure: the time comes in, datagrams go out. Not safe for concurrent use:
// owned by a loop, which calls Tick when Next says so and Flush after everything.
//
// Invariants: every session is in sessions and in expiry; those not confirmed are in pending and belong to no remote, the
// others are the cur, or among the old, of theirs. A remote without a session, a handshake or the caller's trust is forgotten.
type Sessions struct {
	cfg    SessionConfig
	me     *Identity
	mac    *noise.Mac // for what is sent to us
	jar    *noise.Jar
	jitter *rand.Rand
	epoch  time.Time // what rates and instants count from: the first time that was told

	remotes  *wire.Index[remote]
	none     rest                // of most of them
	sessions map[uint32]*session // by our index
	theirs   map[uint32]*session // by the remote's index, chained; those with a token
	dialling map[uint32]*remote  // by our index in the handshake
	expiry   expiry

	pending  map[[noise.MacSize]byte]*session // by the mac1 of the initiation
	askers   map[wire.Key][]*session          // the same by who says that it asks
	load     budget
	sources  buckets // handshakes, under load
	answers  bucket  // handshakes that are answered
	resets   buckets
	requests bucket
	tries    wire.Tracker[wire.Key]
	question question
	chores   chores

	packer
	confirms []*session
	out      []outgoingDatagram
	added    wire.Message // by the last Add,
	message  []byte       // and what it is encoded: one that goes to many is encoded once
	datagram []byte       // scratch: the datagram being written
	nonce    noise.Nonce  // likewise

	Counts SessionCounts
}

type outgoingDatagram struct {
	data []byte
	path Path
}

// NewSessions makes the sessions of a party; there are none yet.
func NewSessions(cfg SessionConfig) *Sessions {
	cfg.defaults()
	s := &Sessions{
		cfg:      cfg,
		me:       cfg.Identity,
		mac:      noise.MacFor(cfg.Identity.card.Static),
		jar:      noise.NewJar(cfg.Rand, cfg.Identity.card.Static),
		remotes:  wire.NewIndex(0, func(r *remote) (wire.Key, **remote) { return r.key, &r.next }),
		sessions: make(map[uint32]*session),
		theirs:   make(map[uint32]*session),
		dialling: make(map[uint32]*remote),
		pending:  make(map[[noise.MacSize]byte]*session),
		askers:   make(map[wire.Key][]*session),
		load:     budget{limit: cfg.Handshakes},
		sources:  newBuckets(cfg.Rand, perSecond(20, 5)),
		resets:   newBuckets(cfg.Rand, perSecond(1, 1)),
		packer:   newPacker(sessionRoom),
	}
	s.jitter = rand.New(rand.NewPCG(s.draw64(), s.draw64()))
	s.tries.Rand = s.jitter
	s.question.tries.Rand = s.jitter
	return s
}

// Path is where key is, proved: the last path on which it was shown to hear us.
func (s *Sessions) Path(key wire.Key) (Path, bool) {
	if r := s.remotes.Get(key); r != nil && r.path.Remote.IsValid() {
		return r.path, true
	}
	return Path{}, false
}

// Ready reports whether there is a session with key that something can be sent in.
func (s *Sessions) Ready(now time.Time, key wire.Key) bool {
	r := s.remotes.Get(key)
	return r != nil && s.usable(now, r) != nil
}

// Add packs a message for a remote, to be sent on the path p: one that Open reported, or one that the caller was told. When
// there is no session one is begun, and the message waits, at most GiveUp. Messages to one path and key keep their order. m must not change
// before Flush or forgetAdded.
// When it fails nothing was added: ErrNoKey, or the codec's error, a mistake of the program.
func (s *Sessions) Add(now time.Time, p Path, to wire.Key, m wire.Message) error {
	if err := s.encode(m); err != nil {
		return fmt.Errorf("pack message: %w", err)
	}
	b, r := s.message, s.remotes.Get(to)
	if r == nil {
		return ErrNoKey
	}
	p = s.route(now, r, p)
	sess := s.usable(now, r)
	if sess == nil {
		if !r.dialable {
			return ErrNoKey
		}
		s.wait(r, b)
		s.dial(now, r, p)
		return nil
	}
	if s.stale(now, sess) && r.dialable {
		s.dial(now, r, p) // protocol.md §13.6: the old keys serve until the new ones are there
	}
	s.add(destination{p, to}, b)
	return nil
}

// AddIdle is Add for what nobody waits for. Where there is a handshake, or a time for one (protocol.md §13.8), it makes that no sooner, and one
// such message waits for it.
func (s *Sessions) AddIdle(now time.Time, p Path, to wire.Key, m wire.Message) error {
	r := s.remotes.Get(to)
	if r == nil || r.dial == nil || s.usable(now, r) != nil {
		return s.Add(now, p, to, m)
	}
	if len(r.waiting) > 0 {
		return nil
	}
	if err := s.encode(m); err != nil {
		return fmt.Errorf("pack message: %w", err)
	}
	s.wait(r, s.message)
	return nil
}

// encode puts what m says into message, if it is not there already.
func (s *Sessions) encode(m wire.Message) (err error) {
	if m == s.added {
		return nil
	}
	s.added = nil
	if s.message, err = wire.AppendMessage(s.message[:0], m); err == nil {
		s.added = m
	}
	return err
}

// forgetAdded ends what encode remembers: messages are recognised by their address.
func (s *Sessions) forgetAdded() { s.added = nil }

// wait keeps a message until there is a session.
func (s *Sessions) wait(r *remote, message []byte) {
	if len(r.waiting) == maxWaiting {
		r.waiting = append(r.waiting[:0], r.waiting[1:]...)
		s.Counts.Dropped++
	}
	more := s.more(r)
	more.waiting = append(more.waiting, append([]byte(nil), message...))
}

// Open takes a datagram, in whose bytes it works. from is proved, and so is path, which may be another one than p: the one
// to answer on. body is one or more messages, not yet checked; it is empty when the datagram was only for the sessions.
// An error is why it was dropped.
func (s *Sessions) Open(now time.Time, p Path, datagram []byte) (from wire.Key, path Path, body []byte, err error) {
	from, path, body, err = s.open(now, p, datagram)
	s.Counts.note(err)
	s.traceCame(p, from, datagram, body, err)
	return from, path, body, err
}

func (s *Sessions) open(now time.Time, p Path, datagram []byte) (from wire.Key, path Path, body []byte, err error) {
	h, body, err := wire.ParseDatagram(datagram)
	if err != nil {
		return wire.Key{}, Path{}, nil, err
	}
	switch h.Type {
	case wire.TypeData:
		return s.data(now, p, h, datagram, body)
	case wire.TypeInitiation:
		err = s.respond(now, p, h, datagram, body)
	case wire.TypeResponse:
		err = s.finish(now, p, h, datagram, body)
	case wire.TypeCookie:
		err = s.cookie(now, h, body)
	case wire.TypeReset:
		err = s.takeReset(now, h, body)
	case wire.TypeKeyRequest:
		err = s.answer(now, p, h, body)
	case wire.TypeKeyAnswer:
		err = s.answered(p, h, body)
	default:
		err = ErrForeign
	}
	return wire.Key{}, Path{}, nil, err
}

// Tick does what is due: it repeats handshakes, gives them up, and ends sessions.
func (s *Sessions) Tick(now time.Time) {
	s.tries.Expire(now, func(key wire.Key, _ uint8) { s.retry(now, key) }, s.giveUp)
	s.question.tries.Expire(now, func(uint64, uint8) { s.ask() }, func(uint64) {})
	for len(s.expiry) > 0 && s.expiry[0].due <= s.elapsed(now) {
		s.end(s.expiry[0])
	}
}

// Next is when Tick has something to do, and whether it ever has.
func (s *Sessions) Next() (next time.Time, ok bool) {
	next, ok = s.tries.Next()
	if t, has := s.question.tries.Next(); has && (!ok || t.Before(next)) {
		next, ok = t, true
	}
	if len(s.expiry) > 0 {
		if end := s.epoch.Add(s.expiry[0].due); !ok || end.Before(next) {
			next, ok = end, true
		}
	}
	return next, ok
}

// elapsed is now as an instant. It does not follow the wall clock.
func (s *Sessions) elapsed(now time.Time) instant {
	if s.epoch.IsZero() {
		s.epoch = now
	}
	return now.Sub(s.epoch)
}

// index draws an index that is not in use.
func (s *Sessions) index() uint32 {
	for {
		i := uint32(s.draw64())
		if i != 0 && s.sessions[i] == nil && s.dialling[i] == nil {
			return i
		}
	}
}

func (s *Sessions) draw64() uint64 {
	return binary.BigEndian.Uint64(draw(s.cfg.Rand, make([]byte, 8)))
}

// draw fills b with random bytes. There is nothing to do without them: crypto/rand does not fail.
func draw(random io.Reader, b []byte) []byte {
	if _, err := io.ReadFull(random, b); err != nil {
		panic(fmt.Sprintf("draw random bytes: %v", err))
	}
	return b
}
