package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// ledger is what became of every text, as the users and the disks see it. Texts are told apart by what is written in
// them: no identity of the protocol is trusted.
type ledger struct {
	w        *World
	messages []*message
	members  []time.Duration // when the server first had each guest in its directory; by index, 0 for not yet
	lines    tally           // direct texts that came into the history of a recipient, by sender
	told_    tally           // Delivered told, by sender and recipient
	accepted tally           // by states that are not gone
	deposits map[deposited]*deposit
	posts    map[partID]*message
	log      logged
	lanes    map[laneID]uint64 // the last seq of each, by states that are not gone
}

// deposited names a text in a mailbox. It is looked up for one check that needs no more: what was stored is not told as failed.
type deposited struct {
	to, from       store.Key
	epoch, toEpoch uint64
	first          uint64
}

// deposit is what came of it.
type deposit struct {
	m     *message // nil before its first part came
	parts uint64   // a set of bits
}

// parties is how many there are at most, the server among them.
const parties = 7

type tally [parties][parties]int

// laneID names a run of seqs.
type laneID struct {
	from, to       store.Key
	epoch, toEpoch uint64
}

// message is one typed line.
type message struct {
	number   int // among all, and so among its sender's
	from, to int // to is 0 for the channel
	text     string
	typed    time.Duration
	accepted time.Duration // 0: not
	refused  bool          // and its sender was told why
	run      int           // of its sender's program
	posted   time.Duration // the server has its first part
	healed   bool          // typed when all was well
	lost     bool          // the server took it and lost its disk, or a part of it
	gone     bool          // the state that accepted it is gone
	stored   bool          // the server has all of it, or had
	renamed  bool          // since its recipient's state is another
	had      [parties]bool // by recipient: it is in the history
	erased   [parties]bool // it was in one that is gone
	shown    [parties]showing

	cut [parties]time.Duration // by recipient: it went from the channel's log, or a part of it did, before it was in the history; 0: not
}

// showing is a text on the screen of one recipient.
type showing struct {
	first time.Duration // 0: not yet
	line  uint64
	run   int
}

func (m *message) String() string {
	return fmt.Sprintf("text %d from %d to %d", m.number, m.from, m.to)
}

const (
	slow    = 35 * time.Second // a keepalive's pause
	tagSize = 8
	longest = 6 * 960
)

// write makes the text of a message: unique, every part of it, and of a length that tells whether it arrived whole.
func (l *ledger) write(from, to, size int) *message {
	m := &message{number: len(l.messages) + 1, from: from, to: to, typed: l.w.at, healed: l.w.healed, run: l.w.guests[from-1].run}
	tag := fmt.Sprintf("#%06d ", m.number)
	tag += strings.Repeat(string(rune('a'+m.number%26)), tagSize)
	m.text = strings.Repeat(tag, size/len(tag)+1)[:size]
	l.messages = append(l.messages, m)
	return m
}

// find gives the message that a text begins like.
func (l *ledger) find(text string) *message {
	if len(text) < tagSize || text[0] != '#' {
		return nil
	}
	n := 0
	for _, c := range text[1 : tagSize-1] {
		n = 10*n + int(c-'0')
	}
	if n < 1 || n > len(l.messages) {
		return nil
	}
	return l.messages[n-1]
}

// pending names a text that is typed and not decided, nil when there is none: its sender's program asks for a name, or registers.
func (l *ledger) pending() *message {
	i := slices.IndexFunc(l.messages, func(m *message) bool {
		return m.accepted == 0 && !m.refused && m.run == l.w.guests[m.from-1].run
	})
	if i < 0 {
		return nil
	}
	return l.messages[i]
}

// notTaken notes that a text was refused as it was typed. 0 is another command.
func (l *ledger) notTaken(ref uint64) {
	if ref != 0 {
		l.messages[ref-1].refused = true
	}
}

// profileWrote looks at what became durable at a guest.
func (l *ledger) profileWrote(g *guest, c store.ProfileChange) {
	switch c := c.(type) {
	case *store.Accept:
		m := l.find(c.Line.Text)
		if m == nil || m.accepted != 0 || m.from != g.index || m.text != c.Line.Text {
			l.w.fail("%s accepts what was not typed, or twice: %v", g.name, m)
			return
		}
		l.counted(g, c.Lane)
		m.accepted = l.w.at
		l.accepted[m.from][m.to]++
		g.typed[c.Line.Order] = m
		l.w.report.Accepted++
	case *store.Receive:
		if c.Line == nil {
			return
		}
		m := l.find(c.Line.Text)
		if m == nil || m.text != c.Line.Text {
			l.w.fail("%s has a line that nobody wrote: %.40q", g.name, c.Line.Text)
			return
		}
		if m.had[g.index] && !m.lost {
			l.w.fail("duplicated: %v is twice in the history of %s", m, g.name)
		}
		m.had[g.index] = true
		g.lines[c.Line.Order] = m
		l.lines[m.from][m.to]++
	case store.Renumber:
		l.counted(g, c.New)
		if len(c.Old) == 1 && c.Old[0] == c.New {
			return
		}
		for _, o := range c.Items {
			if m := l.find(string(o.Text.Body)); m != nil && o.Text.Part == 0 {
				m.renamed = true
			}
		}
	case store.Shown:
		for _, line := range c.Lines {
			g.shown[line] = true
		}
	}
}

