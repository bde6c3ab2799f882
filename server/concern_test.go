package server

import (
	"fmt"
	"testing"
	"time"

	"udpchat/wire"
)

// names lists whose rows pages, however often repeated, and answers to Find told someone, and empties what was sent.
func (b *bench) names(to *member) (told []string) {
	seen := uint64(0)
	for _, s := range b.sentTo(to) {
		switch m := s.msg.(type) {
		case *wire.Table:
			page := b.page(m)
			if page.Until == seen {
				continue
			}
			seen = page.Until
			for _, row := range m.Rows {
				told = append(told, row.Name+" "+row.State.String())
			}
			b.ackTable(to, page)
		case *wire.Named:
			for _, row := range m.Rows {
				told = append(told, "named "+row.Name+" "+row.State.String())
			}
		}
	}
	return told
}

// protocol.md §8.12: above a size each client is told of those only that it has to do with, and of these at once.
func TestCrowd(t *testing.T) {
	b := newBench(t, Config{TableClients: 2})
	b.tables = true
	ann, bob := b.join("ann"), b.join("bob")
	b.advance(time.Second)
	b.names(ann)
	b.names(bob)
	cid := b.join("cid")
	b.advance(time.Second)
	want := func(why string, who *member, names ...string) {
		t.Helper()
		b.advance(time.Second)
		if got := b.names(who); fmt.Sprint(got) != fmt.Sprint(names) {
			t.Errorf("%s: told %q, want %q", why, got, names)
		}
	}
	want("who came is told of itself", cid, "cid online")
	want("it concerns nobody yet", ann)
	b.recv(cid, &wire.Find{Name: "ann"})
	want("who asks for a name", cid, "named ann online")
	b.recv(cid, &wire.Find{Name: "ann"})
	want("and again", cid, "named ann online")
	b.recv(ann, &wire.Deregister{Request: 9, Name: "ann"})
	want("is told of its changes", cid, "ann offline")
	want("and nobody else", bob)
	b.deposit(bob, cid, text(bob, cid, 1, "hi"))
	want("who gets a text is told of its sender", cid, "named bob online")
	b.recv(ann, ask(ann, 11))
	b.recv(ann, &wire.Lookup{Key: bob.key})
	want("and who asks for a card of whose it is", ann, "ann online", "named bob online")
	b.recv(ann, &wire.Lookup{Key: bob.key})
	want("each time: the row may have been lost", ann, "named bob online")
	dan := b.person("dan")
	b.recv(ann, &wire.Lookup{Key: dan.key})
	want("of who is not known nothing is told", ann)
	b.register(dan)
	want("but when it comes", ann, "dan online")
}

// A page that a client was spared is no gap: the next says from where it goes on.
func TestCrowdPagesChain(t *testing.T) {
	b := newBench(t, Config{TableClients: 2})
	b.tables = true
	ann, bob := b.join("ann"), b.join("bob")
	b.join("cid")
	b.advance(time.Second)
	b.names(ann)
	b.recv(ann, &wire.Lookup{Key: bob.key})
	b.advance(time.Second)
	b.names(ann)
	had := b.core.clients.Get(ann.key).session.had
	b.join("dan")
	b.join("eve")
	b.advance(time.Second)
	if pages := b.pages(ann); len(pages) != 0 {
		t.Errorf("%d pages of no concern", len(pages))
	}
	b.recv(ann, &wire.Ping{Nonce: 1, Store: b.core.head.ID, Revision: had})
	b.advance(time.Second)
	if pages := b.pages(ann); len(pages) != 0 {
		t.Errorf("%d pages when it says what it has", len(pages))
	}
	b.recv(bob, &wire.Deregister{Request: 9, Name: "bob"})
	b.advance(time.Second)
	pages := b.pages(ann)
	if len(pages) == 0 || pages[0].Since != had || pages[0].Until != b.core.head.Revision || len(pages[0].Rows) != 1 {
		t.Errorf("pages %+v, want one since %d", pages, had)
	}
}

// A word from before comes late and says less, and nothing that came in between concerns the client: the next page follows what it does not know any
// more. When it says so the page follows what it has, at the latest with the next try.
func TestCrowdTakesBackWhatCameLate(t *testing.T) {
	b := newBench(t, Config{TableClients: 2})
	b.tables = true
	ann, bob := b.join("ann"), b.join("bob")
	b.join("cid")
	b.recv(ann, &wire.Lookup{Key: bob.key})
	b.advance(time.Second)
	b.names(ann)
	has := b.core.head.Revision
	b.recv(ann, &wire.Ping{Nonce: 1, Store: b.core.head.ID, Revision: has})
	b.recv(ann, &wire.Pong{Nonce: 2, Known: true, Store: b.core.head.ID, Revision: has - 1})
	b.advance(time.Second)
	b.recv(bob, &wire.Deregister{Request: 9, Name: "bob"})
	b.advance(tablePause)
	if pages := b.pages(ann); len(pages) == 0 || pages[0].Since != has-1 {
		t.Fatalf("pages %+v, want one since %d", pages, has-1)
	}
	b.recv(ann, &wire.Ping{Nonce: 3, Store: b.core.head.ID, Revision: has})
	b.advance(time.Second)
	if pages := b.pages(ann); len(pages) == 0 || pages[len(pages)-1].Since != has {
		t.Errorf("pages %+v, want the last one since %d", pages, has)
	}
}

