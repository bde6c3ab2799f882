package bolt

import (
	"bytes"
	"time"

	"udpchat/store"
)

// The log's age counts microseconds in which a server ran. Now and then a mark in the ages bucket notes how far the log had come at an
// age: what is at or below a mark is older than it. Posts go from the log's beginning only, so that one order tells which are gone.

// trim lets time pass, and removes what may go.
func (t *serverTx) trim(c store.Trim) (store.Result, error) {
	log, err := t.channel()
	if err != nil {
		return store.Result{}, err
	}
	if log.pass(c.Elapsed) {
		t.logMoved = true
	}
	if c.Elapsed > 0 && log.marked != t.head.Order {
		log.marked = t.head.Order
		order := number(log.marked)
		if err := t.shelf("ages").put(numberKey(log.age), &order); err != nil {
			return store.Result{}, err
		}
	}
	spare, _, err := t.olderThan(log.age, c.Spare)
	if err != nil {
		return store.Result{}, err
	}
	through := min(spare, c.Lowest)
	if c.Keep > 0 {
		old, _, err := t.olderThan(log.age, c.Keep)
		if err != nil {
			return store.Result{}, err
		}
		through = max(through, old)
	}
	n, err := t.remove(c.Limit, t.head.Order, func(order uint64) bool { return order <= through || c.Room > 0 && log.bytes > c.Room })
	if err != nil {
		return store.Result{}, err
	}
	return store.Result{Removed: n}, t.dropMarks(log.age, max(c.Spare, c.Keep), c.Limit)
}

// olderThan is through which order the log is older than that, and the age at which it had come there. It is 0 when it is younger. A
// damaged mark is passed over, so that posts stay longer, and goes with those before it.
func (t *serverTx) olderThan(now uint64, age time.Duration) (order uint64, mark []byte, err error) {
	if uint64(age.Microseconds()) > now {
		return 0, nil, nil
	}
	ages := t.shelf("ages")
	if err := ages.open(); err != nil {
		return 0, nil, err
	}
	c := ages.bucket.Cursor()
	place := numberKey(now - uint64(age.Microseconds()))
	k, v := c.Seek(place)
	if !bytes.Equal(k, place) {
		k, v = ages.prev(c, place)
	}
	for ; k != nil; k, v = ages.prev(c, k) {
		var n number
		if ages.read(k, v, &n) == nil {
			return uint64(n), bytes.Clone(k), nil
		}
	}
	return 0, nil, nil
}

// dropMarks removes marks that nothing is older than any more.
func (t *serverTx) dropMarks(now uint64, oldest time.Duration, limit int) error {
	_, mark, err := t.olderThan(now, oldest)
	if err != nil || mark == nil {
		return err
	}
	ages := t.shelf("ages")
	var old [][]byte
	c := ages.bucket.Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, mark) < 0 && len(old) < limit; k, _ = c.Next() {
		old = append(old, bytes.Clone(k))
	}
	return ages.delete(old...)
}

// remove removes up to limit posts from the log's beginning, at or below an order, while goes says so.
func (t *serverTx) remove(limit int, most uint64, goes func(order uint64) bool) (n int, err error) {
	log, err := t.channel()
	if err != nil {
		return 0, err
	}
	posts := t.shelf("posts")
	keys, err := posts.keys(nil, nil, limit)
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		if len(key) != 8 {
			return n, t.file.damaged("record %x of posts has a key of %d bytes", key, len(key))
		}
		order := orderOf(key)
		if order > most || !goes(order) {
			break
		}
		var it item
		if ok, err := posts.get(key, &it); ok && err == nil {
			if err := t.forgetSeq(postKey(it.From, it.Text, it.Text.Seq)); err != nil {
				return n, err
			}
		} else { // It goes too. Whose it was nobody knows: its seq stays. The whole record counts as its body, which is a little more.
			it = item{Text: store.Text{Body: posts.bucket.Get(key)}}
		}
		log.bytes -= min(log.bytes, it.Text.Room())
		if err := posts.delete(key); err != nil {
			return n, err
		}
		log.gone, t.logMoved = order, true
		n++
	}
	return n, nil
}

// channel is the log's state. It is in memory during the group, and written once.
func (t *serverTx) channel() (*logState, error) {
	if t.log == nil {
		t.log = &logState{}
		if err := t.shelf(metaBucket).must(channelKey, t.log); err != nil {
			return nil, err
		}
	}
	return t.log, nil
}

var channelKey = []byte("channel")

// logState is how the channel's log stands.
type logState struct {
	age    uint64 // microseconds
	marked uint64 // order of the last mark
	gone   uint64 // order of the last post that went
	bytes  uint64 // of what is there (store.Text.Room)
}

// pass lets time pass, and tells whether it did.
func (l *logState) pass(d time.Duration) bool {
	l.age += uint64(max(d, 0).Microseconds())
	return d > 0
}

// goneAfter is through which order posts are gone for who has all through another one; 0: for them, none are.
func (l *logState) goneAfter(order uint64) uint64 {
	if l.gone > order {
		return l.gone
	}
	return 0
}

func (l *logState) encode(w *writer) {
	w.array(4)
	w.uint(l.age)
	w.uint(l.marked)
	w.uint(l.gone)
	w.uint(l.bytes)
}

func (l *logState) decode(r *reader) {
	r.array(4)
	l.age, l.marked, l.gone, l.bytes = r.u64(), r.u64(), r.u64(), r.u64()
}
