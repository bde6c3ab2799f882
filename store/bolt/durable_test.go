package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"udpchat/store"
	"udpchat/store/storetest"
)

// What was answered is in the file at that moment: the copies are what a kill would leave.
func TestAKillLosesNothingThatWasAnswered(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "server.db")
	s := must(OpenServer(path, Options{}))(t)
	storetest.Register(t, s, "ann")
	type snapshot struct {
		path     string
		answered int
	}
	var copies []snapshot
	var wg sync.WaitGroup
	answered := 0
	for seq := uint64(1); seq <= 3000; seq++ {
		wg.Add(1)
		s.Submit(store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(seq, fmt.Sprint("text ", seq))}, func(_ store.Result, err error) {
			defer wg.Done()
			if err != nil {
				t.Error(err)
			}
			if answered++; answered%500 == 1 { // the committer is here, so the file is still
				c := snapshot{filepath.Join(dir, fmt.Sprint("copy", answered)), answered}
				content := must(os.ReadFile(path))(t)
				write(t, c.path, content[:usedBytes(t, content)])
				if log, err := os.ReadFile(logPath(path)); err == nil {
					write(t, logPath(c.path), log)
				}
				copies = append(copies, c)
			}
		})
	}
	wg.Wait()
	closeAndCheck(t, s, path)
	for _, c := range copies {
		s := must(OpenServer(c.path, Options{}))(t)
		items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 10_000)
		if err != nil || damaged > 0 || len(items) < c.answered {
			t.Errorf("%d answered, %d there, %d damaged, %v", c.answered, len(items), damaged, err)
		}
		for i, it := range items {
			if it.Text.Seq != uint64(i+1) || string(it.Text.Body) != fmt.Sprint("text ", i+1) {
				t.Fatalf("item %d is %+v", i, it)
			}
		}
		closeAndCheck(t, s, c.path)
	}
}

func BenchmarkDeposit(b *testing.B) {
	for _, inFlight := range []int{1, 64, 512} {
		b.Run(fmt.Sprint(inFlight, " in flight"), func(b *testing.B) {
			s := must(OpenServer(filepath.Join(b.TempDir(), "server.db"), Options{}))(b)
			defer func() { _ = s.Close() }()
			storetest.Register(b, s, "ann", "bob", "cat", "dan")
			to := []store.Key{storetest.Key("ann"), storetest.Key("bob"), storetest.Key("cat"), storetest.Key("dan")}
			slots := make(chan struct{}, inFlight)
			seq := uint64(0)
			for b.Loop() {
				slots <- struct{}{}
				seq++
				x := storetest.Single(seq, "a message of about the length that people type")
				s.Submit(store.Deposit{To: to[seq%4], From: to[seq/4%4], Text: x, Quota: store.Quota{Texts: 1 << 40}}, func(_ store.Result, err error) {
					if err != nil {
						b.Error(err)
					}
					<-slots
				})
			}
			for range inFlight {
				slots <- struct{}{}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deposits/s")
		})
	}
}

// A drain is what a client does after a long absence: pages of 64, each taken before the next.
func BenchmarkDrain10000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := must(OpenServer(filepath.Join(b.TempDir(), "server.db"), Options{}))(b)
		storetest.Register(b, s, "ann")
		ann, bob := storetest.Key("ann"), storetest.Key("bob")
		var changes []store.Change
		for seq := uint64(1); seq <= 10_000; seq++ {
			changes = append(changes, store.Deposit{To: ann, From: bob, Text: storetest.Single(seq, "a message of about the length that people type")})
		}
		storetest.DoAll(b, s, changes...)
		b.StartTimer()
		for after := uint64(0); ; {
			items, _, err := s.Waiting(ann, after, 64)
			if err != nil {
				b.Fatal(err)
			}
			if len(items) == 0 {
				break
			}
			take := store.Take{To: ann, From: bob, Marks: store.Marks{Epoch: 1, ToEpoch: 1}}
			for _, it := range items {
				take.Orders = append(take.Orders, it.Order)
				after, take.Marks.Through = it.Order, it.Text.Seq
			}
			storetest.Do(b, s, take)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
