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
			if m.Until == seen {
				continue
			}
			seen = m.Until
			for _, row := range m.Rows {
				told = append(told, row.Name+" "+row.State.String())
			}
			b.ackTable(to, m)
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
	want("who asks for a name", cid, "named ann online", "named ann online")
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
	had := b.core.clients[ann.key].session.had
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
