package config

import (
	"maps"
	"slices"
	"strings"
)

// Nearest returns the known word that word was probably meant to be, or "" if
// none is near: one slip is forgiven, and one more for every three letters
// beyond three. Among equals the first in the alphabet wins.
func Nearest(word string, known []string) string {
	word = strings.ToLower(word)
	best, limit := "", max(1, len(word)/3)+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		// A distance of all its letters would turn any word into a short one.
		if d := distance(word, k); d < limit && d < len(k) {
			best, limit = k, d
		}
	}
	return best
}

// distance counts the slips between a and b: a letter too many, missing or
// wrong, or two neighbours swapped ("prot" for "port" is one slip).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b)) // no name is that long
	}
	var before []int // the row above row
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// nearest is the long name that the user probably meant, first among the
// command's own, then among all. A short name where only long ones count (a
// variable, a key) means its own flag.
func (f *Flags) nearest(name string, known Names) string {
	if o := f.byName[strings.ToLower(name)]; o != nil {
		return o.long
	}
	if known[name] {
		return name
	}
	if own := Nearest(name, slices.Collect(maps.Keys(f.Names()))); own != "" {
		return own
	}
	return Nearest(name, slices.Collect(maps.Keys(known)))
}
