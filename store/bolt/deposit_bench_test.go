package bolt

import (
	"path/filepath"
	"testing"

	"udpchat/store"
)

// BenchmarkDepositGroups is one deposit of 100 bytes in groups of 64 and 512, and its deletion when the recipient has it, to a mailbox in which
// 10,000 others wait.
func BenchmarkDepositGroups(b *testing.B) {
	for _, group := range []int{64, 512} {
		b.Run(map[int]string{64: "64", 512: "512"}[group], func(b *testing.B) {
			s, err := OpenServer(filepath.Join(b.TempDir(), "server.db"), Options{})
			if err != nil {
				b.Fatal(err)
			}
			to, from := store.Key{1}, store.Key{2}
			last := make(chan store.Result, 1)
			submit := func(c store.Change, wait bool) {
				s.Submit(c, func(r store.Result, err error) {
					if err != nil {
						b.Error(err)
					}
					if wait {
						last <- r
					}
				})
			}
			submit(store.PutClient{Client: store.Client{Key: to, Name: "to"}}, false)
			submit(store.PutClient{Client: store.Client{Key: from, Name: "from"}}, false)
			seq := uint64(0)
			deposit := func(n int) {
				for i := range n {
					seq++
					submit(store.Deposit{To: to, From: from, Text: store.Text{Epoch: 1, ToEpoch: 1, Seq: seq, Parts: 1, Size: 100, Body: make([]byte, 220)}}, i == n-1)
				}
				<-last
			}
			deposit(10000)
			for i := 0; b.Loop(); i++ {
				if i%group == 0 {
					deposit(group)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
