package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"udpchat/store"
)

// serverModel does random changes, in groups that are submitted at once, on a store and on the model.
func serverModel(t *testing.T, open func(t *testing.T) store.Server) {
	for i, seed := range seeds(4) {
		t.Run(fmt.Sprint("run ", i), func(t *testing.T) {
			g := &generator{Rand: source(t, seed)}
			s := open(t)
			m := &model{head: head(t, s)}
			for round := range 150 {
				var changes []store.Change
				var want []store.Result
				for range 1 + g.IntN(20) {
					c := g.change(m)
					changes = append(changes, c)
					want = append(want, m.change(c))
				}
				for i, got := range DoAll(t, s, changes...) {
					if got != want[i] {
						t.Fatalf("round %d, change %d %T%+v: %+v, want %+v", round, i, changes[i], changes[i], got, want[i])
					}
				}
				if round%30 == 29 {
					s = reopen(s)
				}
				if round%5 == 4 {
					agree(t, s, m)
				}
			}
			if t.Logf("%d names made way, posts went through %d of %d", m.freed, m.log.gone, m.head.Order); i > 0 && (m.freed == 0 || m.log.gone == 0) {
				t.Error("no name made way, or no post went")
			}
		})
	}
}

var (
	names = []string{"ann", "bob", "cat", "dan", "eve"}
	// owners take names from each other. Nobody writes to those after dan: the name of eve goes round among them.
	owners = []string{"ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal"}
)

// generator makes changes from so few clients, epochs and seqs that they meet often.
type generator struct{ *rand.Rand }

func (g *generator) key() store.Key { return Key(names[g.IntN(4)]) }

func (g *generator) change(m *model) store.Change {
	switch n := g.IntN(100); {
	case n < 8:
		return g.putClient(m)
	case n < 55:
		return g.deposit(m)
	case n < 75:
		return g.take(m)
	case n < 83:
		mk := g.marks()
		if len(m.deliveries) > 0 && g.IntN(2) == 0 {
			d := m.deliveries[g.IntN(len(m.deliveries))]
			return store.Told{Sender: d.from, To: d.to, Marks: marks(d.seqs, d.epoch, d.toEpoch)}
		}
		return store.Told{Sender: g.key(), To: g.key(), Marks: mk}
	case n < 92:
		return g.post(m)
	case n < 95:
		return g.trim(m)
	case n < 99:
		return store.Advance{Member: g.key(), Order: g.Uint64N(m.head.Order + 3), Back: g.IntN(3) == 0}
	case n == 99 && g.IntN(2) == 0:
		return store.Begin{By: g.Uint64N(5)}
	default:
		return store.Renew{ID: m.head.ID + 1 + g.Uint64N(3)}
	}
}

// post is mostly of a lane that is known, near its end or near its beginning.
func (g *generator) post(m *model) store.Post {
	x := g.text()
	x.Part, x.Parts = 0, 1
	x.Seq, x.ToEpoch = g.Uint64N(30), 0
	c := store.Post{Author: g.key(), Text: x, Longest: g.Uint64N(2) * g.Uint64N(120), Spent: g.IntN(8) == 0}
	if g.IntN(4) == 0 {
		c.Room = 2000 + g.Uint64N(4000)
	}
	seqs := m.log.seqs
	switch {
	case len(seqs) > 0 && g.IntN(3) > 0:
		p := seqs[g.IntN(len(seqs))]
		c.Author, c.Text.Epoch, c.Text.ToEpoch = p.author, p.epoch, p.toEpoch
		c.Text.Seq = max(p.seq+g.Uint64N(4), 1) - 1
		c.Base = c.Text.Seq * g.Uint64N(2)
	case g.IntN(3) > 0:
		c.Text.Seq = 1
	}
	return c
}

func (g *generator) trim(m *model) store.Trim {
	c := store.Trim{Spare: time.Duration(g.IntN(8)) * time.Second, Limit: g.IntN(12), Lowest: m.lowest()}
	if g.IntN(3) > 0 {
		c.Elapsed = time.Duration(g.IntN(3000)) * time.Millisecond
	}
	if g.IntN(2) == 0 {
		c.Keep = time.Duration(g.IntN(20)) * time.Second
	}
	if g.IntN(2) == 0 {
		c.Lowest = g.Uint64N(m.head.Order + 1)
	}
	if g.IntN(4) == 0 {
		c.Room = 1000 + g.Uint64N(6000)
	}
	return c
}

// deposit is sometimes of a text that waits already, as a part of the same size or as a void.
func (g *generator) deposit(m *model) store.Deposit {
	c := store.Deposit{To: g.key(), From: g.key(), Text: g.text(), Quota: g.quota()}
	if len(m.mail) > 0 && g.IntN(4) == 0 {
		k := m.mail[g.IntN(len(m.mail))]
		c.To, c.From, c.Text, c.Anew = k.to, k.item.From, k.item.Text, g.IntN(2) == 0
		c.Text.Body = []byte{byte(g.Uint32())}
		if c.Anew && c.Text.Parts == 1 && g.IntN(2) == 0 {
			c.Text.Size = 0
		}
	}
	return c
}