// counted notes how far a lane has come.
func (l *ledger) counted(g *guest, n store.Lane) {
	l.lanes[laneID{store.Key(g.key), n.To, n.Epoch, n.ToEpoch}] = n.Last
}

// readable tells whether a part of a text stands in a body: its beginning, or six of the letters that it is filled with.
func readable(body []byte) bool {
	run := 0
	for i, ch := range body {
		if ch < 'a' || ch > 'z' || i > 0 && body[i-1] != ch {
			run = 0
		}
		if run++; run >= 6 && ch >= 'a' && ch <= 'z' {
			return true
		}
		if ch == '#' && len(body) > i+7 && body[i+7] == ' ' && strings.Trim(string(body[i+1:i+7]), "0123456789") == "" {
			return true
		}
	}
	return false
}

// serverWrote looks at what became durable at the server.
func (l *ledger) serverWrote(c store.Change, r store.Result) {
	switch c := c.(type) {
	case store.PutClient:
		if r.Verdict == store.Accepted {
			if i := l.w.byKey[c.Client.Key]; l.members[i] == 0 {
				l.members[i] = l.w.at
			}
		}
	case store.Deposit:
		if readable(c.Text.Body) || c.Text.Flags&wire.FlagCovered == 0 {
			l.w.fail("open: the server stores mail that it can read: %.40q", c.Text.Body)
		}
		if r.Verdict == store.Accepted {
			l.took(c)
		}
	case store.Post:
		if c.Text.Flags&wire.FlagCovered == 0 || len(c.Text.Body) < seal.PostOverhead {
			l.w.fail("unsigned: the server stores a post as it is: %.40q", c.Text.Body)
			return
		}
		if m := l.posted(c); m != nil && r.Verdict == store.Accepted && m.posted == 0 {
			m.posted = l.w.at
		}
		if r.Verdict == store.Accepted {
			l.logs(c, r.Order)
		}
	}
}

// took notes what the server has of a text. Real keys hide from it which one that is.
func (l *ledger) took(c store.Deposit) {
	if l.w.opt.RealKeys || c.Text.Flags&wire.FlagVoid != 0 {
		return
	}
	id := deposited{c.To, c.From, c.Text.Epoch, c.Text.ToEpoch, c.Text.First()}
	d := l.deposits[id]
	if d == nil {
		d = &deposit{}
		l.deposits[id] = d
	}
	d.parts |= 1 << c.Text.Part
	if c.Text.Part == 0 && d.m == nil {
		d.m = l.find(string(unhidden(c.Text.Body)))
	}
	if d.m != nil && d.parts == 1<<c.Text.Parts-1 {
		d.m.stored = true
	}
}

// givenUp checks that a text that is told as failed is not one that the server took, under the name that it still has.
func (l *ledger) givenUp(g *guest, line uint64) {
	if m := g.typed[line]; m != nil && m.stored && !m.renamed {
		l.w.fail("failed: %s is told so of %v, which the server stored", g.name, m)
	}
}

// posted finds the message that a post begins.
func (l *ledger) posted(c store.Post) *message {
	if c.Text.Part != 0 {
		return nil
	}
	var p seal.Post
	if err := seal.ParsePost(c.Text.Body, &p); err != nil {
		l.w.fail("unsigned: the server stores what is no post: %v", err)
		return nil
	}
	m := l.find(string(p.Body))
	l.posts[firstPart(c)] = m
	return m
}

// partID names the first part of a post.
type partID struct {
	author store.Key
	epoch  uint64
	first  uint64
}

func firstPart(c store.Post) partID { return partID{c.Author, c.Text.Epoch, c.Text.First()} }

// lost notes that the server lost its disk: posts that it had told to nobody are gone, and nobody is registered.
func (l *ledger) lost() {
	clear(l.members)
	clear(l.deposits)
	l.log.reset(0, 0)
	for _, m := range l.messages {
		m.stored = false
		if m.posted != 0 {
			m.lost = true
		}
	}
}
