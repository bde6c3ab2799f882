package peer

import (
	"cmp"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// laneID names a run of seqs (protocol.md §5).
type laneID struct {
	to             wire.Key
	epoch, toEpoch uint64
}

// partID names a part among what this client sends, also when it is not here any more.
type partID struct {
	to    wire.Key
	epoch uint64
	seq   uint64
}

// lane is what one run typed to one recipient. Parts are in it by seq.
type lane struct {
	*way
	laneID
	last  *uint64 // seq given out
	parts []*part
	count [done + 1]int // parts in each state
	first int           // no part before it is queued
	held  int           // queued parts that wait for their recipient, and for nothing else
	low   uint64        // every part below this seq is delivered or stored
	goes  time.Time     // posts that wait for more go then; zero: none waits

	returned map[uint64]bool // seqs that were given out to texts for which there was no room, and may be again
}

// part is one datagram's worth of a text.
type part struct {
	lane    *lane
	text    *text
	t       wire.Text
	state   state
	extra   bool // the one further direct copy was sent
	saves   int  // commits that are awaited: more than one when it was renumbered meanwhile
	anew    bool // it was sealed once more, since its recipient could not open it
	skipped bool // a post that came to the server before the one that it follows
	held    bool // it can't go by the mailbox: lane.held counts it
	stray   bool // what says that it is stored may be of another copy of the store

	copies   wire.Slot[*part] // what outbox.direct knows of it
	deposits wire.Slot[*part] // what outbox.deposits does

	sent    wire.Direct // the first direct copy
	covered []byte      // the body as the server gets it: sealed, or signed; nil until it is made
	prekey  uint32      // that it is sealed to
	hash    [32]byte    // of a post, once it is known
	hashed  bool
}

// state is where a part is on its road.
type state uint8

const (
	saving     state = iota // its commit is awaited
	queued                  // on disk; nothing was sent for this run
	direct                  // copies go to the recipient
	depositing              // goes to the server
	stored                  // the server has it
	kept                    // the server does not take it for now
	done                    // delivered; it stays until its whole text is
)

// text is one typed line: its parts share its fate, and the user hears of it once.
type text struct {
	to      wire.Key
	parts   []*part
	typed   bool // in this run
	awaited bool // the user waits for it
	missed  bool
	turns   int  // the contact's, when it missed: tells whether it stayed
	told    bool // Stored was told
	kept    bool // Kept was told
	line    uint64
	fresh   fresh // until it is told that it was accepted

	first part // room for the first of its parts: most texts have no other
	one   [1]*part
}

// fresh is what the user typed, and its number. The zero value is nothing.
type fresh struct {
	ref   uint64
	typed string
}

func (l *lane) add(x *text, t wire.Text) {
	p := &x.first
	if p.lane != nil {
		p = new(part)
	} else if x.parts == nil {
		x.parts = x.one[:0]
	}
	*p = part{lane: l, text: x, t: t}
	x.parts = append(x.parts, p)
	l.parts = append(l.parts, p)
	l.count[p.state]++
}

func (l *lane) id(p *part) partID { return partID{l.to, l.epoch, p.t.Seq} }

// move notes a part's next state.
func (l *lane) move(p *part, s state) {
	l.count[p.state]--
	l.count[s]++
	p.state = s
	l.hold(p, false)
	if s == stored || s == done {
		p.covered = nil
	} else {
		l.low = min(l.low, p.t.From())
	}
}

// hold notes that a queued part waits for its recipient, or no longer.
func (l *lane) hold(p *part, on bool) {
	switch {
	case on && !p.held:
		l.held++
	case !on && p.held:
		l.held--
	}
	p.held = on
}

// uncover forgets what was made of the bodies from a part on: the names, or the past, of these posts and mails is another one now.
func (l *lane) uncover(from int) {
	for _, p := range l.parts[from:] {
		p.covered, p.hashed = nil, false
	}
}

// drop takes parts out of the lane.
func (l *lane) drop(gone func(p *part) bool) {
	l.first = 0
	l.parts = slices.DeleteFunc(l.parts, func(p *part) bool {
		if !gone(p) {
			return false
		}
		l.count[p.state]--
		l.hold(p, false)
		return true
	})
}

// leading gives the texts that are done, up to the first that is not.
func (l *lane) leading() (texts []*text) {
	for _, p := range l.parts {
		if n := len(texts); n > 0 && texts[n-1] == p.text {
			continue
		}
		if !p.text.all(done) {
			break
		}
		texts = append(texts, p.text)
	}
	return texts
}

// dropTexts takes texts whose parts are all done out of the lane, and calls each with these. It looks at nothing but what stands between
// them.
func (l *lane) dropTexts(texts []*text, each func(p *part)) {
	from, to := len(l.parts), 0
	for _, x := range texts {
		lo, _ := l.place(x.parts[0].t.Seq)
		hi, _ := l.place(x.parts[len(x.parts)-1].t.Seq)
		from, to = min(from, lo), max(to, hi+1)
	}
	stay, first := l.parts[from:from], l.first
	for i, p := range l.parts[from:to] {
		if !p.text.all(done) {
			stay = append(stay, p)
			continue
		}
		l.count[p.state]--
		l.hold(p, false)
		if from+i < l.first {
			first--
		}
		each(p)
	}
	l.first = first
	if gone := to - len(stay); from == 0 && len(l.parts) > 2*gone { // the usual case with many: the oldest are done, and nothing behind them moves
		copy(l.parts[gone:to], stay)
		clear(l.parts[:gone])
		l.parts = l.parts[gone:]
		return
	}
	l.parts = slices.Delete(l.parts, from+len(stay), to)
}

// covered appends the parts that marks name.
func (l *lane) covered(parts []*part, m store.Marks) []*part {
	n, _ := l.place(m.Through + 1)
	parts = append(parts, l.parts[:n]...)
	for _, r := range m.Ranges {
		i, _ := l.place(r.Lo)
		for ; i < len(l.parts) && l.parts[i].t.Seq <= r.Hi; i++ {
			parts = append(parts, l.parts[i])
		}
	}
	return parts
}

// onWay is how many parts are unanswered.
func (l *lane) onWay() int { return l.count[direct] + l.count[depositing] }

func (w *way) onWay() (n int) {
	for _, l := range w.lanes {
		n += l.onWay()
	}
	return n
}

// room is how many more may be (protocol.md §7.4). What the server refuses keeps its place among the first ones.
func (l *lane) room() int {
	room := l.congestion.Window() - l.way.onWay()
	if refused := l.count[kept]; refused > 0 {
		room = min(room, laneWindow-refused-l.onWay())
	}
	return room
}

// mailed tells whether a part is in the mailbox's hands.
func (l *lane) mailed() bool { return l.count[depositing]+l.count[stored]+l.count[kept] > 0 }

// long: version 1 cut it, and it has no room beside what protects mail and posts.
func (p *part) long() bool { return len(p.t.Body) > wire.PartSize }

// place is where the part with that seq is, or would be.
func (l *lane) place(seq uint64) (int, bool) {
	return slices.BinarySearchFunc(l.parts, seq, func(p *part, seq uint64) int {
		return cmp.Compare(p.t.Seq, seq)
	})
}

// find gives the unsettled part with that seq.
func (l *lane) find(seq uint64) *part {
	i, ok := l.place(seq)
	if !ok {
		return nil
	}
	return l.parts[i]
}

// all tells whether every part is in that state.
func (x *text) all(s state) bool {
	return !slices.ContainsFunc(x.parts, func(p *part) bool { return p.state != s })
}