// putClient is mostly of a key under its own name.
func (g *generator) putClient(m *model) store.PutClient {
	c := store.PutClient{Client: store.Client{
		Key: g.key(), Name: names[g.IntN(4)], Card: fmt.Sprint(g.Uint32()), State: store.State(g.IntN(3)), Registered: g.Int64N(9), LastSeen: g.Int64(),
	}}
	if g.IntN(3) > 0 {
		c.Client.Name = string(c.Client.Key[:3])
	}
	if g.IntN(2) == 0 {
		at := g.Uint64N(m.head.Order + 2)
		c.Rewind = &at
	}
	if g.IntN(2) == 0 {
		c.Client.Key, c.Client.Name, c.FreeBefore = Key(owners[g.IntN(len(owners))]), names[g.IntN(4)], g.Int64()
		if g.IntN(2) == 0 {
			c.Client.Key, c.Client.Name = Key(owners[4+g.IntN(4)]), "eve"
		}
		if owner := m.named(c.Client.Name); owner != nil {
			c.FreeBefore = owner.row.LastSeen + g.Int64N(4)
		}
	}
	return c
}

// text is a part of a text whose shape follows from its seq, so that parts of one text fit together.
func (g *generator) text() store.Text {
	x := store.Text{
		Epoch: 1 + g.Uint64N(6), ToEpoch: 1 + g.Uint64N(3), Seq: 1 + g.Uint64N(12), Parts: 1, Time: g.Int64(), Flags: uint8(g.Uint32()),
		Body: make([]byte, g.IntN(300)),
	}
	if g.IntN(2) == 0 {
		x.Epoch, x.ToEpoch = 1, 1
	}
	for i := range x.Body {
		x.Body[i] = byte(g.Uint32())
	}
	switch {
	case x.Seq >= 3 && x.Seq <= 5:
		x.Part, x.Parts = uint16(x.Seq-3), 3
	case x.Seq >= 7 && x.Seq <= 8:
		x.Part, x.Parts = uint16(x.Seq-7), 2
	}
	x.Size = uint32(x.First() * 10)
	return x
}

func (g *generator) quota() store.Quota {
	if g.IntN(4) == 0 {
		return store.Quota{}
	}
	return store.Quota{Longest: g.Uint64N(2) * (60 + g.Uint64N(60)), Texts: 3 + g.Uint64N(6), Bytes: 200 + g.Uint64N(300), PairTexts: 2 + g.Uint64N(5), PairBytes: 100 + g.Uint64N(200)}
}

func (g *generator) marks() store.Marks {
	set := uint64(1)<<(g.Uint64N(9)+1) - 1
	set |= g.Uint64() & g.Uint64() & (1<<16 - 1)
	return marks(set|1, 1+g.Uint64N(6), 1+g.Uint64N(3))
}

// take is mostly of mail that is there.
func (g *generator) take(m *model) store.Take {
	c := store.Take{To: g.key(), From: g.key(), Marks: g.marks(), Refused: g.IntN(8) == 0}
	if len(m.mail) > 0 {
		k := m.mail[g.IntN(len(m.mail))]
		c.To, c.From = k.to, k.item.From
		if g.IntN(4) > 0 {
			c.Marks.Epoch, c.Marks.ToEpoch = k.item.Text.Epoch, k.item.Text.ToEpoch
		}
	}
	for _, k := range m.mail {
		if k.to == c.To && g.IntN(3) > 0 || g.IntN(20) == 0 {
			c.Orders = append(c.Orders, k.item.Order)
		}
	}
	return c
}

// agree compares all that can be read.
func agree(t *testing.T, s store.Server, m *model) {
	t.Helper()
	if h := head(t, s); h != m.head {
		t.Fatalf("head %+v, want %+v", h, m.head)
	}
	if p := past(t, s); !slices.Equal(p.Leaps, m.past.Leaps) || !slices.Equal(p.Former, m.past.Former) {
		t.Fatalf("past %+v, want %+v", p, m.past)
	}
	var rows []store.Client
	for _, c := range m.clients {
		rows = append(rows, c.row)
	}
	slices.SortFunc(rows, func(a, b store.Client) int { return slices.Compare(a.Key[:], b.Key[:]) })
	if got := clients(t, s, store.Key{}, 100); !slices.Equal(got, rows) {
		t.Fatalf("clients %+v, want %+v", got, rows)
	}
	if at, last, err := s.Cursors(store.Key{}, 100); err != nil || at != m.lowest() || last != (store.Key{}) {
		t.Fatalf("the lowest cursor is %d, want %d (%v)", at, m.lowest(), err)
	}
	for _, name := range names {
		if got, want := waiting(t, s, name), m.waiting(Key(name)); !slices.EqualFunc(got, want, sameItem) {
			t.Fatalf("%s has waiting %+v, want %+v", name, got, want)
		}
		var want []store.Delivery
		for _, d := range m.deliveries {
			if d.from == Key(name) && d.untold {
				want = append(want, store.Delivery{To: d.to, Marks: marks(d.seqs, d.epoch, d.toEpoch)})
			}
		}
		slices.SortFunc(want, func(a, b store.Delivery) int {
			return cmp.Or(slices.Compare(a.To[:], b.To[:]), cmp.Compare(a.Marks.Epoch, b.Marks.Epoch), cmp.Compare(a.Marks.ToEpoch, b.Marks.ToEpoch))
		})
		got := untold(t, s, name)
		if !slices.EqualFunc(got, want, func(a, b store.Delivery) bool { return a.To == b.To && sameMarks(a.Marks, b.Marks) }) {
			t.Fatalf("%s is not told %+v, want %+v", name, got, want)
		}
	}
}
