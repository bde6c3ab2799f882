package crashtest

import (
	"encoding/hex"
	"fmt"
	"slices"

	"udpchat/store"
	"udpchat/store/memory"
)

func profilePlan(seed uint64, n int, identity string) plan {
	var secret [32]byte
	_, _ = hex.Decode(secret[:], []byte(identity))
	s, m := newScript(seed), memory.NewProfile(secret, 1<<63)
	var p plan
	p.note(profile{m})
	for i := range n {
		var c store.ProfileChange = store.Meet{Contacts: []store.Contact{{Key: store.Key{7}, Name: "first"}}}
		if l, _ := m.Load(); i > 0 {
			c = s.profileChange(l)
		}
		m.Apply(c)
		p.changes = append(p.changes, c)
		p.note(profile{m})
	}
	return p
}

func (s *script) profileChange(l store.Loaded) store.ProfileChange {
	switch n := s.IntN(100); {
	case n < 30:
		return s.accept()
	case n < 50 && len(l.Outbox) > 0:
		return s.settle(l)
	case n < 53 && len(l.Lanes) > 0:
		return s.renumber(l)
	case n < 63 && len(l.Unshown) > 0:
		c := store.Shown{}
		for _, x := range l.Unshown[:1+s.IntN(len(l.Unshown))] {
			c.Lines = append(c.Lines, x.Order)
		}
		return c
	case n < 68:
		return s.rotate(l)
	case n < 70:
		return store.Meet{Contacts: []store.Contact{{Key: s.key(), Name: fmt.Sprint(s.Uint32()), Card: fmt.Sprint(s.Uint64()), Verified: s.IntN(2) == 0}}}
	case n < 72:
		return store.PinServer{Pin: store.ServerPin{Address: fmt.Sprint("host:", s.IntN(4)), Key: s.key(), Static: [32]byte{byte(s.Uint32())}}}
	}
	return s.receive()
}

// accept is of a text of one to three parts.
func (s *script) accept() *store.Accept {
	to := s.key()
	lane := store.Lane{To: to, Epoch: 7, ToEpoch: 1 + s.seqs[renumbered(to)]}
	a := &store.Accept{Line: s.line(to, true)}
	a.Line.End = store.EndOpen
	for range 1 + s.IntN(3) {
		lane.Last = s.next(laneKey{to, lane.Epoch, lane.ToEpoch})
		a.Items = append(a.Items, store.Outgoing{To: to, Text: s.text(lane.Epoch, lane.ToEpoch, lane.Last), Line: a.Line.Order})
	}
	a.Lane = lane
	return a
}

type laneKey struct {
	to             store.Key
	epoch, toEpoch uint64
}

// renumbered counts how often a recipient's lane began again.
type renumbered store.Key

func (s *script) line(peer store.Key, out bool) store.Line {
	s.lines++
	return store.Line{Order: s.lines, Peer: peer, Epoch: 7, First: s.lines, Last: s.lines, Time: s.Int64(), Out: out, Text: fmt.Sprint("line ", s.Uint64())}
}

func (s *script) settle(l store.Loaded) store.Settle {
	first := l.Outbox[s.IntN(len(l.Outbox))]
	c := store.Settle{To: first.To, Epoch: first.Text.Epoch, ToEpoch: first.Text.ToEpoch}
	for _, o := range l.Outbox {
		if o.To == c.To && o.Text.Epoch == c.Epoch && o.Text.ToEpoch == c.ToEpoch && s.IntN(3) > 0 {
			c.Seqs, c.Ends = append(c.Seqs, o.Text.Seq), append(c.Ends, store.Ended{Line: o.Line, End: store.EndDelivered})
		}
	}
	if s.IntN(3) == 0 {
		c.Chain = &store.Chain{Author: s.key(), Epoch: 1, ToEpoch: 2, Seq: s.Uint64(), Hash: [32]byte{byte(s.Uint32())}}
	}
	if len(l.Chains) > 0 && s.IntN(6) == 0 {
		c.Forget = &l.Chains[s.IntN(len(l.Chains))]
	}
	return c
}

// renumber moves all that is in some lanes to one recipient to a new one.
func (s *script) renumber(l store.Loaded) store.Renumber {
	to := l.Lanes[s.IntN(len(l.Lanes))].To
	var c store.Renumber
	for _, lane := range l.Lanes {
		if lane.To == to && (len(c.Old) == 0 || s.IntN(2) == 0) {
			c.Old = append(c.Old, lane)
		}
	}
	again := renumbered(to)
	c.New = store.Lane{To: to, Epoch: 7, ToEpoch: 1 + s.next(again)}
	for _, o := range l.Outbox {
		if o.To == to && slices.ContainsFunc(c.Old, func(old store.Lane) bool { return o.Text.Epoch == old.Epoch && o.Text.ToEpoch == old.ToEpoch }) {
			c.New.Last++
			o.Text.Epoch, o.Text.ToEpoch, o.Text.Seq = c.New.Epoch, c.New.ToEpoch, c.New.Last
			c.Items = append(c.Items, o)
		}
	}
	s.seqs[laneKey{c.New.To, c.New.Epoch, c.New.ToEpoch}] = c.New.Last
	return c
}

func (s *script) rotate(l store.Loaded) store.Rotate {
	n := uint32(s.next("prekeys"))
	c := store.Rotate{Put: []store.Prekey{{ID: n, Secret: [32]byte{byte(s.Uint32()), byte(s.Uint32())}, Made: s.Int64()}}}
	for _, x := range l.Prekeys {
		if x.ID+3 < n {
			c.Drop = append(c.Drop, x.ID)
		}
	}
	return c
}

// receive is of a whole text or of one of its two parts, from a client or the channel.
func (s *script) receive() *store.Receive {
	c := &store.Receive{}
	from := s.key()
	seq := s.next([2]any{"from", from})
	marks := store.Marks{Epoch: 1, ToEpoch: 7, Through: seq}
	if s.IntN(4) == 0 {
		marks.Ranges = []store.Range{{Lo: seq + 2, Hi: seq + 3}}
	}
	c.Source = &store.Source{From: from, Age: 1, Marks: marks}
	if s.IntN(4) == 0 {
		x := s.text(1, 7, seq)
		x.Parts, x.Part = 2, 0
		c.Part = &store.Part{From: from, Text: x, Mail: s.IntN(2) == 0}
	} else {
		line := s.line(from, false)
		line.Epoch, line.First, line.Last = 1, seq-min(seq-1, 1), seq
		c.Line = &line
	}
	if s.IntN(3) == 0 {
		c.Stream = &store.Stream{Store: 1 + s.Uint64N(2), Marks: store.Marks{Through: s.next("stream")}}
	}
	return c
}
