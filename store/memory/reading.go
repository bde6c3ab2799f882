package memory

import (
	"slices"

	"udpchat/store"
)

// page is how many lines are looked at in one go.
const page = 64

// Read gives one page of the history.
func (p *Profile) Read(q store.Query) (got store.Passage, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return got, store.ErrClosed
	}
	if q.Before == 0 && len(p.history.list) > 0 {
		q.Before = p.history.list[len(p.history.list)-1].Order + 1
	}
	first, found := p.history.place(q.After)
	if found {
		first++
	}
	end, _ := p.history.place(q.Before)
	lines := p.history.list[first:max(first, end)]
	for i := range lines {
		l := lines[i].Line
		if !q.Oldest {
			l = lines[len(lines)-1-i].Line
		}
		if q.Asks(l) {
			got.Lines = append(got.Lines, l)
		}
		if i+1 == page || len(got.Lines) == q.Limit {
			got.Next = l.Order
			break
		}
	}
	if !q.Oldest {
		slices.Reverse(got.Lines)
	}
	return got, nil
}
