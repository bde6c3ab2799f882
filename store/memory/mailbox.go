package memory

import (
	"cmp"
	"slices"

	"udpchat/store"
)

// The limits of kept deliveries, as in store/bolt.
const (
	keptEpochs     = 64
	keptDeliveries = 72
)

// box is what is kept for one recipient.
type box struct {
	mail  []store.Item // by order
	index map[textID]uint64
	marks map[store.Key][]store.Marks // by first sight

	all   usage
	pairs map[store.Key]usage
	waits map[charge]int // parts that wait, of texts of several parts that are charged
}

// usage is what waits: whole texts, and their bytes.
type usage struct{ texts, bytes uint64 }

// charge is a text of several parts.
type charge struct {
	first textID
	parts uint16
	size  uint32
}

func (s *Server) box(to store.Key) *box {
	b := s.boxes[to]
	if b == nil {
		b = &box{
			index: map[textID]uint64{}, marks: map[store.Key][]store.Marks{}, pairs: map[store.Key]usage{},
			waits: map[charge]int{},
		}
		s.boxes[to] = b
	}
	return b
}

// Waiting lists a client's mail and the posts after its cursor.
func (s *Server) Waiting(to store.Key, after uint64, limit int) ([]store.Item, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.clients[to]
	if c == nil {
		return nil, 0, s.open()
	}
	mail, posts := above(s.box(to).mail, after), above(s.log.posts, max(after, c.at))
	if gone := s.log.goneAfter(max(after, c.at)); gone > 0 {
		posts = slices.Insert(slices.Clone(posts), 0, store.Item{Order: gone, Post: true, Gone: true})
	}
	var items []store.Item
	for len(items) < limit && len(mail)+len(posts) > 0 {
		from := &mail
		if len(mail) == 0 || len(posts) > 0 && posts[0].Order < mail[0].Order {
			from = &posts
		}
		it := (*from)[0]
		*from = (*from)[1:]
		it.Text = cloneText(it.Text)
		items = append(items, it)
	}
	return items, 0, s.open()
}

// above is the tail of items whose order is above after.
func above(items []store.Item, after uint64) []store.Item {
	i, found := place(items, after)
	if found {
		i++
	}
	return items[i:]
}

func place(items []store.Item, order uint64) (int, bool) {
	return slices.BinarySearchFunc(items, order, func(it store.Item, o uint64) int { return cmp.Compare(it.Order, o) })
}

func (s *Server) deposit(c store.Deposit) store.Result {
	if s.clients[c.To] == nil {
		return store.Result{Verdict: store.NoClient}
	}
	b, id := s.box(c.To), idOf(c.From, c.Text)
	if order, known := b.index[id]; known {
		return s.again(b, order, c)
	}
	if b.delivered(c.From, id.epochs).Has(c.Text.Seq) {
		return store.Result{Verdict: store.Delivered}
	}
	if !s.room.take(textRoom(c.Text)) {
		return store.Result{Verdict: store.FullDisk}
	}
	if v := b.charge(c); v != store.Accepted {
		s.room.give(textRoom(c.Text))
		return store.Result{Verdict: v}
	}
	s.head.Order++
	b.index[id] = s.head.Order
	b.mail = append(b.mail, store.Item{Order: s.head.Order, From: c.From, Text: cloneText(c.Text)})
	return store.Result{Order: s.head.Order}
}

// again gives the order of a text that waits already; with Anew the text takes the place of that, under a new one.
func (s *Server) again(b *box, order uint64, c store.Deposit) store.Result {
	if !c.Anew {
		return store.Result{Order: order}
	}
	i, _ := place(b.mail, order)
	old := b.mail[i].Text
	if !s.room.take(textRoom(c.Text) - textRoom(old)) {
		return store.Result{Verdict: store.FullDisk}
	}
	b.discharge(c.From, old)
	b.charge(store.Deposit{From: c.From, Text: c.Text})
	b.mail = slices.Delete(b.mail, i, i+1)
	s.head.Order++
	b.index[idOf(c.From, c.Text)] = s.head.Order
	b.mail = append(b.mail, store.Item{Order: s.head.Order, From: c.From, Text: cloneText(c.Text)})
	return store.Result{Order: s.head.Order}
}

func (s *Server) take(c store.Take) store.Result {
	b, removed := s.box(c.To), false
	for _, order := range c.Orders {
		i, found := place(b.mail, order)
		if !found || b.mail[i].From != c.From {
			continue
		}
		x := b.mail[i].Text
		covered := x.Epoch == c.Marks.Epoch && c.Marks.Has(x.Seq)
		if x.ToEpoch == c.Marks.ToEpoch && !covered && !c.Refused {
			continue
		}
		removed = true
		s.room.give(textRoom(x))
		b.mail = slices.Delete(b.mail, i, i+1)
		delete(b.index, idOf(c.From, x))
		b.discharge(c.From, x)
	}
	if !c.Refused {
		s.deliver(c, removed)
	}
	return store.Result{}
}

