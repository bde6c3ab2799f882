package storetest

import (
	"cmp"
	"math/bits"
	"slices"

	"udpchat/store"
)

// model is a server's store that keeps everything in lists and counts by looking at all of it. Marks are sets of bits: it
// knows seqs below 64 only.
type model struct {
	head       store.Head
	past       store.Past
	clients    []*member
	mail       []letter
	log        log
	deliveries []*delivered // by first sight
	charges    []charged
	freed      int // how many names made way
}

type letter struct {
	to   store.Key
	item store.Item
}

type lane struct {
	to, from       store.Key
	epoch, toEpoch uint64
}

type delivered struct {
	lane
	seqs   uint64
	untold bool
}

// charged is a text that takes room.
type charged struct {
	lane
	first, last uint64
	size        uint64
}

func laneOf(to, from store.Key, x store.Text) lane { return lane{to, from, x.Epoch, x.ToEpoch} }

func (m *model) change(c store.Change) store.Result {
	switch c := c.(type) {
	case store.PutClient:
		return m.putClient(c)
	case store.Deposit:
		return m.deposit(c)
	case store.Take:
		m.take(c)
	case store.Told:
		if d := m.delivery(lane{c.To, c.Sender, c.Marks.Epoch, c.Marks.ToEpoch}); d != nil && d.seqs&^seqs(c.Marks) == 0 {
			d.untold = false
		}
	case store.Post:
		return m.post(c)
	case store.Trim:
		return m.trim(c)
	case store.Advance:
		who := m.client(c.Member)
		if who == nil {
			return store.Result{Verdict: store.NoClient}
		}
		if who.at = max(who.at, min(c.Order, m.head.Order)); c.Back && c.Order < who.at {
			who.at = max(c.Order, who.began)
		}
		return store.Result{Cursor: who.at}
	case store.Renew:
		m.past = m.past.Renew(m.head)
		m.head.ID = c.ID
	case store.Begin:
		m.head, m.past = m.past.Begin(m.head, c.By)
	}
	return store.Result{}
}

func (m *model) deposit(c store.Deposit) store.Result {
	l := laneOf(c.To, c.From, c.Text)
	if m.client(c.To) == nil {
		return store.Result{Verdict: store.NoClient}
	}
	for i, kept := range m.mail {
		if laneOf(kept.to, kept.item.From, kept.item.Text) != l || kept.item.Text.Seq != c.Text.Seq {
			continue
		}
		if c.Anew {
			m.mail = slices.Delete(m.mail, i, i+1)
			m.charges = slices.DeleteFunc(m.charges, func(ch charged) bool { return !m.waits(ch) })
			return m.lay(c)
		}
		return store.Result{Order: kept.item.Order}
	}
	if d := m.delivery(l); d != nil && d.seqs>>c.Text.Seq&1 == 1 {
		return store.Result{Verdict: store.Delivered}
	}
	if !slices.Contains(m.charges, chargeOf(c)) {
		if v := m.room(c); v != store.Accepted {
			return store.Result{Verdict: v}
		}
	}
	return m.lay(c)
}

// lay puts a text into a mailbox, whatever room there is.
func (m *model) lay(c store.Deposit) store.Result {
	if charge := chargeOf(c); !slices.Contains(m.charges, charge) {
		m.charges = append(m.charges, charge)
	}
	m.head.Order++
	m.mail = append(m.mail, letter{c.To, store.Item{Order: m.head.Order, From: c.From, Text: c.Text}})
	return store.Result{Order: m.head.Order}
}

func chargeOf(c store.Deposit) charged {
	return charged{laneOf(c.To, c.From, c.Text), c.Text.First(), c.Text.Last(), uint64(c.Text.Size)}
}

func (m *model) room(c store.Deposit) store.Verdict {
	var texts, size, pairTexts, pairSize uint64 = 1, uint64(c.Text.Size), 1, uint64(c.Text.Size)
	for _, ch := range m.charges {
		if ch.to == c.To {
			texts, size = texts+1, size+ch.size
			if ch.from == c.From {
				pairTexts, pairSize = pairTexts+1, pairSize+ch.size
			}
		}
	}
	over := func(used, limit uint64) bool { return limit > 0 && used > limit }
	switch q := c.Quota; {
	case over(uint64(c.Text.Size), q.Longest):
		return store.TooLong
	case over(texts, q.Texts) || over(size, q.Bytes):
		return store.FullMailbox
	case over(pairTexts, q.PairTexts) || over(pairSize, q.PairBytes):
		return store.FullPair
	}
	return store.Accepted
}

