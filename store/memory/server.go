package memory

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"udpchat/store"
)

// Server is a server's store. Orders, revisions and verdicts are those of store/bolt.
type Server struct {
	answers // with the lock of what follows
	closed  bool
	head    store.Head
	past    store.Past
	clients map[store.Key]*client
	names   map[string]store.Key
	boxes   map[store.Key]*box
	log     channel
	untold  map[pair]map[epochs]bool // from sender and recipient
	room    room

	// Forgetful is for tests: a safeguard that is missing. The last seq of an author's posts goes with them.
	Forgetful bool
}

var _ store.Server = (*Server)(nil)

// client is a row, and the channel cursor with where it began.
type client struct {
	row       store.Client
	at, began uint64
}

// back moves the cursor back, not below where it began.
func (c *client) back(order uint64) { c.at = min(c.at, max(order, c.began)) }

// pair is a sender and a recipient.
type pair struct{ from, to store.Key }

// epochs are the sender's and the recipient's.
type epochs struct{ epoch, toEpoch uint64 }

// textID names a text or a part of one within a mailbox, or a post.
type textID struct {
	from store.Key
	epochs
	seq uint64
}

func idOf(from store.Key, x store.Text) textID {
	return textID{from, epochs{x.Epoch, x.ToEpoch}, x.Seq}
}

// NewServer makes an empty store with this ID. Its seed follows from the ID, so that a simulation that is run again meets the same
// server: it is no secret, and a real server must not run on this store.
func NewServer(id uint64) *Server {
	return &Server{
		head:    store.Head{ID: id, Seed: sha256.Sum256(fmt.Appendf(nil, "udpchat memory server %d", id))},
		clients: map[store.Key]*client{},
		names:   map[string]store.Key{},
		boxes:   map[store.Key]*box{},
		log:     channel{lanes: map[postLane][]placed{}},
		untold:  map[pair]map[epochs]bool{},
	}
}

// Submit does the change at once and answers later.
func (s *Server) Submit(c store.Change, done func(store.Result, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	res, err := store.Result{}, store.ErrClosed
	if !s.closed {
		res, err = s.change(c), nil
	}
	s.add(func(err error) { done(res, err) }, err)
	go func() { // Close waits for it
		s.mu.Lock()
		defer s.mu.Unlock()
		s.run()
	}()
}

// Apply does the change and tells what it came to.
func (s *Server) Apply(c store.Change) store.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.change(c)
}

// Close waits for the answers.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.wait()
	return nil
}

// Head tells the counters.
func (s *Server) Head() (store.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, s.open()
}

// Past tells what earlier runs left.
func (s *Server) Past() (store.Past, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return store.Past{Leaps: slices.Clone(s.past.Leaps), Former: slices.Clone(s.past.Former)}, s.open()
}

// Clients lists rows of the directory.
func (s *Server) Clients(after store.Key, limit int) ([]store.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []store.Client
	for _, k := range s.keysAfter(after) {
		if len(rows) < limit {
			rows = append(rows, s.clients[k].row)
		}
	}
	return rows, s.open()
}

// keysAfter are the clients whose key is above another one, by key.
func (s *Server) keysAfter(k store.Key) []store.Key {
	keys := slices.SortedFunc(maps.Keys(s.clients), compareKeys)
	return slices.DeleteFunc(keys, func(x store.Key) bool { return compareKeys(x, k) <= 0 })
}

// Card is the card of a client.
func (s *Server) Card(of store.Key) (card string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[of]; c != nil {
		card = c.row.Card
	}
	return card, s.open()
}

func (s *Server) open() error {
	if s.closed {
		return store.ErrClosed
	}
	return nil
}

func (s *Server) change(c store.Change) store.Result {
	switch c := c.(type) {
	case store.Begin:
		s.head, s.past = s.past.Begin(s.head, c.By)
		return store.Result{}
	case store.PutClient:
		return s.putClient(c)
	case store.Deposit:
		return s.deposit(c)
	case store.Take:
		return s.take(c)
	case store.Told:
		return s.told(c)
	case store.Post:
		return s.post(c)
	case store.Trim:
		return s.trim(c)
	case store.Advance:
		return s.advance(c)
	case store.Renew:
		s.past = s.past.Renew(s.head)
		s.head.ID = c.ID
		return store.Result{}
	}
	panic(fmt.Sprintf("store: unknown change %T", c))
}

func (s *Server) putClient(c store.PutClient) store.Result {
	k, name := c.Client.Key, c.Client.Name
	old := s.clients[k]
	if old == nil && !s.room.take(record+len(name)+len(c.Client.Card)) {
		return store.Result{Verdict: store.FullDisk}
	}
	freed := s.makeWay(c)
	switch owner, taken := s.names[name]; {
	case name == "" || taken && owner != k:
		return store.Result{Verdict: store.NameTaken}
	case old != nil && old.row.Name != name:
		return store.Result{Verdict: store.KeyTaken}
	}
	s.names[name] = k
	s.head.Revision++
	c.Client.Revision = s.head.Revision
	if old == nil {
		old = &client{at: s.head.Order, began: s.head.Order}
		s.clients[k] = old
	} else {
		c.Client.Registered = old.row.Registered
		if c.Client.Card == "" {
			c.Client.Card = old.row.Card
		}
		if c.Rewind != nil {
			old.back(*c.Rewind)
		}
	}
	old.row = c.Client
	return store.Result{Revision: s.head.Revision, Cursor: old.at, Freed: freed, Gone: s.log.goneAfter(old.at)}
}

// makeWay takes a name from a key that has not been seen for long, for a new key, and gives that key; zero when none had to go, or
// may. Of who goes, the deliveries and posts stay, as in store/bolt.
func (s *Server) makeWay(c store.PutClient) (none store.Key) {
	owner, taken := s.names[c.Client.Name]
	if c.FreeBefore == 0 || s.clients[c.Client.Key] != nil || !taken {
		return none
	}
	away := s.clients[owner].row
	if away.State == store.Online || away.LastSeen >= c.FreeBefore || len(s.box(owner).mail) > 0 {
		return none
	}
	delete(s.clients, owner)
	delete(s.names, c.Client.Name)
	return owner
}

func compareKeys(a, b store.Key) int { return slices.Compare(a[:], b[:]) }

func cloneText(x store.Text) store.Text {
	x.Body = slices.Clone(x.Body)
	return x
}
