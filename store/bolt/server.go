package bolt

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
)

// Server is the store of a server in one bbolt file.
type Server struct {
	file      *file
	committer *committer[store.Change, store.Result]
}

var _ store.Server = (*Server)(nil)

// OpenServer opens the store at path, and makes it when there has never been one.
func OpenServer(path string, o Options) (*Server, error) {
	f, err := open(path, layout{
		kind:  migrations.KindServer,
		steps: migrations.Server,
		born:  func(tx *bbolt.Tx) error { return bornServer(&file{path: path}, tx) },
		mmap:  1 << 30,
		alloc: 16 << 20,
	}, o)
	if err != nil {
		return nil, err
	}
	f.reserve = serverReserve
	s := &Server{file: f}
	s.committer = newCommitter(f, s.apply, serverGrowth)
	s.committer.patient = serverPatient
	return s, nil
}

// Submit queues a change.
func (s *Server) Submit(c store.Change, done func(store.Result, error)) { s.committer.submit(c, done) }

// Close waits for what was submitted and closes the file.
func (s *Server) Close() error {
	s.committer.close()
	return s.file.close()
}

// Head reads the counters and the seed.
func (s *Server) Head() (store.Head, error) {
	var h store.Head
	err := s.file.view(func(tx *bbolt.Tx) error {
		meta := s.file.shelf(tx, metaBucket)
		if err := meta.must(headKey, (*head)(&h)); err != nil {
			return err
		}
		return meta.must(seedKey, (*seed)(&h.Seed))
	})
	if err != nil {
		return store.Head{}, err
	}
	return h, nil
}

// serverTx is a group of changes under way.
type serverTx struct {
	file *file
	tx   *bbolt.Tx
	head head
	// The head is in memory during the group, and written once. So is what is used of the mailboxes.
	moved bool
	usage late[usage, *usage]
	log   *logState // the channel's, if it was asked for
	tight bool      // there is no room for anything new

	logMoved bool // the channel's log is another than on disk

	clients map[store.Key]bool // that have a row
}

func (s *Server) apply(tx *bbolt.Tx, group []job[store.Change, store.Result], tight bool) (err error) {
	t := &serverTx{file: s.file, tx: tx, tight: tight, clients: map[store.Key]bool{}}
	t.usage.shelf = t.shelf("usage")
	if err := t.shelf(metaBucket).must(headKey, &t.head); err != nil {
		return err
	}
	for i := range group {
		if group[i].result, err = t.change(group[i].change); err != nil {
			return err
		}
		group[i].fate = isDone
		if group[i].result.Verdict == store.FullDisk {
			group[i].fate = isRefused
		}
	}
	return t.flush()
}

// flush writes what the group had in memory.
func (t *serverTx) flush() error {
	if err := t.usage.flush(); err != nil {
		return err
	}
	if t.logMoved {
		if err := t.shelf(metaBucket).put(channelKey, t.log); err != nil {
			return err
		}
	}
	if !t.moved {
		return nil
	}
	return t.shelf(metaBucket).put(headKey, &t.head)
}

// serverGrowth is by how much a change makes the file longer.
func serverGrowth(c store.Change) int64 {
	switch c := c.(type) {
	case store.Deposit:
		return grown(1, len(c.Text.Body))
	case store.Post:
		return grown(1, len(c.Text.Body))
	case store.PutClient:
		return grown(1, max(len(c.Client.Card), keptCard))
	}
	return 0
}

// serverPatient tells of what is noted for later: who it is about has it, and after a crash it is noted again.
func serverPatient(c store.Change) bool {
	switch c.(type) {
	case store.Take, store.Told, store.Trim:
		return true
	}
	return false
}

// keptCard is about what a row has that keeps its card.
const keptCard = 200

// change does one change. One that is refused has touched nothing.
func (t *serverTx) change(c store.Change) (store.Result, error) {
	switch c := c.(type) {
	case store.Begin:
		return t.begin(c)
	case store.PutClient:
		return t.putClient(c)
	case store.Deposit:
		return t.deposit(c)
	case store.Take:
		return t.take(c)
	case store.Told:
		return t.told(c)
	case store.Post:
		return t.post(c)
	case store.Trim:
		return t.trim(c)
	case store.Advance:
		return t.advance(c)
	case store.Renew:
		return t.renew(c)
	}
	return store.Result{}, fmt.Errorf("store: unknown change %T", c)
}

func (t *serverTx) shelf(name string) shelf { return t.file.shelf(t.tx, name) }

func (t *serverTx) strictShelf(name string) shelf { return t.file.strictShelf(t.tx, name) }

// nextOrder gives the next receipt order.
func (t *serverTx) nextOrder() uint64 {
	t.moved = true
	t.head.Order++
	return t.head.Order
}

func (t *serverTx) renew(c store.Renew) (store.Result, error) {
	if c.ID == 0 {
		return store.Result{}, errors.New("store: a new id of 0")
	}
	former := numberKey(t.head.ID)
	t.head.ID, t.moved = c.ID, true
	return store.Result{}, t.shelf("former").put(former, &nothing{})
}

const metaBucket = "meta"

var (
	headKey = []byte("head")
	seedKey = []byte("seed")
)

// bornServer writes what a new store has from its first transaction on. The seed comes with the second schema, to a new file as to
// an old one.
func bornServer(f *file, tx *bbolt.Tx) error {
	return f.shelf(tx, metaBucket).put(headKey, &head{ID: randomID()})
}

// head is store.Head as a record, without the seed: it changes all the time, and the seed never.
type head store.Head

func (h *head) encode(w *writer) {
	w.array(3)
	w.uint(h.ID)
	w.uint(h.Revision)
	w.uint(h.Order)
}

func (h *head) decode(r *reader) {
	r.array(3)
	h.ID, h.Revision, h.Order = r.u64(), r.u64(), r.u64()
}

// seed is the secret of the server's identity, as migrations write it.
type seed [32]byte

func (s *seed) encode(w *writer) {
	w.array(1)
	w.bytes(s[:])
}

func (s *seed) decode(r *reader) {
	r.array(1)
	r.fill(s[:])
}
