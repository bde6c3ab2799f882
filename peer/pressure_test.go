package peer

import (
	"testing"
	"time"
)

// pressed takes the notices about too much under way, and says whether it is so.
func (b *bench) pressed() (list []Notice, full bool) {
	for _, n := range b.told {
		switch n.(type) {
		case OutboxFull, OutboxRoom:
			list = append(list, n)
		}
	}
	b.told = nil
	return list, b.core.full
}

// wantPressed compares them.
func (b *bench) wantPressed(why string, full bool, want ...Notice) {
	b.t.Helper()
	got, is := b.pressed()
	if is != full || len(got) != len(want) {
		b.t.Fatalf("%s: full %v, told %+v, want %v and %+v", why, is, got, full, want)
	}
	for i := range got {
		if got[i] != want[i] {
			b.t.Errorf("%s: told %+v, want %+v", why, got[i], want[i])
		}
	}
}

// The user is told once that so much waits, and from then on only who asks: until half of it is taken, and again until all of it was.
func TestWhoTypesTooMuchIsTold(t *testing.T) {
	b, _ := readyBench(t)
	b.types(MaxUndecided - 1)
	b.wantPressed("one less", false)
	b.types(1)
	b.wantPressed("that one", true, OutboxFull{Waiting: MaxUndecided})
	stored := uint64(0)
	store := func(through uint64) {
		for stored < through {
			stored++
			b.stores(stored)
		}
	}
	store(MaxUndecided/2 - 1)
	b.wantPressed("less than half is stored", true)
	store(MaxUndecided / 2)
	b.wantPressed("half is stored", false, OutboxRoom{})
	b.types(MaxUndecided / 2)
	b.wantPressed("as much again", true, OutboxFull{Waiting: MaxUndecided, Again: true})
	store(MaxUndecided + MaxUndecided/2)
	b.wantPressed("all is stored", false, OutboxRoom{})
	b.types(MaxUndecided)
	b.wantPressed("and as much again", true, OutboxFull{Waiting: MaxUndecided})
}

// What is typed before the client is registered counts too.
func TestWhoTypesTooMuchUnregisteredIsTold(t *testing.T) {
	b := newBench(t, Config{})
	b.do(b.core.Register)
	b.types(MaxUndecided)
	b.wantPressed("nobody answers", true, OutboxFull{})
	b.advance(time.Minute)
	b.wantPressed("the server is silent", false, OutboxRoom{})
}

// Who leaves can type: it is told that nothing is sent.
func TestWhoLeavesIsNotFull(t *testing.T) {
	b, _ := readyBench(t)
	b.types(MaxUndecided)
	b.wantPressed("too much", true, OutboxFull{Waiting: MaxUndecided})
	b.do(func(now time.Time) { b.core.Deregister(now, "ann") })
	b.leave()
	b.wantPressed("it left", false, OutboxRoom{})
}

// It is told whom most of it is for.
func TestWhomTooMuchIsFor(t *testing.T) {
	b, f := readyBench(t, "bob")
	for range MaxUndecided - 10 {
		b.send(f[0], "hello")
	}
	b.types(10)
	b.wantPressed("ten posts", true, OutboxFull{To: "bob", Waiting: MaxUndecided - 10})
}
