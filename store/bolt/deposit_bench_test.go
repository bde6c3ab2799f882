package bolt

import (
	"path/filepath"
	"strconv"
	"testing"

	"udpchat/store"
)

// BenchmarkDepositGroups is one deposit of 100 bytes in groups of 64 and 512 to a mailbox in which 10,000 others wait.
func BenchmarkDepositGroups(b *testing.B) {
	for _, group := range []int{64, 512} {
		b.Run(strconv.Itoa(group), func(b *testing.B) {
			m := newMailbox(b)
			m.deposit(10000)
			for i := 0; b.Loop(); i++ {
				if i%group == 0 {
					m.deposit(group)
				}
			}
		})
	}
}

// BenchmarkTakeGroups is the end of one such deposit, of 16 in a Take and 512 in a group. The deposits are measured with it.
func BenchmarkTakeGroups(b *testing.B) {
	m := newMailbox(b)
	m.deposit(10000)
	for i := 0; b.Loop(); i++ {
		if i%512 == 0 {
			m.deposit(512)
			m.take(512)
		}
	}
}

// mailbox is a store of two clients, one of whom writes to the other.
type mailbox struct {
	b         *testing.B
	s         *Server
	to, from  store.Key
	seq, gone uint64
	last      chan store.Result
}

func newMailbox(b *testing.B) *mailbox {
	s, err := OpenServer(filepath.Join(b.TempDir(), "server.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	m := &mailbox{b: b, s: s, to: store.Key{1}, from: store.Key{2}, last: make(chan store.Result, 1)}
	m.submit(store.PutClient{Client: store.Client{Key: m.to, Name: "to"}}, false)
	m.submit(store.PutClient{Client: store.Client{Key: m.from, Name: "from"}}, false)
	return m
}

func (m *mailbox) submit(c store.Change, wait bool) {
	m.s.Submit(c, func(r store.Result, err error) {
		if err != nil {
			m.b.Error(err)
		}
		if wait {
			m.last <- r
		}
	})
}

func (m *mailbox) deposit(n int) {
	for i := range n {
		m.seq++
		m.submit(store.Deposit{To: m.to, From: m.from, Text: store.Text{Epoch: 1, ToEpoch: 1, Seq: m.seq, Parts: 1, Size: 100, Body: make([]byte, 220)}}, i == n-1)
	}
	<-m.last
}

// take ends the n oldest that wait. Their orders are their seqs, since nobody else sends.
func (m *mailbox) take(n int) {
	for range n / 16 {
		orders := make([]uint64, 16)
		for i := range orders {
			m.gone++
			orders[i] = m.gone
		}
		m.submit(store.Take{To: m.to, From: m.from, Marks: store.Marks{Epoch: 1, ToEpoch: 1, Through: m.gone}, Orders: orders}, false)
	}
	m.submit(store.Advance{}, true) // somebody waits for that
	<-m.last
}
