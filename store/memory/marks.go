package memory

import (
	"cmp"
	"slices"

	"udpchat/store"
)

// maxRanges bounds kept marks. What is cut off is only forgotten: the next report brings it again.
const maxRanges = 1024

// union is what either of two marks of the same epochs has, with the epochs of the second.
func union(a, b store.Marks) store.Marks {
	all := slices.Concat(a.Ranges, b.Ranges)
	slices.SortFunc(all, func(x, y store.Range) int { return cmp.Compare(x.Lo, y.Lo) })
	m := store.Marks{Epoch: b.Epoch, ToEpoch: b.ToEpoch, Through: max(a.Through, b.Through)}
	for _, r := range all {
		last := len(m.Ranges) - 1
		switch {
		case r.Hi < r.Lo:
		case r.Lo <= next(m.Through):
			m.Through = max(m.Through, r.Hi)
		case last >= 0 && r.Lo <= next(m.Ranges[last].Hi):
			m.Ranges[last].Hi = max(m.Ranges[last].Hi, r.Hi)
		default:
			m.Ranges = append(m.Ranges, r)
		}
	}
	if len(m.Ranges) > maxRanges {
		m.Ranges = m.Ranges[:maxRanges]
	}
	return m
}

// next is n+1 without going round.
func next(n uint64) uint64 { return max(n, n+1) }

// covers tells whether a has all that b has. Both are normal: ascending, disjoint, not touching.
func covers(a, b store.Marks) bool {
	if a.Through < b.Through {
		return false
	}
	for _, r := range b.Ranges {
		inside := func(x store.Range) bool { return x.Lo <= r.Lo && r.Hi <= x.Hi }
		if r.Hi > a.Through && !slices.ContainsFunc(a.Ranges, inside) {
			return false
		}
	}
	return true
}
