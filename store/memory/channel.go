package memory

import (
	"cmp"
	"math"
	"slices"
	"time"

	"udpchat/store"
)

// channel is the log. What went from it is all through one order; of each lane the last seq stays.
type channel struct {
	posts []store.Item          // by order
	lanes map[postLane][]placed // by seq
	age   time.Duration
	marks []mark // by age
	gone  uint64
	bytes uint64
}

// postLane names a lane of an author's posts.
type postLane struct {
	from store.Key
	epochs
}

// placed is a seq and its order.
type placed struct{ seq, order uint64 }

// mark is how far the log had come at an age.
type mark struct {
	age   time.Duration
	order uint64
}

// Gone is the order through which posts are gone.
func (s *Server) Gone() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.gone
}

// Cursors tells the lowest cursor of some members.
func (s *Server) Cursors(after store.Key, limit int) (lowest uint64, last store.Key, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lowest = math.MaxUint64
	for _, k := range s.keysAfter(after) {
		if limit == 0 {
			return lowest, last, s.open()
		}
		lowest, last, limit = min(lowest, s.clients[k].at), k, limit-1
	}
	return lowest, store.Key{}, s.open()
}

func (s *Server) post(c store.Post) store.Result {
	id, seq := postLane{c.Author, epochs{c.Text.Epoch, c.Text.ToEpoch}}, c.Text.Seq
	lane := s.log.lanes[id]
	i, known := slices.BinarySearchFunc(lane, seq, func(p placed, seq uint64) int { return cmp.Compare(p.seq, seq) })
	switch {
	case seq == 0:
		return store.Result{Verdict: store.Gap}
	case known || i < len(lane):
		return store.Result{Order: lane[i].order}
	case c.Spent:
		return store.Result{Verdict: store.FullPair}
	case seq != 1 && seq != c.Base && (i == 0 || lane[i-1].seq != seq-1):
		return store.Result{Verdict: store.Gap}
	case c.Longest > 0 && uint64(c.Text.Size) > c.Longest:
		return store.Result{Verdict: store.TooLong}
	case !s.room.take(textRoom(c.Text)):
		return store.Result{Verdict: store.FullDisk}
	}
	s.head.Order++
	order := s.head.Order
	if i > 0 && lane[i-1].order <= s.log.gone {
		lane = lane[:i-1]
	}
	if s.log.lanes[id] = append(lane, placed{seq, order}); i == 0 {
		s.log.forgetLanes(id.from)
	}
	s.log.posts = append(s.log.posts, store.Item{Order: order, From: c.Author, Post: true, Text: cloneText(c.Text)})
	s.log.bytes += c.Text.Room()
	if c.Room > 0 && s.log.bytes > c.Room {
		s.makeRoom(c.Room)
	}
	return store.Result{Order: order}
}

// makeRoom lets two posts go for a new one, but not that one.
func (s *Server) makeRoom(room uint64) {
	s.remove(2, func(o uint64) bool { return o < s.head.Order && s.log.bytes > room })
}

func (s *Server) trim(c store.Trim) store.Result {
	log := &s.log
	log.age += c.Elapsed
	if last := len(log.marks) - 1; c.Elapsed > 0 && (last < 0 && s.head.Order > 0 || last >= 0 && log.marks[last].order != s.head.Order) {
		log.marks = append(log.marks, mark{log.age, s.head.Order})
	}
	through := min(log.olderThan(c.Spare), c.Lowest)
	if c.Keep > 0 {
		through = max(through, log.olderThan(c.Keep))
	}
	n := s.remove(c.Limit, func(o uint64) bool { return o <= through || c.Room > 0 && log.bytes > c.Room })
	old := log.olderThan(max(c.Spare, c.Keep))
	for ; c.Limit > 0 && len(log.marks) > 0 && log.marks[0].order < old; c.Limit-- {
		log.marks = log.marks[1:]
	}
	return store.Result{Removed: n}
}

// goneAfter is through which order posts are gone for who has all through another one.
func (l *channel) goneAfter(order uint64) uint64 {
	if l.gone > order {
		return l.gone
	}
	return 0
}

// olderThan is through which order the log is older than that.
func (l *channel) olderThan(age time.Duration) (order uint64) {
	for _, m := range l.marks {
		if m.age <= l.age-age {
			order = m.order
		}
	}
	return order
}

// remove removes up to limit posts from the beginning, while goes says so.
func (s *Server) remove(limit int, goes func(order uint64) bool) (n int) {
	log := &s.log
	for ; n < limit && len(log.posts) > 0 && goes(log.posts[0].Order); n++ {
		p := log.posts[0]
		log.gone, log.posts = p.Order, slices.Delete(log.posts, 0, 1)
		log.bytes -= p.Text.Room()
		s.room.give(textRoom(p.Text))
		log.forgetSeq(p, s.Forgetful)
	}
	return n
}

// forgetSeq forgets the seq of a post that went, but for the last one of a lane; of these those of 64 lanes stay (protocol.md §11.4).
func (l *channel) forgetSeq(p store.Item, altogether bool) {
	id := postLane{p.From, epochs{p.Text.Epoch, p.Text.ToEpoch}}
	if lane := l.lanes[id]; altogether || lane[len(lane)-1].seq != p.Text.Seq {
		if l.lanes[id] = slices.DeleteFunc(lane, func(x placed) bool { return x.seq == p.Text.Seq }); len(l.lanes[id]) == 0 {
			delete(l.lanes, id)
		}
		return
	}
	l.forgetLanes(p.From)
}

// forgetLanes forgets an author's lanes below the highest 64 of which all posts went.
func (l *channel) forgetLanes(author store.Key) {
	var lanes []postLane
	for id := range l.lanes {
		if id.from == author {
			lanes = append(lanes, id)
		}
	}
	slices.SortFunc(lanes, func(a, b postLane) int { return compareEpochs(b.epochs, a.epochs) })
	for _, id := range lanes[min(keptEpochs, len(lanes)):] {
		if lane := l.lanes[id]; lane[len(lane)-1].order <= l.gone {
			delete(l.lanes, id)
		}
	}
}

func compareEpochs(a, b epochs) int {
	return cmp.Or(cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.toEpoch, b.toEpoch))
}

func (s *Server) advance(c store.Advance) store.Result {
	member := s.clients[c.Member]
	if member == nil {
		return store.Result{Verdict: store.NoClient}
	}
	member.at = max(member.at, min(c.Order, s.head.Order))
	if c.Back {
		member.back(c.Order)
	}
	return store.Result{Cursor: member.at}
}