func chargeOf(from store.Key, x store.Text) charge {
	id := idOf(from, x)
	id.seq = x.First()
	return charge{id, x.Parts, x.Size}
}

func (b *box) charge(c store.Deposit) store.Verdict {
	ch := chargeOf(c.From, c.Text)
	if b.waits[ch] > 0 {
		b.waits[ch]++
		return store.Accepted
	}
	size, one, q := uint64(c.Text.Size), b.pairs[c.From], c.Quota
	over := func(u usage, texts, bytes uint64) bool {
		return texts > 0 && u.texts+1 > texts || bytes > 0 && u.bytes+size > bytes
	}
	switch {
	case q.Longest > 0 && size > q.Longest:
		return store.TooLong
	case over(b.all, q.Texts, q.Bytes):
		return store.FullMailbox
	case over(one, q.PairTexts, q.PairBytes):
		return store.FullPair
	}
	b.all = usage{b.all.texts + 1, b.all.bytes + size}
	b.pairs[c.From] = usage{one.texts + 1, one.bytes + size}
	if c.Text.Parts > 1 {
		b.waits[ch] = 1
	}
	return store.Accepted
}

func (b *box) discharge(from store.Key, x store.Text) {
	if x.Parts <= 1 {
		b.free(from, x.Size)
		return
	}
	ch := chargeOf(from, x)
	if b.waits[ch]--; b.waits[ch] == 0 {
		delete(b.waits, ch)
		b.free(from, x.Size)
	}
}

func (b *box) free(from store.Key, size uint32) {
	one := b.pairs[from]
	b.all = usage{b.all.texts - 1, b.all.bytes - uint64(size)}
	if b.pairs[from] = (usage{one.texts - 1, one.bytes - uint64(size)}); one.texts == 1 {
		delete(b.pairs, from)
	}
}

// delivered is what is kept of a sender's marks in these epochs.
func (b *box) delivered(from store.Key, e epochs) store.Marks {
	for _, m := range b.marks[from] {
		if e == (epochs{m.Epoch, m.ToEpoch}) {
			return m
		}
	}
	return store.Marks{Epoch: e.epoch, ToEpoch: e.toEpoch}
}

// Untold lists the deliveries that a sender was not told of.
func (s *Server) Untold(sender store.Key) ([]store.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []store.Delivery
	for p, es := range s.untold {
		for e := range es {
			if p.from == sender {
				m := s.box(p.to).delivered(sender, e)
				m.Ranges = slices.Clone(m.Ranges)
				list = append(list, store.Delivery{To: p.to, Marks: m})
			}
		}
	}
	slices.SortFunc(list, func(x, y store.Delivery) int {
		return cmp.Or(compareKeys(x.To, y.To), cmp.Compare(x.Marks.Epoch, y.Marks.Epoch), cmp.Compare(x.Marks.ToEpoch, y.Marks.ToEpoch))
	})
	return list, s.open()
}

// deliver keeps the marks of a take.
func (s *Server) deliver(c store.Take, removed bool) {
	b, e := s.box(c.To), epochs{c.Marks.Epoch, c.Marks.ToEpoch}
	kept := b.delivered(c.From, e)
	merged := kept.Union(c.Marks)
	if !removed && merged.Through == kept.Through && slices.Equal(merged.Ranges, kept.Ranges) {
		return
	}
	p := pair{c.From, c.To}
	if s.untold[p] == nil {
		s.untold[p] = map[epochs]bool{}
	}
	s.untold[p][e] = true
	list := b.marks[c.From]
	at := slices.IndexFunc(list, func(m store.Marks) bool { return e == epochs{m.Epoch, m.ToEpoch} })
	if at >= 0 {
		list[at] = merged
		return
	}
	for ; len(list) >= keptDeliveries || countEpochs(list, e.epoch) > keptEpochs; list = list[1:] {
		delete(s.untold[p], epochs{list[0].Epoch, list[0].ToEpoch})
	}
	b.marks[c.From] = append(slices.Clone(list), merged)
}

func countEpochs(list []store.Marks, more uint64) int {
	seen := map[uint64]bool{more: true}
	for _, m := range list {
		seen[m.Epoch] = true
	}
	return len(seen)
}

func (s *Server) told(c store.Told) store.Result {
	e := epochs{c.Marks.Epoch, c.Marks.ToEpoch}
	if c.Marks.Covers(s.box(c.To).delivered(c.Sender, e)) {
		delete(s.untold[pair{c.Sender, c.To}], e)
	}
	return store.Result{}
}
