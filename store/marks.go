package store

import (
	"cmp"
	"slices"
)

// Range is a run of consecutive seqs, both ends included.
type Range struct{ Lo, Hi uint64 }

// Marks is what a recipient has of one sender's seqs: all up to Through, and the Ranges above it (ascending, disjoint,
// not touching Through+1).
type Marks struct {
	Epoch   uint64 // the sender's
	ToEpoch uint64 // the recipient's
	Through uint64
	Ranges  []Range
}

// Has tells whether seq is marked.
func (m Marks) Has(seq uint64) bool {
	if seq <= m.Through {
		return true
	}
	for _, r := range m.Ranges {
		if r.Lo <= seq && seq <= r.Hi {
			return true
		}
	}
	return false
}

// maxRanges bounds united marks. What is cut off is only forgotten: the next report brings it again.
const maxRanges = 1024

// Union is what either of two marks of the same epochs has, with the epochs of b.
func (m Marks) Union(b Marks) Marks {
	all := slices.Concat(m.Ranges, b.Ranges)
	slices.SortFunc(all, func(x, y Range) int { return cmp.Compare(x.Lo, y.Lo) })
	u := Marks{Epoch: b.Epoch, ToEpoch: b.ToEpoch, Through: max(m.Through, b.Through)}
	for _, r := range all {
		last := len(u.Ranges) - 1
		switch {
		case r.Hi < r.Lo:
		case r.Lo <= next(u.Through):
			u.Through = max(u.Through, r.Hi)
		case last >= 0 && r.Lo <= next(u.Ranges[last].Hi):
			u.Ranges[last].Hi = max(u.Ranges[last].Hi, r.Hi)
		default:
			u.Ranges = append(u.Ranges, r)
		}
	}
	if len(u.Ranges) > maxRanges {
		u.Ranges = u.Ranges[:maxRanges]
	}
	return u
}

// next is n+1 without going round.
func next(n uint64) uint64 { return max(n, n+1) }

// Covers tells whether m has all that b has. Both are normal: ascending, disjoint, not touching.
func (m Marks) Covers(b Marks) bool {
	if m.Through < b.Through {
		return false
	}
	for _, r := range b.Ranges {
		inside := func(x Range) bool { return x.Lo <= r.Lo && r.Hi <= x.Hi }
		if r.Hi > m.Through && !slices.ContainsFunc(m.Ranges, inside) {
			return false
		}
	}
	return true
}
