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
	if q.Before == 0 {
		q.Before = p.history.last() + 1
	}
	lines := p.history.before(q.Before)
	if q.Oldest {
		lines = p.history.after(q.After)
	}
	looked := 0
	for l := range lines {
		if l.Order <= q.After || l.Order >= q.Before {
			break
		}
		if q.Asks(l.Line) {
			got.Lines = append(got.Lines, l.Line)
		}
		if looked++; looked == page || len(got.Lines) == q.Limit {
			got.Next = l.Order
			break
		}
	}
	if !q.Oldest {
		slices.Reverse(got.Lines)
	}
	return got, nil
}
