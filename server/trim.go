package server

import (
	"math"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// trimming looks now and then what may go from the channel's log (protocol.md §11.4), in small steps beside everything else: first through the
// cursors of all members, to find the lowest, then it has posts removed, as long as there are some to go.
type trimming struct {
	due     time.Time // the next step; zero while one is under way
	pause   time.Duration
	counted time.Time // up to here the store knows how long the server ran
	looking bool      // through the cursors
	going   bool      // and after that: something may be left to go
	after   store.Key // of the last one
	lowest  uint64
}

func (t *trimming) begin(now time.Time, cfg Config) {
	t.pause = min(trimPause, cfg.ChannelSpare/16)
	if cfg.ChannelKeep > 0 {
		t.pause = min(t.pause, cfg.ChannelKeep/16)
	}
	t.pause = max(t.pause, trimGap)
	t.counted = now
	t.again(now)
	t.due = now.Add(min(t.pause, firstTrim))
}

// again has all members looked through after the pause. What they have at that time is all that counts: a cursor goes back only when a
// member's profile came back older, and then the member is told.
func (t *trimming) again(now time.Time) {
	t.due, t.looking, t.going, t.after, t.lowest = now.Add(t.pause), true, false, store.Key{}, math.MaxUint64
}

// trim does the next step.
func (c *Core) trim(now time.Time) {
	t := &c.trimming
	if t.due.IsZero() || now.Before(t.due) {
		return
	}
	t.due = time.Time{}
	if t.looking {
		c.lookAtCursors()
		return
	}
	change := store.Trim{Spare: c.cfg.ChannelSpare, Keep: max(c.cfg.ChannelKeep, 0), Lowest: t.lowest, Room: c.cfg.ChannelBytes, Limit: trimAtOnce}
	if !t.going {
		change.Elapsed, t.going = c.passed(now), true
	}
	if c.cfg.Broken == BlindTrim {
		change.Lowest = math.MaxUint64
	}
	c.commit(change, func(now time.Time, r store.Result) {
		if r.Removed > 0 {
			c.cfg.Log.Debug("posts went from the channel's log", "posts", r.Removed)
		}
		if t.due = now.Add(trimGap); r.Removed < trimAtOnce {
			t.again(now)
		}
	})
}

// lookAtCursors reads some members' cursors.
func (c *Core) lookAtCursors() {
	t := &c.trimming
	var lowest uint64
	var last store.Key
	after := t.after
	c.readFor(nil, func(from store.Server) (err error) {
		lowest, last, err = from.Cursors(after, cursorsAtOnce)
		return err
	}, func(now time.Time) {
		t.lowest, t.after = min(t.lowest, lowest), last
		t.looking = last != store.Key{}
		t.due = now.Add(trimGap)
	})
}

// passed is how long the server ran since it was asked last, on no clock that anyone sets.
func (c *Core) passed(now time.Time) time.Duration {
	d := now.Sub(c.trimming.counted)
	c.trimming.counted = now
	return max(d, 0)
}

// spent is what each author posted that posted today, with what is on its way to the disk.
type spent struct {
	since time.Time
	by    map[wire.Key]uint64
}

// take counts a post, if the author has not used up what it may post. A day begins with the first post after the last one. A limit of 0 is none.
func (s *spent) take(now time.Time, author wire.Key, room, limit uint64) bool {
	if limit == 0 {
		return true
	}
	if s.by == nil || now.Sub(s.since) >= spentTime {
		s.since, s.by = now, map[wire.Key]uint64{}
	}
	if s.by[author] >= limit {
		return false
	}
	s.by[author] += room
	return true
}

// back takes back what was counted for a post that was not new, or was not taken.
func (s *spent) back(author wire.Key, room uint64) {
	if had := s.by[author]; had > room {
		s.by[author] = had - room
	} else {
		delete(s.by, author)
	}
}
