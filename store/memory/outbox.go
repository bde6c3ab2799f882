package memory

import (
	"cmp"
	"maps"
	"slices"

	"udpchat/store"
)

// outbox is what is not settled, by lane: textID.from is the recipient, and textID.seq is 0.
type outbox map[textID]*sends

// sends is what is not settled of a lane, by seq. It comes at the end and goes, nearly always, at the beginning.
type sends struct {
	list   []store.Outgoing
	bodies shelf
}

func laneID(to store.Key, epoch, toEpoch uint64) textID { return textID{to, epochs{epoch, toEpoch}, 0} }

func (b outbox) put(o store.Outgoing) {
	id := laneID(o.To, o.Text.Epoch, o.Text.ToEpoch)
	l := b[id]
	if l == nil {
		l = &sends{}
		b[id] = l
	}
	o.Text.Body = l.bodies.keep(o.Text.Body)
	at := len(l.list)
	if at > 0 && l.list[at-1].Text.Seq >= o.Text.Seq {
		var here bool
		if at, here = l.place(o.Text.Seq); here {
			l.list[at] = o
			return
		}
	}
	l.list = slices.Insert(l.list, at, o)
}

func (l *sends) place(seq uint64) (int, bool) {
	return slices.BinarySearchFunc(l.list, seq, func(o store.Outgoing, seq uint64) int { return cmp.Compare(o.Text.Seq, seq) })
}

// settle takes texts out of a lane, and calls each with these.
func (b outbox) settle(id textID, seqs []uint64, each func(o store.Outgoing)) {
	l := b[id]
	if l == nil {
		return
	}
	first := 0
	for first < min(len(seqs), len(l.list)) && l.list[first].Text.Seq == seqs[first] {
		each(l.list[first])
		first++
	}
	l.drop(first)
	for _, seq := range seqs[first:] {
		if at, here := l.place(seq); here {
			each(l.list[at])
			l.list = slices.Delete(l.list, at, at+1)
		}
	}
}

// drop takes the first n away. What stays moves down when it is not more than that, so that the room is used again.
func (l *sends) drop(n int) {
	if len(l.list) > 2*n {
		clear(l.list[:n])
		l.list = l.list[n:]
		return
	}
	l.list = slices.Delete(l.list, 0, n)
}

func (b outbox) empty(id textID) bool { return b[id] == nil || len(b[id].list) == 0 }

// load is a copy of all that is in it.
func (b outbox) load() (all []store.Outgoing) {
	for _, id := range slices.SortedFunc(maps.Keys(b), compareTexts) {
		for _, o := range b[id].list {
			o.Text = cloneText(o.Text)
			all = append(all, o)
		}
	}
	return all
}
