package peer

import (
	"errors"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// cover makes a part fit for the server's eyes: mail is sealed to its recipient, a post is signed (protocol.md §14). The same part
// again has the same bytes, unless its name or its recipient's prekey has changed. False: there is nothing to seal it to.
func (c *Core) cover(now time.Time, l *lane, p *part) (wire.Text, bool) {
	if l.to != wire.Channel && (!c.book.entry(l.to).known || p.long()) {
		return wire.Text{}, false
	}
	if c.bare(p) {
		if err := c.coverBatch(now, l, c.batch(l, p)); err != nil {
			c.cfg.Log.Error("a text could not be covered", "to", l.to, "err", err)
			return wire.Text{}, false
		}
	}
	t := p.t
	t.Flags |= covered
	t.Body = p.covered
	return t, true
}

// covered are the flags of what is sealed or signed.
const covered = wire.FlagCovered | wire.FlagBatch

// bare tells whether a part has still to be covered, or once more.
func (c *Core) bare(p *part) bool {
	return p.covered == nil || p.lane.to != wire.Channel && p.prekey != c.book.entry(p.lane.to).card.Prekey.ID
}

// batch is a part and those behind it that go soon and have room for a place in a batch with it: none of it waits for them.
func (c *Core) batch(l *lane, p *part) []*part {
	batch, most := []*part{p}, seats(p)
	i, ok := l.place(p.t.Seq)
	if !ok || l.parts[i] != p {
		return batch
	}
	for _, next := range l.parts[i+1 : min(i+seal.MaxBatch, len(l.parts))] {
		goes := next.state == queued || next.state == depositing || next.state == kept
		if !goes || next.long() || !c.bare(next) {
			continue
		}
		if most = min(most, seats(next)); len(batch) >= most {
			break
		}
		batch = append(batch, next)
	}
	return batch
}

// seats is how large a batch a part has room for the path of.
func seats(p *part) int {
	least := seal.PostOverhead
	if p.lane.to != wire.Channel {
		least = seal.MailOverhead
	}
	levels := (wire.MaxPart - least - len(p.t.Body)) / seal.HashSize
	return 1 << max(0, min(levels, seal.MaxPath/seal.HashSize))
}

// coverBatch seals, or signs, parts of a lane together.
func (c *Core) coverBatch(now time.Time, l *lane, batch []*part) error {
	if l.to == wire.Channel {
		return c.sign(l, batch)
	}
	card := c.book.entry(l.to).card
	mails := make([]*seal.Mail, len(batch))
	for i, p := range batch {
		t := p.t
		t.Flags |= covered
		mails[i] = &seal.Mail{ID: mailID(l.to, c.me, t), Body: p.t.Body}
	}
	if err := c.keys.Seal(now, card, mails); err != nil {
		return err
	}
	for i, p := range batch {
		p.covered, p.prekey = mails[i].Sealed, card.Prekey.ID
	}
	return nil
}

// sign signs posts together, each after what is before it.
func (c *Core) sign(l *lane, batch []*part) error {
	posts := make([]*seal.Post, len(batch))
	for i, p := range batch {
		at, _ := l.place(p.t.Seq)
		posts[i] = c.postAt(l, at)
	}
	if err := c.keys.Sign(posts); err != nil {
		return err
	}
	for i, p := range batch {
		p.covered = seal.AppendPost(nil, posts[i])
	}
	return nil
}

func mailID(to, from wire.Key, t wire.Text) seal.MailID {
	return seal.MailID{To: to, From: from, Epoch: t.Epoch, ToEpoch: t.ToEpoch, Seq: t.Seq, Part: t.Part, Parts: t.Parts,
		Size: t.Size, Time: t.Time, Flags: t.Flags}
}

// postID is a post without what it bears. How it is signed is not part of what is: FlagBatch says that.
func (c *Core) postID(author wire.Key, t wire.Text) *seal.Post {
	return &seal.Post{Channel: c.cfg.ServerKey, Author: author, Epoch: t.Epoch, ToEpoch: t.ToEpoch, Seq: t.Seq, Part: t.Part,
		Parts: t.Parts, Size: t.Size, Time: t.Time, Flags: t.Flags&^wire.FlagBatch | wire.FlagCovered}
}

// postAt is one's own post at a place in the lane, with what it bears and follows.
func (c *Core) postAt(l *lane, i int) *seal.Post {
	p := c.postID(c.me, l.parts[i].t)
	p.After, p.Prev = c.before(l, i)
	p.Body = l.parts[i].t.Body
	return p
}

// before is what the post at a place in the lane follows, and its hash; zeros when that is not known any more.
func (c *Core) before(l *lane, i int) (after seal.Place, hash [32]byte) {
	first := i // of those whose hashes must be made first
	for first > 0 && l.parts[first-1].t.Seq == l.parts[first].t.Seq-1 && !l.parts[first-1].hashed {
		first--
	}
	after, hash = c.chainAt(l, first)
	for ; first < i; first++ {
		p := l.parts[first]
		post := c.postID(c.me, p.t)
		post.After, post.Prev, post.Body = after, hash, p.t.Body
		p.hash, p.hashed = seal.HashPost(post), true
		after, hash = seal.Place{Epoch: l.epoch, Seq: p.t.Seq}, p.hash
	}
	return after, hash
}

// chainAt is what the first of a run of posts follows. A lane's first post follows the last one of the run before, which has left the
// outbox: lanes of posts are sent one after the other.
func (c *Core) chainAt(l *lane, i int) (after seal.Place, hash [32]byte) {
	seq := l.parts[i].t.Seq
	after = seal.Place{Epoch: l.epoch, Seq: seq - 1}
	if i > 0 && l.parts[i-1].t.Seq == seq-1 {
		return after, l.parts[i-1].hash
	}
	at, hash := c.inbox.author(c.me).last()
	if at == after || seq == 1 {
		return at, hash
	}
	return after, [32]byte{}
}

// leave notes where one's own posts are when texts leave the outbox: at the last part of the last one.
func (c *Core) leave(l *lane, last *text) (end, forgotten *store.Chain) {
	if l.to != wire.Channel {
		return nil, nil
	}
	me := c.inbox.author(c.me)
	at, _ := me.last()
	i, _ := l.place(last.parts[len(last.parts)-1].t.Seq)
	me.take(c.postAt(l, i))
	if at.Seq > 0 && at.Epoch != l.epoch {
		forgotten = me.forget(at.Epoch)
	}
	return me.record(l.epoch), forgotten
}

// uncover opens mail. clear: it is from before mail was sealed, and the server had it then.
func (c *Core) uncover(m *wire.Push) (t wire.Text, clear bool, err error) {
	t = m.Text
	if t.Flags&wire.FlagCovered == 0 {
		if m.Order > c.inbox.clear[c.store] {
			return t, false, seal.ErrForged
		}
		return t, true, nil
	}
	t.Body, err = c.keys.Open(mailID(c.me, m.From, t), c.prekeys.secret, m.Text.Body)
	t.Flags &^= covered
	if err == nil && !sized(t, t.Body) {
		err = seal.ErrForged // its sender says of it what is not so
	}
	return t, false, err
}

// sized tells whether a text that has but one part, or is a void, is as long as it says.
func sized(t wire.Text, body []byte) bool {
	return t.Flags&wire.FlagVoid == 0 && t.Parts > 1 || len(body) == int(t.Size)
}

// refuse answers mail that is not what its sender sealed, or is from no one: it shall not come again. It is told, and marks nothing:
// who can put a mark in someone's name can make their texts disappear.
func (c *Core) refuse(now time.Time, m *wire.Push, at *span, why error) {
	c.cfg.Log.Warn("mail was refused", "from", m.From, "order", m.Order, "err", why)
	marks := wire.Marks{Epoch: m.Text.Epoch, ToEpoch: c.epoch}
	refusal := wire.Forged
	if errors.Is(why, seal.ErrNoPrekey) {
		refusal = wire.Anew // protocol.md §14.2: its sender seals it anew
		c.forgot(now, seal.MailPrekey(m.Text.Body))
	} else if !at.had.Has(m.Order) {
		c.tell(Distrust{From: c.roster.name(m.From), Why: Forged})
	}
	c.toServer(&wire.Taken{From: m.From, Marks: marks, Order: m.Order, Try: m.Try, Refusal: refusal})
	c.pass(now, at)
}
