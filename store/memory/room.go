package memory

import "udpchat/store"

// room plays a disk: how much more it holds. The zero value has no end.
type room struct {
	limited bool
	left    int
}

func (r *room) set(bytes int) { r.limited, r.left = bytes >= 0, bytes }

// take uses bytes up; false when there are not so many.
func (r *room) take(bytes int) bool {
	if !r.limited {
		return true
	}
	if bytes > r.left {
		return false
	}
	r.left -= bytes
	return true
}

func (r *room) give(bytes int) { r.left += bytes }

// record is what a record takes beside its body.
const record = 100

func textRoom(x store.Text) int { return record + len(x.Body) }

// Room makes a disk of the store, with this many bytes left for what is new (store/full.go); below 0, it has no end. What is taken
// from a mailbox gives its room back.
func (s *Server) Room(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room.set(bytes)
}

// Room does for a profile what Server.Room does; what is settled gives its room back. Changes that wait are tried again at each
// Room and at each change.
func (p *Profile) Room(bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.room.set(bytes)
	p.again()
	p.run()
}

// WhenCrowded has f told of changes that wait for room.
func (p *Profile) WhenCrowded(f store.Crowded) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.crowded = f
}

// waiter is a change that waits for room.
type waiter struct {
	change store.ProfileChange
	done   func(error)
}

// submit does a change, or refuses it, or lets it wait. The caller has p.mu.
func (p *Profile) submit(w waiter) {
	_, receive := w.change.(*store.Receive)
	switch {
	case receive && len(p.waiting) > 0, receive && !p.room.take(need(w.change)):
		p.waiting = append(p.waiting, w)
	case !receive && !p.room.take(need(w.change)):
		p.add(w.done, store.ErrFull)
	default:
		p.change(w.change)
		p.add(w.done, nil)
	}
}

// again tries what waits, and tells when that began or ended.
func (p *Profile) again() {
	for len(p.waiting) > 0 && p.room.take(need(p.waiting[0].change)) {
		w := p.waiting[0]
		p.waiting = p.waiting[1:]
		p.change(w.change)
		p.add(w.done, nil)
	}
	if waits := len(p.waiting) > 0; waits != p.told {
		p.told = waits
		if tell := p.crowded; tell != nil {
			p.add(func(error) { tell(waits) }, nil)
		}
	}
}

// need is what a change takes of the room: nothing, when the reserve of a real store would do (store/full.go).
func need(c store.ProfileChange) (bytes int) {
	switch c := c.(type) {
	case *store.Accept:
		bytes = record + len(c.Line.Text)
		for _, o := range c.Items {
			bytes += textRoom(o.Text)
		}
	case store.PinServer:
		bytes = record
	case *store.Receive:
		bytes = record
		if c.Part != nil {
			bytes += len(c.Part.Text.Body)
		}
		if c.Line != nil {
			bytes += len(c.Line.Text)
		}
	}
	return bytes
}
