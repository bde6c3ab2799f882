package store

// Query asks for lines of the history: those whose order is above After and below Before.
type Query struct {
	With   *Key   // only what went between this client and that one alone; Channel: only posts; nil: everything
	After  uint64 // 0: from the first line on
	Before uint64 // 0: up to the last line
	Oldest bool   // read from the oldest line on, not from the newest one back
	Limit  int    // lines at most, from 1 on
}

// Passage is what was read of a Query in one go: a store may give fewer lines than the limit, or none, although there are more.
type Passage struct {
	Lines   []Line // by order
	Damaged int    // records that can't be read: their lines are not there, or their End is EndUnnoted
	Next    uint64 // goes on as the query's Before, or with Oldest as its After; 0 when there is nothing more
}

// Asks tells whether the query is for that line.
func (q Query) Asks(l Line) bool {
	switch {
	case l.Order <= q.After || q.Before != 0 && l.Order >= q.Before:
		return false
	case q.With == nil:
		return true
	case *q.With == Channel:
		return l.Post
	}
	return l.Peer == *q.With && !l.Post
}
