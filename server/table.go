package server

import (
	"net/netip"
	"slices"
	"sort"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
)

// table is the directory in the order of its revisions. Each client's last change counts; the entries of earlier ones stay
// until there are too many of them.
type table struct {
	log  []entry // by revision
	due  time.Time
	last time.Time     // last sweep
	rest time.Duration // from that to the next one
}

type entry struct {
	revision uint64
	cl       *client
}

func (e entry) counts() bool { return e.cl.published.Revision == e.revision }

func (t *table) add(cl *client) {
	t.log = append(t.log, entry{cl.published.Revision, cl})
}

func (t *table) sort() {
	slices.SortFunc(t.log, func(a, b entry) int {
		if a.revision < b.revision {
			return -1
		}
		return 1
	})
}

// prune forgets superseded entries once they are the greater part.
func (t *table) prune(clients int) {
	if len(t.log) > 2*clients+64 {
		t.log = slices.DeleteFunc(t.log, func(e entry) bool { return !e.counts() })
	}
}

// changed makes a sweep due: at once after a quiet time, else a pause after the last one (protocol.md §8.7).
func (t *table) changed(now time.Time) {
	if t.due.IsZero() {
		t.due = t.last.Add(t.rest)
		if t.due.Before(now) {
			t.due = now
		}
	}
}

// publish makes a row that is on disk part of the table.
func (c *Core) publish(now time.Time, cl *client, row store.Client, revision uint64) {
	last := *cl.row == row
	row.Revision, row.Card = revision, ""
	if cl.published = &row; last {
		cl.row = &row
	}
	c.head.Revision = revision
	c.table.add(cl)
	c.table.prune(c.clients.Len())
	c.table.changed(now)
}

// sweepTable starts an update for everyone who has none on its way and is behind.
func (c *Core) sweepTable(now time.Time) {
	if c.table.due.IsZero() || now.Before(c.table.due) {
		return
	}
	c.table.due, c.table.last = time.Time{}, now
	c.table.rest = max(tablePause, time.Duration(len(c.online))*time.Second/tableRate)
	for _, cl := range c.online {
		c.update(now, cl)
	}
}

// update sends a client a page if it is behind and none is on its way. The answer to its registration comes first.
func (c *Core) update(now time.Time, cl *client) {
	if s := cl.session; s.sure && (s.answered || s.request == 0) && s.page == 0 && s.told < c.head.Revision && !c.spared(cl) {
		c.sendPage(now, cl)
	}
}

// sendPage sends what changed since the revision that the client has, as much as fits into one datagram.
func (c *Core) sendPage(now time.Time, cl *client) {
	c.repeatPage(cl)
	c.pages.Track(now, cl.key(), wire.Policy{First: cl.session.stream.rtt.PTO(), Factor: 2, Cap: backoffCap, Jitter: 0.25})
}

func (c *Core) repeatPage(cl *client) {
	s, path := cl.session, cl.path()
	page := &wire.Table{Base: wire.TableBase(c.head.ID, s.had)}
	room := wire.TableRoom
	until, last := c.head.Revision, uint64(0) // last: revision of the last row that fits
	for _, e := range c.news(cl) {
		if !e.counts() {
			continue
		}
		row := c.row(e.cl, path)
		if room -= row.Size(); room < 0 || len(page.Rows) == wire.MaxRows {
			until, page.More = last, true
			break
		}
		page.Rows, last = append(page.Rows, row), e.revision
	}
	page.Span = until - s.had
	s.page, s.more = until, page.More
	c.send(path, cl.key(), page)
}

// news is what changed since the client was told: of all others, or of those that concern it.
func (c *Core) news(cl *client) []entry {
	if c.crowded() {
		return c.concerning(cl)
	}
	told, log := cl.session.told, c.table.log
	return log[sort.Search(len(log), func(i int) bool { return log[i].revision > told }):]
}

// row shows a client to a viewer. One that reached the server by the loopback address can be reached from another machine by
// the address at which that machine reaches the server.
func (c *Core) row(cl *client, viewer link.Path) wire.Row {
	r := cl.published
	addr := r.Addr
	if addr.Addr().IsLoopback() && !viewer.Remote.Addr().IsLoopback() && viewer.Local.IsValid() && !viewer.Local.IsLoopback() {
		addr = netip.AddrPortFrom(viewer.Local, addr.Port())
	}
	state := wire.Offline
	if r.State == store.Online {
		state = wire.Online
	}
	return wire.Row{Key: cl.key(), Name: r.Name, Epoch: r.Epoch, Addr: addr, State: state}
}

// tableAck notes which revision of a store's table a client has, if that is news.
func (c *Core) tableAck(now time.Time, cl *client, id, revision uint64) {
	s := cl.session
	if id != c.head.ID || revision < s.told || revision > c.head.Revision {
		return
	}
	if s.had = max(s.had, revision); revision == s.told { // it said less before, and needed nothing that came in between
		return
	}
	s.told = revision
	s.foreign = false
	if s.page == 0 || s.told < s.page {
		return
	}
	s.page = 0
	c.pages.Drop(cl.key())
	switch {
	case s.more:
		c.sendPage(now, cl)
	case s.told < c.head.Revision:
		c.table.changed(now)
	}
}

// position takes a client's word for which revision it has: after a restart the server does not know, and an
// acknowledgement of an earlier session can say too much.
func (c *Core) position(now time.Time, cl *client, id, revision, order uint64) {
	s := cl.session
	if renewed := c.recall(now, id, revision, order); !s.sure && (renewed || id != c.head.ID) {
		c.probe(now, cl) // until it hears of the id that this store has now, and registers
		return
	}
	c.probes.Drop(cl.key())
	if !s.sure {
		c.serve(now, cl)
	}
	s.foreign = s.foreign && id != c.head.ID
	if id != c.head.ID || revision > c.head.Revision {
		revision = 0
	}
	if s.page != 0 {
		if revision >= s.told {
			c.tableAck(now, cl, id, revision) // one of its own was lost, perhaps
			return
		}
		s.page = 0
		c.pages.Drop(cl.key())
	}
	if c.crowded() && revision == s.had && revision >= s.awaits {
		return // it was told what it needs
	}
	s.had = revision
	if s.told = revision; s.told < c.head.Revision {
		c.table.changed(now)
	}
}
