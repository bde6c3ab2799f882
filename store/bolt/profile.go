package bolt

import (
	"cmp"
	"crypto/rand"
	"fmt"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
)

// Profile is the store of a client in one bbolt file.
type Profile struct {
	file      *file
	committer *committer[store.ProfileChange, error]
}

var _ store.Profile = (*Profile)(nil)

// OpenProfile opens the profile at path, and makes it, with a new seed, when there has never been one.
func OpenProfile(path string, o Options) (*Profile, error) {
	f, err := open(path, layout{
		kind:  migrations.KindProfile,
		steps: migrations.Profile,
		born:  func(tx *bbolt.Tx) error { return bornProfile(&file{path: path}, tx) },
		made:  madeProfile,
		mmap:  64 << 20,
		alloc: 1 << 20,
	}, o)
	if err != nil {
		return nil, err
	}
	f.reserve = profileReserve
	p := &Profile{file: f}
	p.committer = newCommitter(f, p.apply, profileGrowth)
	p.committer.patient = profilePatient
	return p, nil
}

// Submit queues a change.
func (p *Profile) Submit(c store.ProfileChange, done func(error)) {
	p.committer.submit(c, func(refused, err error) { done(cmp.Or(err, refused)) })
}

// WhenCrowded has f told of changes that wait for room.
func (p *Profile) WhenCrowded(f store.Crowded) { p.committer.whenCrowded(f) }

// Close waits for what was submitted and closes the file.
func (p *Profile) Close() error {
	p.committer.close()
	return p.file.close()
}

// profileTx is a group of changes under way.
type profileTx struct {
	file *file
	tx   *bbolt.Tx
	// How far each was counted, or received, is written once.
	lanes   late[agedLane, *agedLane]
	sources late[source, *source]
	streams late[stream, *stream]
}

func (p *Profile) apply(tx *bbolt.Tx, group []job[store.ProfileChange, error], tight bool) error {
	t := &profileTx{file: p.file, tx: tx}
	t.lanes.shelf, t.sources.shelf, t.streams.shelf = t.shelf("lanes"), t.shelf("sources"), t.shelf("streams")
	for i := range group {
		g := &group[i]
		if g.result, g.fate = nil, isDone; tight {
			g.fate = withoutRoom(g.change)
		}
		switch g.fate {
		case isRefused:
			g.result = fmt.Errorf("write %s: %w", p.file.path, store.ErrFull)
		case isDone:
			if err := t.change(g.change); err != nil {
				return err
			}
		}
	}
	return cmp.Or(t.lanes.flush(), t.sources.flush(), t.streams.flush())
}

// withoutRoom is what becomes of a change when only the reserve is left (store/full.go).
func withoutRoom(c store.ProfileChange) fate {
	switch c.(type) {
	case *store.Accept, store.PinServer:
		return isRefused
	case *store.Receive:
		return mustWait
	}
	return isDone
}

// profileGrowth is by how much a change makes the file longer.
func profileGrowth(c store.ProfileChange) int64 {
	records, bytes := 0, 0
	switch c := c.(type) {
	case *store.Accept:
		records, bytes = len(c.Items)+1, len(c.Line.Text)
		for _, o := range c.Items {
			bytes += len(o.Text.Body)
		}
	case *store.Receive:
		records = 1
		if c.Part != nil {
			bytes += len(c.Part.Text.Body)
		}
		if c.Line != nil {
			bytes += len(c.Line.Text)
		}
	case store.Meet:
		records = len(c.Contacts)
		for _, k := range c.Contacts {
			bytes += len(k.Card)
		}
	}
	return grown(records, bytes)
}

// profilePatient tells of what is noted for later: what was delivered is not sent again, what was shown not shown.
func profilePatient(c store.ProfileChange) bool {
	switch c.(type) {
	case store.Settle, store.Shown:
		return true
	}
	return false
}

func (t *profileTx) change(c store.ProfileChange) error {
	switch c := c.(type) {
	case *store.Accept:
		return t.accept(c)
	case store.Settle:
		return t.settle(c)
	case store.Renumber:
		return t.renumber(c)
	case *store.Receive:
		return t.receive(c)
	case store.Shown:
		return t.shown(c)
	case store.Meet:
		return t.meet(c)
	case store.Rotate:
		return t.rotate(c)
	case store.PinServer:
		return t.pinServer(c)
	case store.Bound:
		return t.bound(c)
	}
	return fmt.Errorf("store: unknown change %T", c)
}

func (t *profileTx) shelf(name string) shelf { return t.file.shelf(t.tx, name) }

var selfKey = []byte("self")

// bornProfile draws the seed, the only secret, and the first epoch.
func bornProfile(f *file, tx *bbolt.Tx) error {
	me := self{Epoch: randomID()}
	_, _ = rand.Read(me.Seed[:]) // never fails (crypto/rand)
	return f.shelf(tx, metaBucket).put(selfKey, &me)
}

// madeProfile: who is new knew no server before mail was sealed, and takes nothing in the clear.
func madeProfile(tx *bbolt.Tx) error { return tx.Bucket([]byte("clear")).Delete(numberKey(0)) }

// self is who the client is.
type self struct {
	Seed  [32]byte
	Epoch uint64
}

func (s *self) encode(w *writer) {
	w.array(2)
	w.bytes(s.Seed[:])
	w.uint(s.Epoch)
}

func (s *self) decode(r *reader) {
	r.array(2)
	r.fill(s.Seed[:])
	s.Epoch = r.u64()
}
