package tui

import (
	"cmp"
	"slices"
	"strings"
)

// talks are all talks, in the order in which they are listed: the channel, those in which something is, the others that are online,
// the others.
type talks struct {
	all    []*talk
	byName map[string]*talk
	open   *talk
}

func newTalks() *talks {
	ts := &talks{byName: map[string]*talk{}}
	ts.open = ts.get(everyone)
	return ts
}

// get gives the talk of a name, and makes it when there is none.
func (ts *talks) get(name string) *talk {
	t := ts.byName[name]
	if t == nil {
		t = ts.add(name)
		ts.sort()
	}
	return t
}

// add makes a talk, and leaves it to the caller to sort: many are put in order at once.
func (ts *talks) add(name string) *talk {
	t := &talk{name: name, folded: strings.ToLower(name)}
	ts.byName[name] = t
	ts.all = append(ts.all, t)
	return t
}

func (ts *talks) sort() {
	slices.SortStableFunc(ts.all, func(a, b *talk) int {
		return cmp.Or(cmp.Compare(a.group(), b.group()), strings.Compare(a.folded, b.folded), strings.Compare(a.name, b.name))
	})
}

func (t *talk) group() int {
	switch {
	case t.name == everyone:
		return 0
	case t.alive(), t.unread > 0:
		return 1
	case t.online:
		return 2
	}
	return 3
}

// beside gives the talk so many places below the open one, around the ends.
func (ts *talks) beside(by int) *talk {
	n := len(ts.all)
	return ts.all[((slices.Index(ts.all, ts.open)+by)%n+n)%n]
}

// nextUnread gives the next talk with something unread in it; the open one when there is none.
func (ts *talks) nextUnread() *talk {
	for by := 1; by <= len(ts.all); by++ {
		if t := ts.beside(by); t.unread > 0 {
			return t
		}
	}
	return ts.open
}

func (ts *talks) unread() (n int) {
	for _, t := range ts.all {
		n += t.unread
	}
	return n
}

func (ts *talks) online() (n int) {
	for _, t := range ts.all {
		if t.online {
			n++
		}
	}
	return n
}

// undecided counts the texts of one's own that are neither delivered nor stored: those on their way, and those that are kept.
func (ts *talks) undecided() (onWay, kept int) {
	for _, t := range ts.all {
		for _, msg := range t.messages {
			switch msg.state {
			case waiting, sending:
				onWay++
			case held:
				kept++
			}
		}
	}
	return onWay, kept
}