func (m *model) take(c store.Take) {
	n := len(m.mail)
	m.mail = slices.DeleteFunc(m.mail, func(k letter) bool {
		x := k.item.Text
		covered := x.Epoch == c.Marks.Epoch && seqs(c.Marks)>>x.Seq&1 == 1
		return k.to == c.To && k.item.From == c.From && slices.Contains(c.Orders, k.item.Order) &&
			(covered || c.Refused || x.ToEpoch != c.Marks.ToEpoch)
	})
	if !c.Refused {
		m.note(lane{c.To, c.From, c.Marks.Epoch, c.Marks.ToEpoch}, seqs(c.Marks), len(m.mail) < n)
	}
	m.charges = slices.DeleteFunc(m.charges, func(ch charged) bool { return !m.waits(ch) })
}

// waits tells whether a part of a charged text is in the mailbox.
func (m *model) waits(ch charged) bool {
	return slices.ContainsFunc(m.mail, func(k letter) bool {
		x := k.item.Text
		return laneOf(k.to, k.item.From, x) == ch.lane && x.First() == ch.first && x.Last() == ch.last && uint64(x.Size) == ch.size
	})
}

func (m *model) delivery(l lane) *delivered {
	for _, d := range m.deliveries {
		if d.lane == l {
			return d
		}
	}
	return nil
}

// note keeps a report: 64 epochs of a sender at most, 72 pairs of epochs at most, the oldest go.
func (m *model) note(l lane, seqs uint64, removed bool) {
	d := m.delivery(l)
	if d == nil && seqs == 1 && !removed || d != nil && seqs&^d.seqs == 0 && !removed {
		return
	}
	if d == nil {
		for m.tooMany(l) {
			m.deliveries = slices.DeleteFunc(m.deliveries, m.oldestOf(l))
		}
		d = &delivered{lane: l}
		m.deliveries = append(m.deliveries, d)
	}
	d.seqs, d.untold = d.seqs|seqs, true
}

func (m *model) tooMany(l lane) bool {
	n, epochs := 1, map[uint64]bool{l.epoch: true}
	for _, d := range m.deliveries {
		if d.to == l.to && d.from == l.from {
			n++
			epochs[d.epoch] = true
		}
	}
	return n > 72 || len(epochs) > 64
}

// oldestOf picks the first delivery of a pair, once.
func (m *model) oldestOf(l lane) func(*delivered) bool {
	done := false
	return func(d *delivered) bool {
		hit := !done && d.to == l.to && d.from == l.from
		done = done || hit
		return hit
	}
}

func (m *model) waiting(to store.Key) (items []store.Item) {
	who := m.client(to)
	if who == nil {
		return nil
	}
	for _, k := range m.mail {
		if k.to == to {
			items = append(items, k.item)
		}
	}
	if m.log.gone > who.at {
		items = append(items, store.Item{Order: m.log.gone, Post: true, Gone: true})
	}
	for _, p := range m.log.posts {
		if p.Order > who.at {
			items = append(items, p)
		}
	}
	slices.SortFunc(items, func(a, b store.Item) int { return cmp.Compare(a.Order, b.Order) })
	return items
}

// seqs are marks as a set of bits. Bit 0 is always there.
func seqs(m store.Marks) uint64 {
	set := uint64(1)<<(m.Through+1) - 1
	for _, r := range m.Ranges {
		for seq := r.Lo; seq <= r.Hi; seq++ {
			set |= 1 << seq
		}
	}
	return set
}

// marks are a set of bits as marks.
func marks(set, epoch, toEpoch uint64) store.Marks {
	m := store.Marks{Epoch: epoch, ToEpoch: toEpoch, Through: uint64(bits.TrailingZeros64(^set)) - 1}
	for seq := m.Through + 1; seq < 63; seq++ {
		last := len(m.Ranges) - 1
		switch {
		case set>>seq&1 == 0:
		case last >= 0 && m.Ranges[last].Hi == seq-1:
			m.Ranges[last].Hi = seq
		default:
			m.Ranges = append(m.Ranges, store.Range{Lo: seq, Hi: seq})
		}
	}
	return m
}
