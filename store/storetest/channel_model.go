package storetest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"udpchat/store"
)

// log is the model's channel: what is in it, every seq that was ever posted and not forgotten, and every mark.
type log struct {
	posts []store.Item
	seqs  []posted
	age   time.Duration
	marks []aged
	gone  uint64
}

// posted is a seq of an author's.
type posted struct {
	author              store.Key
	epoch, toEpoch, seq uint64
	order               uint64
}

// aged is how far the log had come at an age.
type aged struct {
	age   time.Duration
	order uint64
}

func postedOf(author store.Key, x store.Text) posted {
	return posted{author: author, epoch: x.Epoch, toEpoch: x.ToEpoch, seq: x.Seq}
}

func (p posted) sameLane(o posted) bool {
	return p.author == o.author && p.epoch == o.epoch && p.toEpoch == o.toEpoch
}

func (p posted) compare(o posted) int {
	return cmp.Or(slices.Compare(p.author[:], o.author[:]), cmp.Compare(p.epoch, o.epoch), cmp.Compare(p.toEpoch, o.toEpoch), cmp.Compare(p.seq, o.seq))
}

// bytes are what the log counts as.
func (l *log) bytes() (n uint64) {
	for _, p := range l.posts {
		n += p.Text.Room()
	}
	return n
}

func (m *model) post(c store.Post) store.Result {
	l, me := &m.log, postedOf(c.Author, c.Text)
	slices.SortFunc(l.seqs, posted.compare)
	follows := me.seq == 1 || me.seq == c.Base
	for _, p := range l.seqs {
		if p.sameLane(me) && p.seq >= me.seq && me.seq > 0 {
			return store.Result{Order: p.order}
		}
		follows = follows || p.sameLane(me) && p.seq+1 == me.seq
	}
	switch {
	case me.seq == 0:
		return store.Result{Verdict: store.Gap}
	case c.Spent:
		return store.Result{Verdict: store.FullPair}
	case !follows:
		return store.Result{Verdict: store.Gap}
	case c.Longest > 0 && uint64(c.Text.Size) > c.Longest:
		return store.Result{Verdict: store.TooLong}
	}
	l.seqs = slices.DeleteFunc(l.seqs, func(p posted) bool { return p.sameLane(me) && p.order <= l.gone })
	m.head.Order++
	me.order = m.head.Order
	l.seqs = append(l.seqs, me)
	l.forget()
	l.posts = append(l.posts, store.Item{Order: m.head.Order, From: c.Author, Post: true, Text: c.Text})
	for n := 0; n < 2 && c.Room > 0 && l.bytes() > c.Room && len(l.posts) > 1; n++ {
		l.removeFirst()
	}
	return store.Result{Order: m.head.Order}
}

func (m *model) trim(c store.Trim) (r store.Result) {
	l := &m.log
	l.age += c.Elapsed
	if last := len(l.marks) - 1; c.Elapsed > 0 && (last < 0 && m.head.Order > 0 || last >= 0 && l.marks[last].order != m.head.Order) {
		l.marks = append(l.marks, aged{l.age, m.head.Order})
	}
	older := func(than time.Duration) (order uint64) {
		for _, k := range l.marks {
			if l.age-k.age >= than {
				order = k.order
			}
		}
		return order
	}
	keep := uint64(0)
	if c.Keep > 0 {
		keep = older(c.Keep)
	}
	spare := older(c.Spare)
	for ; r.Removed < c.Limit && len(l.posts) > 0; r.Removed++ {
		o := l.posts[0].Order
		read, old, large := o <= spare && o <= c.Lowest, o <= keep, c.Room > 0 && l.bytes() > c.Room
		if !read && !old && !large {
			break
		}
		l.removeFirst()
	}
	old := older(max(c.Spare, c.Keep))
	for n := 0; n < c.Limit && len(l.marks) > 0 && l.marks[0].order < old; n++ {
		l.marks = l.marks[1:]
	}
	return r
}

func (l *log) removeFirst() {
	p := l.posts[0]
	l.gone, l.posts = p.Order, l.posts[1:]
	me := postedOf(p.From, p.Text)
	slices.SortFunc(l.seqs, posted.compare)
	at := slices.IndexFunc(l.seqs, func(x posted) bool { return x.compare(me) == 0 })
	if at+1 < len(l.seqs) && l.seqs[at+1].sameLane(me) {
		l.seqs = slices.Delete(l.seqs, at, at+1)
	}
	l.forget()
}

// forget forgets what went in lanes with 64 others of their author above them.
func (l *log) forget() {
	all := slices.Clone(l.seqs)
	l.seqs = slices.DeleteFunc(l.seqs, func(p posted) bool {
		above := map[[2]uint64]bool{}
		for _, o := range all {
			if o.author == p.author && o.compare(p) > 0 && !o.sameLane(p) {
				above[[2]uint64{o.epoch, o.toEpoch}] = true
			}
		}
		return p.order <= l.gone && len(above) >= 64
	})
}

// lowest is the lowest cursor.
func (m *model) lowest() (at uint64) {
	at = math.MaxUint64
	for _, c := range m.clients {
		at = min(at, c.at)
	}
	return at
}
