package peer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"udpchat/wire"
)

// goes says that posts are gone, as often as the server says it.
func (l *log) goes(through uint64) {
	l.bench.t.Helper()
	top := max(through, l.gone)
	answer := &wire.Seen{Store: storeID, Through: l.order, Order: through, Try: 1}
	for range 2 {
		l.bench.recv(server, &wire.Gone{Store: storeID, Order: through})
		if through > l.gone {
			l.bench.wantIdle("the user has not read of it yet")
			l.bench.advance(goneDelay)
		}
		l.bench.want("answered, every time", server, answer)
		l.gone = top
	}
}

// protocol.md §11.4: that posts went is told once. It explains the first gap of each author, and no other.
func TestPostsAreGone(t *testing.T) {
	for _, c := range []struct{ name, story, events string }{
		{"it is told once", "bob1 gone5 gone5 bob4", "p1 gone p4"},
		{"more went", "bob1 gone5 gone7 bob4", "p1 gone gone p4"},
		{"less went, which was told late", "bob1 gone5 gone3 bob4", "p1 gone p4"},
		{"nothing is missing", "bob1 gone5 bob2", "p1 gone p2"},
		{"a second gap", "bob1 gone5 bob3 bob5", "p1 gone p3 !missing p5"},
		{"a second gap, and more went before", "bob1 gone5 bob3 gone6 bob5", "p1 gone p3 gone p5"},
		{"two authors", "bob1 cid1 gone5 bob3 cid3 cid5", "p1 p1 gone p3 p3 !missing p5"},
		{"a gap before it", "bob1 bob3 gone5", "p1 !missing p3 gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			lanes := map[string][]wire.Text{}
			for _, of := range f {
				for seq := uint64(1); seq <= 7; seq++ {
					lanes[of.name] = append(lanes[of.name], of.signed(postText(of, seq, fmt.Sprint("p", seq))))
				}
			}
			l := &log{bench: b}
			for _, step := range fields(c.story) {
				switch step.word {
				case "gone":
					l.goes(step.n)
				case f[0].name:
					l.push(f[0].key, lanes[step.word][step.n-1])
				default:
					l.push(f[1].key, lanes[step.word][step.n-1])
				}
			}
			if got := b.events(); got != c.events {
				t.Errorf("told %q, wanted %q", got, c.events)
			}
		})
	}
}

// Who has left answers nothing, and another store is not this one.
func TestGoneIsNotForEveryone(t *testing.T) {
	b, _ := readyBench(t)
	b.recv(server, &wire.Gone{Store: storeID + 1, Order: 5})
	b.wantIdle("another store")
	b.do(func(now time.Time) { b.core.Deregister(now, b.core.cfg.Name) })
	b.drop()
	b.recv(server, &wire.Gone{Store: storeID, Order: 5})
	b.wantIdle("it left")
	for _, n := range b.told {
		if _, ok := n.(PostsGone); ok {
			t.Error("told of what it does not take")
		}
	}
}

// protocol.md §9.2: what another copy of the store says of its own log, late on its way, is not told, and does not stand in the way of what this one says.
func TestGoneOfAnotherCopy(t *testing.T) {
	b, _ := readyBench(t)
	b.recv(server, &wire.Ping{Store: storeID, Order: 9})
	b.drop()
	b.recv(server, &wire.Gone{Store: storeID, Order: 1 << 41})
	b.advance(goneDelay)
	b.wantIdle("this store has not given out such an order")
	if got := b.events(); got != "" {
		t.Errorf("told %q", got)
	}
	b.recv(server, &wire.Gone{Store: storeID, Order: 5})
	if got := b.events(); got != "gone" {
		t.Errorf("told %q of what went from this store", got)
	}
}

// protocol.md §11.4: what went explains the first gap after it also when another store, with other orders, is met in between.
func TestGoneInAnotherStore(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob, l := f[0], &log{bench: b}
	at := func(seq uint64) wire.Text { return bob.signed(postText(bob, seq, fmt.Sprint("p", seq))) }
	l.push(bob.key, at(1))
	l.goes(5)
	l.push(bob.key, at(3))
	b.meets(88)
	b.page(bob.row(wire.Online))
	b.drop()
	b.recv(server, &wire.Gone{Store: 88, Order: 3})
	for i, seq := range []uint64{5, 7} {
		b.recv(server, &wire.PushPost{Prev: uint64(3*i) % 4, Order: uint64(4 + i), Try: 1, Author: bob.key, Text: at(seq)})
	}
	if got, want := b.events(), "p1 gone p3 gone p5 !missing p7"; got != want {
		t.Errorf("told %q, wanted %q", got, want)
	}
}

// Who leaves before the answer is due gives it first, and so does a program that ends.
func TestGoneIsAnsweredAtTheEnd(t *testing.T) {
	for name, end := range map[string]func(b *bench){
		"it leaves": func(b *bench) { b.do(func(now time.Time) { b.core.Deregister(now, b.core.cfg.Name) }) },
		"it ends":   func(b *bench) { b.do(func(time.Time) { b.core.Stop() }) },
	} {
		b, _ := readyBench(t)
		b.recv(server, &wire.Gone{Store: storeID, Order: 5})
		b.wantIdle(name + ": the user has not read of it yet")
		end(b)
		b.want(name, server, &wire.Seen{Store: storeID, Order: 5, Try: 1})
	}
}

// field is a step of a story: a word and a number of one digit.
type field struct {
	word string
	n    uint64
}

func fields(story string) (list []field) {
	for word := range strings.FieldsSeq(story) {
		end := len(word) - 1
		list = append(list, field{word[:end], uint64(word[end] - '0')})
	}
	return list
}
