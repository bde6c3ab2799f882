package control

import (
	"fmt"
	"slices"
	"testing"

	"udpchat/peer"
)

// A message is taken when everybody has it who was to have it.
func TestAMessageIsTakenByAll(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		h.Notice(arrival(1, "bob"))
		h.Printed(1)
		if got := d.took(); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("took %v", got)
		}
		a, b, c := connect(), connect(), connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		b.do(Command{Op: "tail", From: "bob"})
		b.want(Event{Event: "following"})
		c.do(Command{Op: "listen"})
		h.Notice(arrival(2, "bob"))
		h.Notice(arrival(3, "cid"))
		a.want(came(2, "bob", false))
		a.want(came(3, "cid", false))
		b.want(came(2, "bob", false))
		c.want(came(2, "bob", false))
		c.want(came(3, "cid", false))
		b.wantNothing()
		h.Printed(2)
		h.Printed(3)
		a.do(Command{Op: "taken", ID: 2})
		a.want(Event{Event: "taken", ID: 2})
		c.do(Command{Op: "taken", ID: 2}) // it has no say: others are to have it
		c.want(Event{Event: "taken", ID: 2})
		if got := d.took(); got != nil {
			t.Fatalf("took %v before b has", got)
		}
		b.do(Command{Op: "taken", ID: 2})
		a.do(Command{Op: "taken", ID: 3, Ref: "r"})
		a.want(Event{Event: "taken", ID: 3, Ref: "r"})
		if got := d.took(); !slices.Equal(got, []uint64{2, 3}) {
			t.Fatalf("took %v", got)
		}
		for _, p := range []*program{a, b, c} {
			p.end()
		}
	})
}

// The channel is what one is called who wants it alone; who wants somebody's messages gets none of their posts.
func TestTheChannelAlone(t *testing.T) {
	stage(t, false, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		channel, bob := connect(), connect()
		channel.do(Command{Op: "tail", From: All})
		channel.want(Event{Event: "following"})
		bob.do(Command{Op: "tail", From: "bob"})
		bob.want(Event{Event: "following"})
		post := arrival(1, "bob")
		post.Post = true
		h.Notice(post)
		h.Notice(arrival(2, "bob"))
		channel.want(arrived(post))
		channel.wantNothing()
		bob.want(came(2, "bob", false))
		bob.wantNothing()
		channel.end()
		bob.end()
	})
}

// What one that ended had not taken goes to the next, marked, in its order; not to one who wants others.
func TestWhatWasNotTakenGoesToTheNext(t *testing.T) {
	stage(t, true, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		a := connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		for line := uint64(1); line <= 12; line++ {
			h.Notice(arrival(line, "bob"))
			h.Printed(line)
			a.want(came(line, "bob", false))
		}
		a.do(Command{Op: "taken", ID: 5})
		a.end()
		other := connect()
		other.do(Command{Op: "tail", From: "cid"})
		other.want(Event{Event: "following"})
		other.wantNothing()
		b := connect()
		b.do(Command{Op: "tail", Ref: "t"})
		b.want(Event{Event: "following", Ref: "t"})
		for line := uint64(1); line <= 12; line++ {
			if line != 5 {
				b.want(came(line, "bob", true))
			}
		}
		for line := uint64(1); line <= 12; line++ {
			if line != 5 {
				b.do(Command{Op: "taken", ID: line})
				b.want(Event{Event: "taken", ID: line})
			}
		}
		b.wantNothing()
		if got := d.took(); len(got) != 12 || got[0] != 5 || got[1] != 1 || got[11] != 12 {
			t.Errorf("took %v", got)
		}
		b.end()
		other.end()
	})
}

// Without a front end nothing is taken that nobody asked for; one who listens may take what is for nobody else.
func TestWithoutAFrontEnd(t *testing.T) {
	stage(t, false, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		h.Notice(arrival(1, "bob"))
		h.Printed(1)
		a := connect()
		a.do(Command{Op: "listen"})
		h.Notice(arrival(2, "bob"))
		h.Notice(arrival(3, "bob"))
		a.want(came(2, "bob", false))
		a.want(came(3, "bob", false))
		a.do(Command{Op: "taken", ID: 3})
		a.want(Event{Event: "taken", ID: 3})
		if got := d.took(); !slices.Equal(got, []uint64{3}) {
			t.Fatalf("took %v", got)
		}
		b := connect()
		b.do(Command{Op: "tail"})
		b.want(Event{Event: "following"})
		b.want(came(1, "bob", false))
		b.want(came(2, "bob", false))
		a.end()
		b.end()
	})
}

