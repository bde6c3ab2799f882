package crashtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
)

var names = []string{"ann", "bob", "cat", "dan"}

func keyOf(name string) (k store.Key) {
	copy(k[:], name)
	return k
}

// script draws changes that mean something to the model, which has all the earlier ones.
type script struct {
	*rand.Rand
	seqs  map[any]uint64 // the last one of each lane and author
	lines uint64
}

func newScript(seed uint64) *script {
	return &script{Rand: rand.New(rand.NewPCG(seed, 3)), seqs: map[any]uint64{}}
}

func (s *script) key() store.Key { return keyOf(names[s.IntN(len(names))]) }

// next counts a lane.
func (s *script) next(lane any) uint64 {
	s.seqs[lane]++
	return s.seqs[lane]
}

func (s *script) text(epoch, toEpoch, seq uint64) store.Text {
	size := s.IntN(300)
	switch s.IntN(20) {
	case 0:
		size = s.IntN(12_000) // several pages
	case 1, 2:
		size = s.IntN(3000)
	}
	body := make([]byte, size)
	for i := range body {
		body[i] = byte(s.Uint32())
	}
	return store.Text{Epoch: epoch, ToEpoch: toEpoch, Seq: seq, Parts: 1, Size: uint32(size), Time: s.Int64(), Body: body}
}

// serverPlan is made for the server of this identity.
func serverPlan(seed uint64, n int, identity string) plan {
	var id uint64
	_, _ = fmt.Sscan(identity, &id)
	s, m := newScript(seed), memory.NewServer(id)
	var p plan
	p.note(server{m})
	for i := range n {
		var c store.Change
		if i < len(names) {
			c = s.putClient(names[i])
		} else {
			c = s.serverChange(m, id)
		}
		m.Apply(c)
		p.changes = append(p.changes, c)
		p.note(server{m})
	}
	return p
}

func (p *plan) note(s subject) {
	digest, err := s.digest()
	if err != nil {
		panic(err)
	}
	p.digests = append(p.digests, digest)
}

func (s *script) serverChange(m *memory.Server, id uint64) store.Change {
	switch n := s.IntN(100); {
	case n < 45:
		to, from := s.key(), s.key()
		x := s.text(1, 1, s.next([2]store.Key{to, from}))
		return store.Deposit{To: to, From: from, Text: x, Quota: store.Quota{Texts: 40, PairTexts: 15}}
	case n < 50:
		return s.anew(m)
	case n < 68:
		return s.take(m)
	case n < 74:
		sender := s.key()
		if list, _ := m.Untold(sender); len(list) > 0 {
			d := list[s.IntN(len(list))]
			return store.Told{Sender: sender, To: d.To, Marks: d.Marks}
		}
		return s.putClient("eve")
	case n < 82:
		author := s.key()
		c := store.Post{Author: author, Text: s.text(1, id, s.next(author))}
		if s.IntN(4) == 0 {
			c.Text.Seq = s.next(author) // the one before was given up
			c.Base = c.Text.Seq
			c.Room = 20_000
		}
		return c
	case n < 83:
		return store.Trim{Elapsed: time.Duration(s.IntN(3000)) * time.Millisecond, Spare: time.Second, Keep: 10 * time.Second, Lowest: 1 << 62, Limit: 1 + s.IntN(8)}
	case n < 84:
		return store.Begin{By: 1 + s.Uint64N(1<<40)}
	case n < 92:
		h, _ := m.Head()
		return store.Advance{Member: s.key(), Order: h.Order - min(h.Order, s.Uint64N(60))}
	}
	return s.putClient(names[s.IntN(len(names))])
}

// anew is a text in the place of one that waits, if any does.
func (s *script) anew(m *memory.Server) store.Deposit {
	c := store.Deposit{To: s.key(), From: s.key(), Text: s.text(1, 1, 1), Anew: true}
	items, _, _ := m.Waiting(c.To, 0, 1000)
	items = slices.DeleteFunc(items, func(it store.Item) bool { return it.Post })
	if len(items) > 0 {
		it := items[s.IntN(len(items))]
		c.From, c.Text.Seq = it.From, it.Text.Seq
	}
	return c
}

func (s *script) putClient(name string) store.PutClient {
	return store.PutClient{Client: store.Client{
		Key: keyOf(name), Name: name, Epoch: 1, Card: fmt.Sprint("card ", s.Uint64()), State: store.State(s.IntN(3)), LastSeen: s.Int64(),
	}}
}

// take is of the first few texts that wait from one sender, or of nothing.
func (s *script) take(m *memory.Server) store.Take {
	c := store.Take{To: s.key(), From: s.key(), Marks: store.Marks{Epoch: 1, ToEpoch: 1}}
	if s.IntN(8) == 0 {
		c.Orders = []uint64{1 << 60} // it is gone already
		return c
	}
	items, _, _ := m.Waiting(c.To, 0, 1+s.IntN(100))
	for _, it := range items {
		if !it.Post && it.From == c.From {
			c.Orders = append(c.Orders, it.Order)
			c.Marks.Through = max(c.Marks.Through, it.Text.Seq)
		}
	}
	return c
}
