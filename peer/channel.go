package peer

import (
	"cmp"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// maxEarly is how many posts wait for what stands before them: twice what a server has on its way to one client at first. More come again;
// with a window of 512 and every twentieth datagram lost, room for 512 was no faster.
const maxEarly = 64

// pushed is a post as it came.
type pushed struct {
	wire.PushPost
	proved *seal.Post // what is in it, when that is its author's, as is known already; else nil
}

// post takes a channel post, or a part of one (protocol.md §11). Its place in the server's log tells a duplicate. Posts are taken in
// the order of receipt: so an author's chain shows what was left out (§14.4).
func (c *Core) post(now time.Time, m *pushed) {
	if !c.listening() || !c.gave(m.Order) {
		return
	}
	st := c.inbox.stream(c.store)
	c.counts(now, m.Order)
	c.follows(now, st, m.Prev)
	switch {
	case st.had.Has(m.Order):
		c.pass(now, &span{stream: st, prev: m.Prev, order: m.Order}) // something may have waited for what does not come
		c.seen(now, st, m.Order, m.Try)
	case st.taken.Has(m.Order) && len(st.waiting[m.Order]) >= maxAnswers: // they are enough
	case st.taken.Has(m.Order):
		st.waiting[m.Order] = append(st.waiting[m.Order], func(now time.Time) { c.seen(now, st, m.Order, m.Try) })
	case !st.taken.FitsSpan(m.Prev, m.Order): // no room: it comes again
	case m.Prev > st.taken.Through():
		st.await(m)
	default:
		c.takePost(now, st, m)
		c.catchUp(now, st)
	}
}

// await keeps a post until what stands before it is there.
func (st *stream) await(m *pushed) {
	i, here := slices.BinarySearchFunc(st.early, m.Order, func(e *pushed, o uint64) int { return cmp.Compare(e.Order, o) })
	if here || len(st.early) == maxEarly {
		return
	}
	kept := *m
	kept.Text.Body = slices.Clone(m.Text.Body)
	if m.proved != nil {
		proved := *m.proved
		proved.Body, kept.proved = kept.Text.Body, &proved
	}
	st.early = slices.Insert(st.early, i, &kept)
}

// catchUp takes the posts that waited for what is there now.
func (c *Core) catchUp(now time.Time, st *stream) {
	for len(st.early) > 0 && st.early[0].Prev <= st.taken.Through() {
		m := st.early[0]
		st.early = slices.Delete(st.early, 0, 1)
		if c.listening() && !st.taken.Has(m.Order) {
			c.takePost(now, st, m)
		}
	}
}

func (c *Core) takePost(now time.Time, st *stream, m *pushed) {
	order, prev, try := m.Order, m.Prev, m.Try
	st.taken.MarkSpan(prev, order)
	change := &store.Receive{Stream: st.record(c.store)}
	of := c.inbox.authors[m.Author]
	behind := of != nil && m.Text.Epoch < of.newest // a log that is an older copy has posts again that had gone from the newer one
	t, end, gone, ok := c.believe(m)
	change.Chain, change.Forget = end, gone
	var line *store.Line
	clear := m.Text.Flags&wire.FlagCovered == 0
	if ok && t.Flags&wire.FlagVoid == 0 {
		change.Part, line = c.keepPost(now, m, t)
		change.Line = line
	}
	if end != nil && len(c.inbox.posts) > 0 {
		change.Torn = c.inbox.tornPosts(end, gone)
	}
	c.commit(change, func(now time.Time) {
		st.had.MarkSpan(prev, order)
		c.seen(now, st, order, try)
		for _, also := range st.waiting[order] {
			also(now)
		}
		delete(st.waiting, order)
		if line != nil {
			c.hold(now, &st.gate, held{after: prev, at: order, pass: func(now time.Time, late bool) {
				c.show(now, arrival{line: *line, late: late || behind, clear: clear, old: c.old(st.id, order)})
			}})
		}
		st.gate.release(now, st.had.Through())
	})
}

// believe looks whether a post is its author's, and follows what was had of that author (protocol.md §14.4). What is not is taken, so
// that the log goes on, told of, and not shown.
func (c *Core) believe(m *pushed) (t wire.Text, end, gone *store.Chain, ok bool) {
	t = m.Text
	if m.Author == c.me {
		return t, nil, nil, false // nobody is sent one's own
	}
	tell := func(why Fault) { c.tell(Distrust{From: c.roster.name(m.Author), Post: true, Why: why}) }
	if t.Flags&wire.FlagCovered == 0 {
		if ok = m.Order <= c.inbox.clear[c.store]; !ok {
			tell(Forged)
		}
		return t, nil, nil, ok
	}
	p := m.proved
	if p == nil {
		if p = c.postID(m.Author, t); !c.signed(p, t) {
			p = nil
		}
	}
	if p == nil || t.Flags&wire.FlagBatch != 0 && t.ToEpoch != 0 { // protocol.md §11.1
		tell(Forged)
		return t, nil, nil, false
	}
	a := c.inbox.author(m.Author)
	switch a.seen.Check(p) {
	case seal.Old:
		return t, nil, nil, false
	case seal.Gap:
		if !c.inbox.explains(a) {
			tell(Missing)
		}
	case seal.Fork:
		tell(Forked)
	}
	chain := a.seen[p.Epoch]
	if p.Seq <= chain.Seq {
		return t, nil, nil, false
	}
	gone = a.take(p)
	t.Body, t.Flags = p.Body, t.Flags&^covered
	end = a.record(p.Epoch)
	end.ToEpoch = p.ToEpoch
	return t, end, gone, true
}

// signed reads a post, and tells whether its author signed it. What is in a form of before (protocol.md §14.5) bears no mark of which: one can
// be taken for the other, sixteen bytes longer or shorter, but for the sizes of parts.
func (c *Core) signed(p *seal.Post, t wire.Text) bool {
	is := func(parse func([]byte, *seal.Post) error) bool {
		return parse(t.Body, p) == nil && c.keys.Verify(p) == nil
	}
	if t.Flags&wire.FlagBatch != 0 {
		return is(seal.ParsePost) && sized(t, p.Body)
	}
	return (is(seal.ParseLonePost) || is(seal.ParseFirstPost)) && len(p.Body) == min(wire.PartSize, int(t.Size)-int(t.Part)*wire.PartSize)
}

// keepPost makes what is stored of a post: a part, or with the last one the whole line.
func (c *Core) keepPost(now time.Time, m *pushed, t wire.Text) (*store.Part, *store.Line) {
	p := &store.Part{From: store.Key(m.Author), Text: store.Text(t), Mail: !m.Live, Post: true}
	p.Text.Body = slices.Clone(t.Body)
	id := c.postOf(p)
	c.inbox.posts[id] = append(c.inbox.posts[id], p)
	line := c.whole(now, c.inbox.posts[id])
	if line == nil {
		return p, nil
	}
	delete(c.inbox.posts, id)
	line.Post = true
	return nil, line
}

// tornPosts forgets the parts of an author's posts that can't become whole, and gives their seqs: posts are taken in their order, and what this lane has
// come past does not come any more. Those of a lane that is forgotten go with it.
func (b *inbox) tornPosts(end, gone *store.Chain) (torn []uint64) {
	for id, parts := range b.posts {
		switch {
		case gone != nil && id.Author == gone.Author && id.Epoch == gone.Epoch:
			delete(b.posts, id)
		case id.Author == end.Author && id.Epoch == end.Epoch && id.ToEpoch == end.ToEpoch && parts[0].Text.Last() <= end.Seq:
			delete(b.posts, id)
			torn = appendSeqs(torn, parts)
		}
	}
	slices.Sort(torn)
	return torn
}

func (c *Core) postOf(p *store.Part) postID {
	return postID{seal.Lane{Channel: c.cfg.ServerKey, Author: p.From, Epoch: p.Text.Epoch, ToEpoch: p.Text.ToEpoch}, p.Text.First()}
}