// The answer to a registration may come late, and name a revision behind the page that was acknowledged: the client waits for that.
func TestCrowdHasTheRevisionThatItWaitsFor(t *testing.T) {
	b := newBench(t, Config{TableClients: 1})
	b.join("ann")
	b.join("bob")
	b.tables = true
	cid := b.person("cid")
	b.recv(cid, ask(cid, 7))
	b.advance(tablePause)
	first := b.pages(cid)[0]
	b.join("dan")
	b.recv(cid, ask(cid, 7)) // it has not heard of it
	b.ackTable(cid, first)
	awaited := uint64(0)
	for _, s := range b.sentTo(cid) {
		if m, ok := s.msg.(*wire.Registered); ok {
			awaited = m.Revision
		}
	}
	if awaited <= first.Until {
		t.Fatalf("told of revision %d, with the table until %d", awaited, first.Until)
	}
	b.advance(time.Second)
	if pages := b.pages(cid); len(pages) == 0 || pages[0].Since != first.Until || pages[0].Until < awaited || len(pages[0].Rows) > 0 {
		t.Errorf("pages %+v", pages)
	}
}

// Who has to do with more than can be noted is told of the others each time, and of no changes.
func TestMoreThanConcernOne(t *testing.T) {
	b := newBench(t, Config{TableClients: 1})
	ann, bob := b.join("ann"), b.join("bob")
	s := b.core.clients.Get(ann.key).session
	s.concerns = map[wire.Key]bool{}
	for i := range maxConcerns {
		s.concerns[wire.Key{1: byte(i), 2: byte(i >> 8), 3: 1}] = true
	}
	b.names(ann)
	for range 2 {
		b.deposit(ann, bob, text(ann, bob, 1, "hi"))
	}
	for range 2 {
		b.deposit(bob, ann, text(bob, ann, 1, "ho"))
		b.recv(ann, &wire.Lookup{Key: bob.key})
		if got := b.names(ann); len(got) == 0 || got[0] != "named bob online" {
			t.Errorf("told %q", got)
		}
	}
	b.recv(bob, &wire.Deregister{Request: 9, Name: "bob"})
	b.advance(time.Second)
	if got := b.pages(ann); len(got) > 0 || len(s.concerns) != maxConcerns {
		t.Errorf("%d pages, %d noted", len(got), len(s.concerns))
	}
}

// protocol.md §8.12: a sender, which gets no table, is told of whom it asks for, and of no changes.
func TestSenderInACrowd(t *testing.T) {
	b := newBench(t, Config{TableClients: 1})
	b.join("ann")
	bob := b.join("bob")
	tool := b.person("tool")
	m := ask(tool, 7)
	m.Mode = wire.Sender
	b.recv(tool, m)
	b.sentTo(tool)
	b.recv(tool, &wire.Lookup{Key: bob.key})
	b.want("the row", tool, &wire.Named{Name: "bob", Rows: []wire.Row{onlineRow(bob)}})
	b.want("and the card", tool, &wire.Found{Key: bob.key, Card: bob.card})
	b.recv(bob, &wire.Deregister{Request: 9, Name: "bob"})
	b.advance(time.Second)
	if list := b.sentTo(tool); len(list) > 0 {
		t.Errorf("told %v", list[0].msg)
	}
}

// protocol.md §8.12: beside what answers a client it is told how many there are, when it sees but a few of them.
func TestHowManyThereAre(t *testing.T) {
	b := newBench(t, Config{TableClients: 2})
	ann := b.join("ann")
	b.join("bob")
	size := func(why string, want *wire.Crowd) {
		t.Helper()
		b.recv(ann, &wire.Ping{Nonce: 7, Store: storeID, Revision: b.head().Revision})
		var got *wire.Crowd
		for _, s := range b.sentTo(ann) {
			if m, ok := s.msg.(*wire.Crowd); ok {
				got = m
			}
		}
		if got == nil != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %+v, want %+v", why, got, want)
		}
	}
	size("they are no crowd", nil)
	cid := b.join("cid")
	size("now they are", &wire.Crowd{Clients: 3, Present: 3})
	b.recv(cid, &wire.Deregister{Request: 9, Name: "cid"})
	size("one left", &wire.Crowd{Clients: 3, Present: 2})
	b.recv(ann, ask(ann, 901))
	b.want("registered", ann, welcome(901, b.head().Revision))
	b.want("and told", ann, &wire.Crowd{Clients: 3, Present: 2})
	tool := b.person("tool")
	m := ask(tool, 903)
	m.Mode = wire.Hidden
	b.recv(tool, m)
	size("who is there without presence is not counted as there", &wire.Crowd{Clients: 4, Present: 2})
}
