package server

import "container/heap"

// leases are the clients that have a session, by when its lease ends. A lease that is renewed stays where it is: whoever comes to its end
// looks whether it was (protocol.md §8.3).
type leases []*client

func (l leases) Len() int           { return len(l) }
func (l leases) Less(i, j int) bool { return l[i].session.lease < l[j].session.lease }

func (l leases) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].session.leased, l[j].session.leased = int32(i), int32(j)
}

func (l *leases) Push(v any) {
	cl := v.(*client)
	cl.session.leased = int32(len(*l))
	*l = append(*l, cl)
}

func (l *leases) Pop() any {
	last := len(*l) - 1
	cl := (*l)[last]
	(*l)[last] = nil
	*l = (*l)[:last]
	return cl
}

// grant gives a session a lease until then.
func (l *leases) grant(cl *client, until instant) {
	cl.session.lease = until
	heap.Push(l, cl)
}

// extend moves the end of a lease.
func (l *leases) extend(cl *client, until instant) {
	cl.session.lease = until
	heap.Fix(l, int(cl.session.leased))
}

// drop ends the lease of a session that has one.
func (l *leases) drop(cl *client) { heap.Remove(l, int(cl.session.leased)) }

// next is when the first one ends.
func (l leases) next() (instant, bool) {
	if len(l) == 0 {
		return 0, false
	}
	return l[0].session.lease, true
}
