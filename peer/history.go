package peer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/name"
)

// ErrStopped means that the client's Run has returned.
var ErrStopped = errors.New("the client has stopped")

// ErrUnknown means that no one of that name was ever met.
var ErrUnknown = errors.New("unknown name")

// Reading asks for lines of the history: those whose number is above After and below Before.
type Reading struct {
	With    string   // only what went between this client and that name alone; "": everything
	Channel bool     // only posts; With is not heeded
	Words   []string // only texts in which each of these is; upper and lower case are the same
	After   uint64   // 0: from the first line on
	Before  uint64   // 0: up to the last line
	Oldest  bool     // the oldest such lines; else the newest
	Limit   int      // lines at most, from 1 on
}

// Past is what was read of the history.
type Past struct {
	Lines   []PastLine // oldest first
	Damaged int        // records that can't be read: their lines are not there, or nothing is known of their end
	More    bool       // there may be further lines: go on with Before the first one, or with Oldest After the last one
}

// PastLine is one line of the history.
type PastLine struct {
	Line    uint64 // its number, as in Arrived and Accepted
	Key     wire.Key
	Name    string // of the other side; of a post its author's, "" for one's own
	Text    string
	Time    int64     // when it was typed, microseconds since 1970 by the sender's clock
	Arrived int64     // the same by this client's clock, when it came; one's own: when it was typed
	Out     bool      // this client sent it
	Post    bool      // in the channel
	Mail    bool      // the server kept it
	End     store.End // what became of one's own
}

// History reads the local history, newest lines or oldest, always oldest first. It takes as long as the disk does; the client works on
// meanwhile. Errors are ErrUnknown, ErrStopped, ctx's, and what the store says. What was read before ctx ended is given with its error.
func (c *Client) History(ctx context.Context, r Reading) (Past, error) {
	var past Past
	q := store.Query{After: r.After, Before: r.Before, Oldest: r.Oldest, Limit: max(1, r.Limit)}
	switch {
	case r.Channel:
		all := store.Channel
		q.With = &all
	case r.With != "":
		var key wire.Key
		var known bool
		if err := c.ask(ctx, func(core *Core) { key, known = core.keyOf(r.With) }); err != nil {
			return past, err
		}
		if !known {
			return past, fmt.Errorf("%w: %s", ErrUnknown, r.With)
		}
		q.With = (*store.Key)(&key)
	}
	c.caughtUp(ctx)
	lines, err := past.read(ctx, c.profile, q, folded(r.Words))
	for _, l := range lines {
		past.Lines = append(past.Lines, PastLine{Line: l.Order, Key: wire.Key(l.Peer), Text: l.Text, Time: l.Time, Arrived: l.Arrived,
			Out: l.Out, Post: l.Post, Mail: l.Mail, End: l.End})
	}
	if len(lines) == 0 {
		return past, err
	}
	named := c.ask(context.WithoutCancel(ctx), func(core *Core) {
		for i := range past.Lines {
			past.Lines[i].Name = core.nameOf(past.Lines[i].Key)
		}
	})
	return past, errors.Join(err, named)
}

// caughtUp waits until what came with the notices so far is on disk. When the disk is full, what is there is read.
func (c *Client) caughtUp(ctx context.Context) {
	select {
	case <-c.written.all():
	case <-c.stopped:
	case <-ctx.Done():
	}
}

// read reads pages until there are enough lines.
func (p *Past) read(ctx context.Context, from store.Profile, q store.Query, words []string) (lines []store.Line, err error) {
	defer func() {
		if !q.Oldest {
			slices.Reverse(lines)
		}
	}()
	for limit := q.Limit; ; {
		if err := ctx.Err(); err != nil {
			return lines, err
		}
		if len(words) > 0 {
			q.Limit = limit // most of what a page holds is left out
		}
		page, err := from.Read(q)
		if err != nil {
			return lines, fmt.Errorf("read history: %w", err)
		}
		if !q.Oldest {
			slices.Reverse(page.Lines)
		}
		p.Damaged += page.Damaged
		for i, l := range page.Lines {
			if !holds(l.Text, words) {
				continue
			}
			if lines = append(lines, l); len(lines) == limit {
				p.More = page.Next != 0 || i < len(page.Lines)-1
				return lines, nil
			}
		}
		if page.Next == 0 {
			return lines, nil
		}
		if q.Limit = limit - len(lines); q.Oldest {
			q.After = page.Next
		} else {
			q.Before = page.Next
		}
	}
}

// ask has f called in the loop, and waits for it.
func (c *Client) ask(ctx context.Context, f func(core *Core)) error {
	done := make(chan struct{})
	c.loop.Events.Put(func(time.Time) {
		f(c.core)
		close(done)
	})
	select {
	case <-done:
		return nil
	case <-c.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keyOf is whom a name means: in the table, or, of someone who is not there, in what is remembered.
func (c *Core) keyOf(n string) (wire.Key, bool) {
	if contact := c.roster.named(c.spelled(n)); contact != nil {
		return contact.key, true
	}
	k, ok := c.book.pinned[name.Same(n)]
	return k, ok
}

// nameOf is roster.name, also for those who are only remembered.
func (c *Core) nameOf(k wire.Key) string {
	if k == c.me {
		return c.cfg.Name // who only sends has no table to find itself in
	}
	if e := c.book.entries[k]; c.roster.contacts[k] == nil && e != nil && e.Name != "" {
		return e.Name
	}
	return c.roster.name(k)
}

// folded are words as they are compared.
func folded(words []string) (list []string) {
	for _, w := range words {
		if w != "" {
			list = append(list, fold(w))
		}
	}
	return list
}

func holds(text string, folded []string) bool {
	if len(folded) == 0 {
		return true
	}
	text = fold(text)
	return !slices.ContainsFunc(folded, func(w string) bool { return !strings.Contains(text, w) })
}

// fold makes the letters that differ in case alone the same one: the first of them in Unicode.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case r < utf8.RuneSelf:
			return r
		}
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, s)
}
