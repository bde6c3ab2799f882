package server

import (
	"fmt"
	"slices"
	"testing"

	"udpchat/store"
	"udpchat/wire"
)

// together lets the core hear several messages in one turn, and gives what it commits as "sender:orders".
func (b *bench) together(from *member, all ...wire.Message) (ends []string) {
	b.t.Helper()
	b.hold()
	for _, m := range all {
		b.core.Handle(b.now, from.path, from.key, m)
	}
	b.collect()
	for _, c := range b.commits {
		switch change := c.Change.(type) {
		case store.Take:
			i := slices.IndexFunc(b.people, func(m *member) bool { return m.key == wire.Key(change.From) })
			ends = append(ends, fmt.Sprintf("%s:%v", b.people[i].name, change.Orders))
		default:
			ends = append(ends, fmt.Sprintf("%T", change))
		}
	}
	b.release()
	return ends
}

// protocol.md §10.3: answers that come together end in one record for each sender; whatever their order, all that they cover is deleted, and the
// senders are told of it.
func TestEndsOfARow(t *testing.T) {
	b := newBench(t, Config{})
	ann, cid, bob := b.join("ann"), b.join("cid"), b.away("bob")
	for seq := uint64(1); seq <= 5; seq++ {
		b.deposit(ann, bob, text(ann, bob, seq, "hi"))
		b.deposit(cid, bob, text(cid, bob, seq, "ho"))
	}
	b.register(bob)
	b.sentTo(bob)
	b.sentTo(ann)
	b.sentTo(cid)
	took := func(from *member, order, through uint64, ranges ...wire.Range) wire.Message {
		return &wire.Taken{From: from.key, Marks: wire.Marks{Epoch: from.epoch, ToEpoch: bob.epoch, Through: through, Ranges: ranges}, Order: order, Try: 1}
	}
	for _, c := range []struct {
		name string
		told []wire.Message
		want []string
	}{
		{"of two senders, by turns", []wire.Message{took(ann, 1, 1), took(cid, 2, 1), took(ann, 3, 2), took(cid, 4, 2)}, []string{"ann:[1 3]", "cid:[2 4]"}},
		{"the network exchanged two", []wire.Message{took(ann, 7, 2, wire.Range{Lo: 4, Hi: 4}), took(ann, 5, 3)}, []string{"ann:[7]", "ann:[5]"}},
		{"a post between them", []wire.Message{took(cid, 6, 3), &wire.Deposit{To: wire.Channel, Try: 1, Text: text(bob, &member{}, 1, "post")}, took(cid, 8, 4)}, []string{"cid:[6]", "store.Post", "cid:[8]"}},
		{"one that is refused", []wire.Message{took(ann, 9, 5), &wire.Taken{From: cid.key, Marks: wire.Marks{Epoch: cid.epoch, ToEpoch: bob.epoch, Through: 4}, Order: 10, Try: 1, Refusal: wire.Forged}}, []string{"ann:[9]", "cid:[10]"}},
	} {
		if got := b.together(bob, c.told...); !slices.Equal(got, c.want) {
			t.Errorf("%s: committed %v, want %v", c.name, got, c.want)
		}
	}
	if left, _, _ := b.store.Waiting(store.Key(bob.key), 0, 10); slices.ContainsFunc(left, func(it store.Item) bool { return !it.Post }) {
		t.Errorf("left: %+v", left)
	}
	for m, through := range map[*member]uint64{ann: 5, cid: 4} {
		told := uint64(0)
		for _, s := range b.sentTo(m) {
			if r, ok := s.msg.(*wire.Receipt); ok {
				told = r.Marks.Through
			}
		}
		if told != through {
			t.Errorf("%s is told of %d, want %d", m.name, told, through)
		}
	}
}

// What may be joined in a turn is bounded, and nothing of it is lost.
func TestEndsOfManySenders(t *testing.T) {
	b := newBench(t, Config{})
	bob := b.away("bob")
	var told []wire.Message
	for i := range uint64(maxEndings + 8) {
		m := b.join(fmt.Sprint("s", i))
		b.deposit(m, bob, text(m, bob, 1, "hi"))
		told = append(told, &wire.Taken{From: m.key, Marks: through(m, bob, 1), Order: i + 1, Try: 1})
	}
	b.register(bob)
	for len(told) > 0 {
		window := min(len(told), 16) // all of it was pushed by then
		b.together(bob, told[:window]...)
		told = told[window:]
	}
	if left, _, _ := b.store.Waiting(store.Key(bob.key), 0, 100); len(left) > 0 {
		t.Errorf("%d are left", len(left))
	}
}
