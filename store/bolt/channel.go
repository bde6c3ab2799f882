package bolt

import "udpchat/store"

// post appends to the log. The authors bucket holds the order of each seq, so that a repeated one gets its order again and
// one that skips is seen.
func (t *serverTx) post(c store.Post) (store.Result, error) {
	x := c.Text
	key := postKey(c.Author, x, x.Seq)
	it := item{From: c.Author, Text: x}
	var order number
	switch known, err := t.shelf("authors").get(key, &order); {
	case err != nil:
		return store.Result{}, err
	case known:
		return store.Result{Order: uint64(order)}, t.heal("posts", numberKey(uint64(order)), &it)
	case x.Seq == 0:
		return store.Result{Verdict: store.Gap}, nil
	case x.Seq > 1 && x.Seq != c.Base:
		before, err := t.shelf("authors").get(postKey(c.Author, x, x.Seq-1), &order)
		if err != nil || !before {
			return store.Result{Verdict: store.Gap}, err
		}
	}
	if c.Longest > 0 && uint64(x.Size) > c.Longest {
		return store.Result{Verdict: store.TooLong}, nil
	}
	if t.tight {
		return store.Result{Verdict: store.FullDisk}, nil
	}
	order = number(t.nextOrder())
	if err := t.shelf("authors").put(key, &order); err != nil {
		return store.Result{}, err
	}
	return store.Result{Order: uint64(order)}, t.shelf("posts").put(numberKey(uint64(order)), &it)
}

// postKey names an author's post.
func postKey(author store.Key, x store.Text, seq uint64) []byte {
	return clientKey(author).number(x.Epoch).number(x.ToEpoch).number(seq)
}

// heal writes a record again when the one on disk is damaged or gone: whoever repeats a text brings it whole.
func (t *serverTx) heal(shelf string, key []byte, it *item) error {
	var kept item
	if ok, err := t.shelf(shelf).get(key, &kept); ok && err == nil {
		return nil
	}
	return t.shelf(shelf).put(key, it)
}

// advance moves a cursor forward, but not past what there is: nobody can have seen that.
func (t *serverTx) advance(c store.Advance) (store.Result, error) {
	var at cursor
	known, err := t.strictShelf("cursors").get(clientKey(c.Member), &at)
	if err != nil {
		return store.Result{}, err
	}
	if !known {
		return store.Result{Verdict: store.NoClient}, nil
	}
	to := min(c.Order, t.head.Order)
	if to <= at.At {
		return store.Result{Cursor: at.At}, nil
	}
	at.At = to
	return store.Result{Cursor: to}, t.shelf("cursors").put(clientKey(c.Member), &at)
}

// rewind gives a new client its cursor, and moves a known one's back when asked to.
func (t *serverTx) rewind(member store.Key, known bool, back *uint64) (uint64, error) {
	at := cursor{At: t.head.Order, Began: t.head.Order}
	if known {
		if err := t.shelf("cursors").must(clientKey(member), &at); err != nil {
			return 0, err
		}
		if back == nil || *back >= at.At {
			return at.At, nil
		}
		at.At = min(at.At, max(*back, at.Began))
	}
	return at.At, t.shelf("cursors").put(clientKey(member), &at)
}

// cursor is the order of the last post that a member needs no more; Began is where it stood first.
type cursor struct{ At, Began uint64 }

func (c *cursor) encode(w *writer) {
	w.array(2)
	w.uint(c.At)
	w.uint(c.Began)
}

func (c *cursor) decode(r *reader) {
	r.array(2)
	c.At, c.Began = r.u64(), r.u64()
}

// number is a number as a record.
type number uint64

func (n *number) encode(w *writer) {
	w.array(1)
	w.uint(uint64(*n))
}

func (n *number) decode(r *reader) {
	r.array(1)
	*n = number(r.u64())
}
