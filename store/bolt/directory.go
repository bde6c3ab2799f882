package bolt

import (
	"errors"
	"math"
	"net/netip"
	"strings"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// pageSize is how many records a read transaction copies out at most: one that is held open while others write makes the
// file grow.
const pageSize = 64

// maxName keeps a name below what bbolt takes as a key; the wire's limit is far lower.
const maxName = 1024

// directoryPage is pageSize for the directory, which is read while nobody writes: before a server answers.
const directoryPage = 1024

// Clients lists rows of the directory.
func (s *Server) Clients(after store.Key, limit int) ([]store.Client, error) {
	var rows []store.Client
	for len(rows) < limit {
		n := min(limit-len(rows), directoryPage)
		page, err := s.clientsPage(after, n)
		if err != nil {
			return nil, err
		}
		if rows == nil {
			rows = page
		} else {
			rows = append(rows, page...)
		}
		if len(page) < n {
			break
		}
		after = page[n-1].Key
	}
	return rows, nil
}

func (s *Server) clientsPage(after store.Key, limit int) (rows []store.Client, err error) {
	rows = make([]store.Client, 0, limit)
	err = s.file.view(func(tx *bbolt.Tx) error {
		clients := s.file.strictShelf(tx, "clients")
		return clients.scan(nil, clientKey(after).after(), func(k, v []byte) error {
			if len(rows) == limit {
				return errStop
			}
			rows = append(rows, store.Client{})
			c := &rows[len(rows)-1]
			err := clients.read(k, v, (*row)(c))
			c.Key = store.Key(k)
			return err
		})
	})
	return rows, err
}

// Card is the card of a client.
func (s *Server) Card(of store.Key) (card string, err error) {
	err = s.file.view(func(tx *bbolt.Tx) error {
		var c row
		_, err := s.file.strictShelf(tx, "clients").get(clientKey(of), &c)
		card = strings.Clone(c.Card) // it shares its bytes with the name
		return err
	})
	return card, err
}

func (t *serverTx) putClient(c store.PutClient) (store.Result, error) {
	id := clientKey(c.Client.Key)
	old, next := row{}, row(c.Client)
	known, err := t.strictShelf("clients").get(id, &old)
	if err != nil {
		return store.Result{}, err
	}
	if t.tight && !known {
		return store.Result{Verdict: store.FullDisk}, nil
	}
	freed, err := t.makeWay(c, known)
	if err != nil {
		return store.Result{}, err
	}
	verdict, err := t.bind(c.Client.Name, c.Client.Key, known, old.Name)
	if err != nil || verdict != store.Accepted {
		return store.Result{Verdict: verdict}, err
	}
	if known {
		next.Registered = old.Registered
		if next.Card == "" {
			next.Card = old.Card
		}
	}
	t.head.Revision++
	t.moved = true
	next.Revision = t.head.Revision
	if err := t.shelf("clients").put(id, &next); err != nil {
		return store.Result{}, err
	}
	at, err := t.rewind(c.Client.Key, known, c.Rewind)
	if err != nil {
		return store.Result{}, err
	}
	log, err := t.channel()
	if err != nil {
		return store.Result{}, err
	}
	return store.Result{Revision: next.Revision, Cursor: at, Freed: freed, Gone: log.goneAfter(at)}, nil
}

// makeWay takes a name from a key that has not been seen for long, and gives that key; zero when nothing has to go, or may. It
// does so for a new key only: one that is known has its name, and would be refused with the row already gone.
func (t *serverTx) makeWay(c store.PutClient, known bool) (none store.Key, err error) {
	name := []byte(c.Client.Name)
	if c.FreeBefore == 0 || known || len(name) == 0 || len(name) > maxName {
		return none, nil
	}
	var owner ref
	if taken, err := t.strictShelf("names").get(name, &owner); err != nil || !taken || store.Key(owner) == c.Client.Key {
		return none, err
	}
	id := clientKey(store.Key(owner))
	var away row
	if ok, err := t.strictShelf("clients").get(id, &away); err != nil || !ok || away.State == store.Online || away.LastSeen >= c.FreeBefore {
		return none, err
	}
	// A damaged record here counts as mail, and so does a damaged neighbour, which may have been some.
	if mail, err := t.strictShelf("mail").keys(id, nil, 1); len(mail) > 0 || errors.As(err, new(edgeError)) {
		return none, nil
	} else if err != nil {
		return none, err
	}
	return store.Key(owner), t.forget(id, name)
}

// forget removes a client for whom nothing waits. What was delivered to it and by it stays, and so do its posts: their
// identities name its epochs, so that they are as true of a client that comes back.
func (t *serverTx) forget(id, name []byte) error {
	clear(t.clients)
	return errors.Join(t.shelf("clients").delete(id), t.shelf("names").delete(name), t.shelf("cursors").delete(id))
}

// bind ties a name to a key, for good, or says why not.
func (t *serverTx) bind(name string, k store.Key, known bool, oldName string) (store.Verdict, error) {
	if name == "" || len(name) > maxName {
		return store.NameTaken, nil
	}
	var owner ref
	taken, err := t.strictShelf("names").get([]byte(name), &owner)
	switch {
	case err != nil:
		return 0, err
	case taken && store.Key(owner) != k:
		return store.NameTaken, nil
	case known && oldName != name:
		return store.KeyTaken, nil
	case taken:
		return store.Accepted, nil
	}
	owner = ref(k)
	return store.Accepted, t.shelf("names").put([]byte(name), &owner)
}

// row is a client without its key.
type row store.Client

func (c *row) encode(w *writer) {
	w.array(9)
	w.string(c.Name)
	w.uint(c.Epoch)
	addr, err := c.Addr.MarshalBinary()
	w.note(err)
	w.bytes(addr)
	local, err := c.Local.MarshalBinary()
	w.note(err)
	w.bytes(local)
	w.uint(uint64(c.State))
	w.uint(c.Revision)
	w.int(c.Registered)
	w.int(c.LastSeen)
	w.bytes([]byte(c.Card))
}

func (c *row) decode(r *reader) {
	r.array(9)
	name := r.view()
	c.Epoch = r.u64()
	addr, local := r.view(), r.view()
	c.State = store.State(r.uint(math.MaxUint8))
	c.Revision = r.u64()
	c.Registered, c.LastSeen = r.int(), r.int()
	card := r.view()
	if r.err != nil {
		return
	}
	var both strings.Builder // one allocation for a row: a start reads all there are
	both.Grow(len(name) + len(card))
	both.Write(name)
	both.Write(card)
	c.Name, c.Card = both.String()[:len(name)], both.String()[len(name):]
	var a netip.AddrPort
	var l netip.Addr
	if r.err = errors.Join(a.UnmarshalBinary(addr), l.UnmarshalBinary(local)); r.err == nil {
		c.Addr, c.Local = a, l
	}
}

// ref is a client's key as a record.
type ref store.Key

func (k *ref) encode(w *writer) {
	w.array(1)
	w.bytes(k[:])
}

func (k *ref) decode(r *reader) {
	r.array(1)
	r.fill(k[:])
}
