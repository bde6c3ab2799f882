package bolt

import (
	"bytes"

	"udpchat/store"
)

// post appends to the log. The authors bucket holds the order of each seq, so that a repeated one gets its order again and
// one that skips is seen. Of posts that went it has the last of a lane (lanes.go).
func (t *serverTx) post(c store.Post) (store.Result, error) {
	x := c.Text
	key := postKey(c.Author, x, x.Seq)
	before, found, err := t.around(key)
	switch {
	case err != nil:
		return store.Result{}, err
	case x.Seq == 0:
		return store.Result{Verdict: store.Gap}, nil
	case found.order > 0:
		return store.Result{Order: found.order}, t.healPost(c, found)
	case c.Spent:
		return store.Result{Verdict: store.FullPair}, nil
	case x.Seq > 1 && x.Seq != c.Base && before.seq != x.Seq-1:
		return store.Result{Verdict: store.Gap}, nil
	case c.Longest > 0 && uint64(x.Size) > c.Longest:
		return store.Result{Verdict: store.TooLong}, nil
	case t.tight:
		return store.Result{Verdict: store.FullDisk}, nil
	}
	return t.append(key, c, before)
}

// posted is what the authors bucket has of a post. Order 0 is of none.
type posted struct{ seq, order uint64 }

// around finds a post, or the next one of its lane that is known (then it went from the log); and else the last one before it.
func (t *serverTx) around(place []byte) (before, found posted, err error) {
	authors := t.shelf("authors")
	if err := authors.open(); err != nil {
		return posted{}, posted{}, err
	}
	read := func(k, v []byte) (posted, error) {
		if len(k) != len(place) || !bytes.HasPrefix(k, place[:len(place)-8]) {
			return posted{}, nil
		}
		var order number
		err := authors.read(k, v, &order)
		return posted{orderOf(k), uint64(order)}, err
	}
	c := authors.bucket.Cursor()
	if found, err = read(c.Seek(place)); err == nil && found.order == 0 {
		before, err = read(authors.prev(c, place))
	}
	return before, found, err
}

// healPost writes a post again that is damaged or missing, if it has not gone. It keeps its order, among its author's: a member that is past it
// has the posts behind it, was told of the gap (protocol.md §14.4), and would not show it under another order either.
func (t *serverTx) healPost(c store.Post, found posted) error {
	if found.seq != c.Text.Seq {
		return nil
	}
	log, err := t.channel()
	if err != nil || found.order <= log.gone {
		return err
	}
	key := numberKey(found.order)
	if t.whole("posts", key) {
		return nil
	}
	return t.shelf("posts").put(key, &item{From: c.Author, Text: c.Text})
}

// append puts a post behind the last one of its lane, or begins one. If that post went, its record has no more to tell.
func (t *serverTx) append(key []byte, c store.Post, before posted) (store.Result, error) {
	log, err := t.channel()
	if err != nil {
		return store.Result{}, err
	}
	order := number(t.nextOrder())
	if err := t.shelf("authors").put(key, &order); err != nil {
		return store.Result{}, err
	}
	switch {
	case before.order == 0:
		err = t.forgetLane(authorOf(key), log.gone)
	case before.order <= log.gone:
		err = t.shelf("authors").delete(postKey(c.Author, c.Text, before.seq))
	}
	if err != nil {
		return store.Result{}, err
	}
	posts := t.shelf("posts")
	if err := posts.put(numberKey(uint64(order)), &item{From: c.Author, Text: c.Text}); err != nil {
		return store.Result{}, err
	}
	posts.bucket.FillPercent = postFill
	log.bytes += c.Text.Room()
	t.logMoved = true
	if c.Room > 0 && log.bytes > c.Room {
		_, err = t.remove(2, uint64(order)-1, func(uint64) bool { return log.bytes > c.Room })
	}
	return store.Result{Order: uint64(order)}, err
}

// postFill is how full bbolt leaves a page of posts when it splits it. Nothing is ever put between two posts, so that half of each page would
// stay empty.
const postFill = 0.95

// postKey names an author's post.
func postKey(author store.Key, x store.Text, seq uint64) []byte {
	return clientKey(author).number(x.Epoch).number(x.ToEpoch).number(seq)
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
