// Package storetest is what every backend of package store has to pass: cases that name one promise each, and random
// sequences of changes against a model that is too simple to be wrong in the same way. It is not a test of durability: a
// backend that has a disk adds its own.
package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"udpchat/store"
)

// Reopener is a store that can be closed and opened again with all that was promised.
type Reopener[S any] interface{ Reopen() S }

// reopen gives the store itself when it cannot be closed and opened.
func reopen[S any](s S) S {
	if r, ok := any(s).(Reopener[S]); ok {
		return r.Reopen()
	}
	return s
}

// Do submits a change and waits for its result.
func Do(t testing.TB, s store.Server, c store.Change) store.Result {
	t.Helper()
	return DoAll(t, s, c)[0]
}

// DoAll submits changes without waiting between them, and checks that they are answered in order.
func DoAll(t testing.TB, s store.Server, changes ...store.Change) []store.Result {
	t.Helper()
	type answer struct {
		i   int
		res store.Result
		err error
	}
	answers := make(chan answer, len(changes))
	for i, c := range changes {
		s.Submit(c, func(r store.Result, err error) { answers <- answer{i, r, err} })
	}
	var results []store.Result
	for i := range changes {
		a := <-answers
		if a.i != i || a.err != nil {
			t.Fatalf("change %d %+v: answer %d, error %v", i, changes[i], a.i, a.err)
		}
		results = append(results, a.res)
	}
	return results
}

// Change submits a profile's changes and waits for them.
func Change(t testing.TB, p store.Profile, changes ...store.ProfileChange) {
	t.Helper()
	answers := make(chan error, len(changes))
	for _, c := range changes {
		p.Submit(c, func(err error) { answers <- err })
	}
	for _, c := range changes {
		if err := <-answers; err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
	}
}

// Key makes a client's key from a name.
func Key(name string) (k store.Key) {
	copy(k[:], name)
	return k
}

// Register puts clients into the directory under these names.
func Register(t testing.TB, s store.Server, names ...string) {
	t.Helper()
	for _, name := range names {
		if r := Do(t, s, store.PutClient{Client: store.Client{Key: Key(name), Name: name}}); r.Verdict != store.Accepted {
			t.Fatalf("register %s: %+v", name, r)
		}
	}
}

// Single is a text of one part between epochs 1 and 1.
func Single(seq uint64, body string) store.Text {
	return store.Text{Epoch: 1, ToEpoch: 1, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: int64(seq), Body: []byte(body)}
}

// Part is one part of a text between epochs 1 and 1.
func Part(first uint64, part, parts uint16, size uint32) store.Text {
	return store.Text{
		Epoch: 1, ToEpoch: 1, Seq: first + uint64(part), Part: part, Parts: parts, Size: size,
		Body: fmt.Appendf(nil, "part %d of %d", part, first),
	}
}

// upTo are marks between epochs 1 and 1.
func upTo(through uint64, ranges ...store.Range) store.Marks {
	return store.Marks{Epoch: 1, ToEpoch: 1, Through: through, Ranges: ranges}
}

// seeds are fixed ones and one that is new in every run.
func seeds(n int) []uint64 {
	list := []uint64{uint64(time.Now().UnixNano())}
	for i := range n - 1 {
		list = append(list, uint64(i+1))
	}
	return list
}

func source(t *testing.T, seed uint64) *rand.Rand {
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
