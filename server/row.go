package server

import (
	"udpchat/wire"
	"udpchat/wire/seal"
)

// sendLaunched sends what entered the windows since the last Take: to each client one message after the other in turn, so that one that
// goes to many is encoded once.
func (c *Core) sendLaunched() {
	for len(c.launched) > 0 {
		left := c.launched[:0]
		for _, cl := range c.launched {
			if cl.session != nil && c.sendNext(cl) {
				left = append(left, cl)
			}
		}
		clear(c.launched[len(left):])
		c.launched = left
	}
}

// sendNext sends the first of what in a client's window was not sent yet: as many posts as go in a row, or one item. It tells whether there
// is more.
func (c *Core) sendNext(cl *client) bool {
	st := &cl.session.stream
	i, _ := st.place(st.sent + 1)
	items := st.window[i:]
	if len(items) == 0 { // it is answered already: the client had it from an earlier session, or says so
		st.sent = st.pushed
		return false
	}
	n := 1
	if row := c.rowOf(items, cl.session.since); row != nil && st.deaf < maxDeaf {
		n = len(row.Posts)
		for j := range items[:n] {
			items[j].row = items[0].Order
		}
		c.concern(cl, row.Author)
		c.send(cl.path(), cl.key(), row)
	} else {
		c.push(cl, &items[0], 1)
	}
	if n == len(items) {
		st.sent = st.pushed // also when the last one is answered already
		return false
	}
	st.sent = items[n-1].Order
	return true
}

// A client that answers no row does not know them (protocol.md §11.3): it gets no more of them than maxDeaf in its session.
const (
	takesRows = -1
	maxDeaf   = 3
)

// alone notes that an item of the window goes by itself from now on, since what it was in was not answered.
func (st *stream) alone(at int) {
	it := &st.window[at]
	if it.row == it.Order && st.deaf != takesRows && st.deaf < maxDeaf {
		st.deaf++
	}
	it.row = 0
}

// rowOf is the longest row that some items of a window begin with (protocol.md §11.3), nil when there is none. It is mostly the same as one of
// the last ones, for another member: who was sent more or less before begins a row at another post.
func (c *Core) rowOf(items []item, since uint64) *wire.PushRow {
	if len(items) < 2 || !items[1].follows(&items[0], since) {
		return nil
	}
	for i := range c.packed {
		if c.packed[i].serves(items, since) {
			return c.packed[i].PushRow
		}
	}
	row := pack(items, since)
	if row.PushRow != nil {
		c.packed[c.packedNext] = row
		c.packedNext = (c.packedNext + 1) % len(c.packed)
	}
	return row.PushRow
}

// keptRows is how many rows are kept for other members.
const keptRows = 16

// postRow is a row that was sent, and whether no more posts had room in it.
type postRow struct {
	*wire.PushRow
	full bool
}

// follows tells whether a post may stand behind another one in a row: its author signed it together with that one, as the next.
func (it *item) follows(before *item, since uint64) bool {
	a, b := &before.Text, &it.Text
	return before.Post && it.Post && before.From == it.From && it.prev == before.Order && (before.Order > since) == (it.Order > since) &&
		a.Epoch == b.Epoch && a.ToEpoch == b.ToEpoch && a.Seq+1 == b.Seq &&
		a.Flags&b.Flags&wire.FlagBatch != 0 && seal.Together(a.Body, b.Body)
}

// serves tells whether a row is that of some items too. An order names a post.
func (r *postRow) serves(items []item, since uint64) bool {
	if r.PushRow == nil || r.Prev != items[0].prev || r.Live != (items[0].Order > since) || len(r.Posts) > len(items) {
		return false
	}
	for i := range r.Posts {
		if items[i].Order != r.Posts[i].Order || i > 0 && items[i].prev != items[i-1].Order {
			return false
		}
	}
	n := len(r.Posts)
	return r.full || n == len(items) || !items[n].follows(&items[n-1], since)
}

// pack makes the longest row of what some items begin with. Its message is nil when two of them have no room together, or say of themselves what is not so:
// then each goes by itself.
func pack(items []item, since uint64) postRow {
	posts, more := unpack(items, since)
	for n := len(posts); n >= 2; n-- {
		head, path, ok := seal.PackRow(posts[:n])
		if !ok {
			continue
		}
		m := &wire.PushRow{Prev: items[0].prev, Live: items[0].Order > since, Author: wire.Key(items[0].From), Head: head, Path: path, Posts: make([]wire.RowPost, n)}
		for i := range m.Posts {
			m.Posts[i] = wire.RowPost{Order: items[i].Order, Position: posts[i].Position, Text: wire.Text(items[i].Text)}
			m.Posts[i].Text.Body = posts[i].Body
		}
		if wire.Fits(m) {
			return postRow{m, more || n < len(posts)}
		}
	}
	return postRow{}
}

// unpack reads those posts that some items begin with which may stand in a row, and have room there as far as their texts tell. more: there is
// another one that has not.
func unpack(items []item, since uint64) (posts []seal.Post, more bool) {
	room := wire.MaxMessage - wire.RowHead
	for i := range items[:min(len(items), wire.MaxRow)] {
		it := &items[i]
		p := seal.Post{Epoch: it.Text.Epoch, Seq: it.Text.Seq}
		if i > 0 && !it.follows(&items[i-1], since) || seal.ParsePost(it.Text.Body, &p) != nil {
			return posts, false
		}
		if room -= len(p.Body); room < 0 {
			return posts, true
		}
		posts = append(posts, p)
	}
	return posts, len(items) > wire.MaxRow
}

// refused: a member can't take a row that begins with the post of that order (protocol.md §11.3). It gets what was in it by itself, once.
func (c *Core) refused(cl *client, order uint64) {
	st := &cl.session.stream
	i, ok := st.place(order)
	for ; ok && i < len(st.window) && st.window[i].row == order; i++ {
		st.window[i].row = 0
		c.push(cl, &st.window[i], 1)
	}
}
