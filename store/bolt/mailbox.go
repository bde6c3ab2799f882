package bolt

import (
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// Waiting lists a client's mail and the posts after its cursor.
func (s *Server) Waiting(to store.Key, after uint64, limit int) (items []store.Item, damaged int, err error) {
	for len(items) < limit {
		page := waitingPage{to: to, after: after, room: min(limit-len(items), pageSize)}
		if err := s.file.view(func(tx *bbolt.Tx) error { return page.read(s.file, tx) }); err != nil {
			return nil, 0, err
		}
		items = append(items, page.items...)
		damaged += page.damaged
		if !page.more {
			break
		}
		after = page.after
	}
	return items, damaged, nil
}

// waitingPage is at most room records of mail and posts, merged by order.
type waitingPage struct {
	to      store.Key
	after   uint64 // the last order that was looked at
	room    int
	items   []store.Item
	damaged int
	more    bool
}

func (p *waitingPage) read(f *file, tx *bbolt.Tx) error {
	var at cursor
	known, err := f.strictShelf(tx, "cursors").get(clientKey(p.to), &at)
	if err != nil || !known {
		return err
	}
	mail, err := p.records(f.strictShelf(tx, "mail"), clientKey(p.to), clientKey(p.to).number(p.after).after())
	if err != nil {
		return err
	}
	posts, err := p.records(f.strictShelf(tx, "posts"), nil, numberKey(max(p.after, at.At)).after())
	if err != nil {
		return err
	}
	var log logState
	if err := f.shelf(tx, metaBucket).must(channelKey, &log); err != nil {
		return err
	}
	if gone := log.goneAfter(max(p.after, at.At)); gone > 0 { // it is below what is still there
		posts = slices.Insert(posts, 0, keyed{key: numberKey(gone)})
	}
	p.more = len(mail)+len(posts) >= p.room // there may be more than was asked for, or what has no room here
	for ; p.room > 0 && len(mail)+len(posts) > 0; p.room-- {
		if len(posts) == 0 || len(mail) > 0 && orderOf(mail[0].key) < orderOf(posts[0].key) {
			p.add(f.shelf(tx, "mail"), mail[0], false)
			mail = mail[1:]
		} else {
			p.add(f.shelf(tx, "posts"), posts[0], true)
			posts = posts[1:]
		}
	}
	return nil
}

// keyed is a record as it lies in a bucket: bbolt's, and good as long as the transaction.
type keyed struct{ key, value []byte }

// records lists records. A damaged neighbour may be one that belongs here: it is counted.
func (p *waitingPage) records(s shelf, prefix, from []byte) (list []keyed, err error) {
	err = s.scan(prefix, from, func(k, v []byte) error {
		if len(list) == p.room {
			return errStop
		}
		list = append(list, keyed{k, v})
		return nil
	})
	if errors.As(err, new(edgeError)) {
		p.damaged++
		err = nil
	}
	for _, x := range list {
		if err == nil && len(x.key) != len(prefix)+8 {
			err = s.file.damaged("record %x of %s has a key of %d bytes", x.key, s.name, len(x.key))
		}
	}
	return list, err
}

func (p *waitingPage) add(s shelf, x keyed, post bool) {
	p.after = orderOf(x.key)
	if x.value == nil {
		p.items = append(p.items, store.Item{Order: p.after, Post: true, Gone: true})
		return
	}
	var it item
	if err := s.read(x.key, x.value, &it); err != nil {
		p.damaged++
		return
	}
	p.items = append(p.items, store.Item{Order: p.after, From: it.From, Post: post, Text: it.Text})
}

// orderOf reads the order at the end of a key of mail or posts.
func orderOf(key []byte) uint64 {
	end := cut(key[len(key)-8:])
	return end.number()
}

// deposit puts a text into a mailbox.
func (t *serverTx) deposit(c store.Deposit) (store.Result, error) {
	if ok, err := t.registered(c.To); err != nil || !ok {
		return store.Result{Verdict: store.NoClient}, err
	}
	id := textKey(c.To, c.From, c.Text, c.Text.Seq)
	var order number
	switch known, err := t.shelf("index").get(id, &order); {
	case err != nil:
		return store.Result{}, err
	case known && !c.Anew && t.whole("mail", clientKey(c.To).number(uint64(order))):
		return store.Result{Order: uint64(order)}, nil
	case known:
		return t.replace(c, uint64(order))
	}
	marks, err := t.delivery(c.To, c.From, c.Text.Epoch, c.Text.ToEpoch)
	if err != nil || marks.Has(c.Text.Seq) {
		return store.Result{Verdict: store.Delivered}, err
	}
	if t.tight {
		return store.Result{Verdict: store.FullDisk}, nil
	}
	verdict, err := t.charge(c)
	if err != nil || verdict != store.Accepted {
		return store.Result{Verdict: verdict}, err
	}
	return t.lay(c)
}

// whole tells whether a text is there and can be read.
func (t *serverTx) whole(shelf string, key []byte) bool {
	ok, err := t.shelf(shelf).get(key, &place{})
	return ok && err == nil
}

// registered tells whether a client has a row.
func (t *serverTx) registered(k store.Key) (bool, error) {
	if t.clients[k] {
		return true, nil
	}
	ok, err := t.strictShelf("clients").get(clientKey(k), &row{})
	if err == nil && ok {
		t.clients[k] = true
	}
	return ok, err
}

// lay puts a text into a mailbox under the next order.
func (t *serverTx) lay(c store.Deposit) (store.Result, error) {
	order := number(t.nextOrder())
	if err := t.shelf("index").put(textKey(c.To, c.From, c.Text, c.Text.Seq), &order); err != nil {
		return store.Result{}, err
	}
	it := item{From: c.From, Text: c.Text}
	return store.Result{Order: uint64(order)}, t.shelf("mail").put(clientKey(c.To).number(uint64(order)), &it)
}

// replace puts a text into the place of the one that waits under its name. When that is damaged or gone whoever repeats the text brings it whole. It
// gets a new order then too (protocol.md §10.2): it was left out of the recipient's stream, which may be past the old one, and what comes there again
// is taken for a duplicate. What it was charged nobody can read: that stays, for the text of that name.
func (t *serverTx) replace(c store.Deposit, order uint64) (store.Result, error) {
	key := clientKey(c.To).number(order)
	var old item
	ok, err := t.shelf("mail").get(key, &old)
	if t.tight && len(c.Text.Body) > len(old.Text.Body) {
		return store.Result{Verdict: store.FullDisk}, nil
	}
	if err == nil && ok {
		if err := t.discharge(c.To, old); err != nil {
			return store.Result{}, err
		}
		if _, err := t.charge(store.Deposit{To: c.To, From: c.From, Text: c.Text}); err != nil {
			return store.Result{}, err
		}
	}
	if err := t.shelf("mail").delete(key); err != nil {
		return store.Result{}, err
	}
	return t.lay(c)
}

// take removes mail that was delivered, or never can be.
func (t *serverTx) take(c store.Take) (store.Result, error) {
	removed := false
	for _, order := range c.Orders {
		key := clientKey(c.To).number(order)
		var it place
		// A damaged record stays: nobody was shown it, and nobody can say whose it is.
		ok, err := t.shelf("mail").get(key, &it)
		if err != nil || !ok || !takes(c, item(it)) {
			continue
		}
		removed = true
		if err := t.shelf("mail").delete(key); err != nil {
			return store.Result{}, err
		}
		if err := t.shelf("index").delete(textKey(c.To, it.From, it.Text, it.Text.Seq)); err != nil {
			return store.Result{}, err
		}
		if err := t.discharge(c.To, item(it)); err != nil {
			return store.Result{}, err
		}
	}
	if c.Refused {
		return store.Result{}, nil
	}
	return store.Result{}, t.deliver(c, removed)
}

// takes tells whether a piece of mail goes: it is covered, or refused, or was addressed to an epoch that the recipient is no longer
// in.
func takes(c store.Take, it item) bool {
	if it.From != c.From {
		return false
	}
	if c.Refused || it.Text.ToEpoch != c.Marks.ToEpoch {
		return true
	}
	return it.Text.Epoch == c.Marks.Epoch && c.Marks.Has(it.Text.Seq)
}

// textKey names a text, or a part of one, in a mailbox.
func textKey(to, from store.Key, x store.Text, seq uint64) []byte {
	return clientKey(to).client(from).number(x.Epoch).number(x.ToEpoch).number(seq)
}