// Who waits for messages is told when none are taken any more, also who comes later.
func TestAFullInboxIsTold(t *testing.T) {
	stage(t, false, func(t *testing.T, _ *desk, h *Hub, connect func() *program) {
		a, sender := connect(), connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		h.Notice(peer.InboxFull{})
		a.want(full)
		b := connect()
		b.do(Command{Op: "tail", From: "bob"})
		b.want(Event{Event: "following"})
		b.want(full)
		c := connect()
		c.do(Command{Op: "listen"})
		c.want(full)
		h.Notice(peer.InboxRoom{})
		for _, p := range []*program{a, b, c} {
			p.want(Event{Event: "inbox-room"})
		}
		late := connect()
		late.do(Command{Op: "tail"})
		late.want(Event{Event: "following"})
		late.wantNothing()
		sender.wantNothing()
		for _, p := range []*program{a, b, c, late, sender} {
			p.end()
		}
	})
}

// Who waits for messages is told when this machine's disk has no room for them, also who comes later.
func TestAFullDiskIsTold(t *testing.T) {
	stage(t, true, func(t *testing.T, _ *desk, h *Hub, connect func() *program) {
		a, sender := connect(), connect()
		a.do(Command{Op: "tail"})
		a.want(Event{Event: "following"})
		h.Notice(peer.DiskFull{})
		disk := Event{Event: "disk-full", Why: "Your disk is full: messages to you wait until there is room."}
		a.want(disk)
		b := connect()
		b.do(Command{Op: "listen"})
		b.want(disk)
		h.Notice(peer.InboxFull{})
		h.Notice(peer.InboxRoom{}) // is another matter
		for _, p := range []*program{a, b} {
			p.want(full)
			p.want(Event{Event: "inbox-room"})
		}
		late := connect()
		late.do(Command{Op: "tail"})
		late.want(Event{Event: "following"})
		late.want(disk)
		h.Notice(peer.DiskRoom{})
		for _, p := range []*program{a, b, late} {
			p.want(Event{Event: "disk-room"})
		}
		after := connect()
		after.do(Command{Op: "tail"})
		after.want(Event{Event: "following"})
		after.wantNothing()
		sender.wantNothing()
		for _, p := range []*program{a, b, late, after, sender} {
			p.end()
		}
	})
}

// What the client is told once is told to all who take messages. Where no front end says it, it waits for the first one who does.
func TestNewsIsToldToWhoTakesMessages(t *testing.T) {
	missing := Event{Event: "distrust", From: "bob", Channel: true, Why: "posts of bob are missing here"}
	for _, front := range []bool{false, true} {
		stage(t, front, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
			sender := connect()
			for range 2 {
				h.Notice(peer.PostsGone{})
				h.Notice(peer.Distrust{From: "bob", Post: true, Why: peer.Missing})
			}
			early := connect()
			early.do(Command{Op: "listen"})
			if !front {
				early.want(gone)
				early.want(missing)
			}
			tail, of := connect(), connect()
			tail.do(Command{Op: "tail"})
			tail.want(Event{Event: "following"})
			of.do(Command{Op: "tail", From: "bob"})
			of.want(Event{Event: "following"})
			for _, p := range []*program{tail, of, early} {
				p.wantNothing()
			}
			h.Notice(peer.PostsGone{})
			h.Notice(peer.Distrust{From: "bob", Post: true, Why: peer.Missing})
			for _, p := range []*program{tail, of, early} {
				p.want(gone)
				p.want(missing)
				p.end()
			}
			sender.wantNothing()
			sender.end()
		})
	}
}

// News that nobody hears takes no more room than its bound, whatever a server does.
func TestNewsThatNobodyHearsIsBounded(t *testing.T) {
	stage(t, false, func(t *testing.T, d *desk, h *Hub, connect func() *program) {
		for i := range 2 * maxUntold {
			h.Notice(peer.Distrust{From: fmt.Sprint("bob", i)})
		}
		a := connect()
		a.do(Command{Op: "listen"})
		for i := range maxUntold {
			name := fmt.Sprint("bob", i)
			a.want(Event{Event: "distrust", From: name, Why: "a message in the name of " + name + " was altered, or is not from " + name + ": it is not shown"})
		}
		a.wantNothing()
		a.end()
	})
}
