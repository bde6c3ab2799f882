package siege

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/memory"
)

// crooked is the store of a server that alters what it passes on. The server above it is the honest program: what such a server
// says is then well formed in every other way.
type crooked struct {
	store.Server
	items func(to store.Key, items []store.Item) []store.Item
	rows  func(rows []store.Client)
}

func (s crooked) Waiting(to store.Key, after uint64, limit int) ([]store.Item, int, error) {
	items, damaged, err := s.Server.Waiting(to, after, limit)
	if s.items != nil {
		items = s.items(to, slices.Clone(items))
	}
	return items, damaged, err
}

func (s crooked) Clients(after store.Key, limit int) ([]store.Client, error) {
	rows, err := s.Server.Clients(after, limit)
	if s.rows != nil {
		s.rows(rows)
	}
	return rows, err
}

func (s crooked) Card(of store.Key) (string, error) {
	rows, err := s.Clients(store.Key{}, 100)
	for _, r := range rows {
		if r.Key == of {
			return r.Card, err
		}
	}
	return "", err
}

// absent makes a world in which ben is known and away, and ann writes what is given, by mail and then in the channel.
func absent(t *testing.T, mail, posts []string) (w *world, ann, ben *person) {
	w = newWorld(t, memory.NewServer(5))
	ann = w.comes("ann", "10.0.1.1:4001", profileOf("ann"))
	ben = w.comes("ben", "10.0.1.2:4002", profileOf("ben"))
	ann.client.SendAll("hello")
	ann.rest(time.Second)
	ben.leaves()
	for _, text := range mail {
		ann.client.Send("ben", text)
		ann.rest(100 * time.Millisecond)
	}
	for _, text := range posts {
		ann.client.SendAll(text)
		ann.rest(100 * time.Millisecond)
	}
	ann.rest(time.Second)
	return w, ann, ben
}

// each changes those items that a test means, in copies.
func each(items []store.Item, which func(it store.Item) bool, change func(it *store.Item)) []store.Item {
	for i := range items {
		if which(items[i]) {
			items[i].Text.Body = bytes.Clone(items[i].Text.Body)
			change(&items[i])
		}
	}
	return items
}

func isMail(it store.Item) bool { return !it.Post }
func isPost(it store.Item) bool { return it.Post }

// docs/security.md, malicious server: whatever it does to mail and posts, the recipient sees nothing that the sender did not write,
// is told, and sees the rest.
func TestCrookedServer(t *testing.T) {
	mail, posts := []string{"m1", "m2", "m3"}, []string{"p1", "p2", "p3"}
	all := []string{"ann: hello", "ann: m1", "ann: m2", "ann: m3", "ann: p1", "ann: p2", "ann: p3"}
	late := append(without(without(all, "ann: m2"), "ann: m3"), "ann: m3") // it waits for m2, but not for ever
	second := func(which func(store.Item) bool) func(store.Item) bool {    // of three
		return func(it store.Item) bool { return which(it) && it.Text.Seq == secondSeq(it.Post) }
	}
	for _, c := range []struct {
		name  string
		items func(items []store.Item) []store.Item
		want  []string
		why   []peer.Fault
	}{
		{"honest", func(items []store.Item) []store.Item { return items }, all, nil},
		{"a bit of mail is changed", func(items []store.Item) []store.Item {
			return each(items, second(isMail), func(it *store.Item) { it.Text.Body[50] ^= 1 })
		}, late, []peer.Fault{peer.Forged}},
		{"the time of mail is changed", func(items []store.Item) []store.Item {
			return each(items, second(isMail), func(it *store.Item) { it.Text.Time++ })
		}, late, []peer.Fault{peer.Forged}},
		{"mail is put in the clear", func(items []store.Item) []store.Item {
			return each(items, second(isMail), func(it *store.Item) {
				it.Text.Body, it.Text.Size, it.Text.Flags = []byte("send money"), 10, 0
			})
		}, late, []peer.Fault{peer.Forged}},
		{"mail is made a void", func(items []store.Item) []store.Item {
			return each(items, second(isMail), func(it *store.Item) { it.Text.Body, it.Text.Size, it.Text.Flags = nil, 0, 1 })
		}, late, []peer.Fault{peer.Forged}},
		{"a post is changed", func(items []store.Item) []store.Item {
			return each(items, second(isPost), func(it *store.Item) { it.Text.Body[len(it.Text.Body)-1] ^= 1 })
		}, without(all, "ann: p2"), []peer.Fault{peer.Forged, peer.Missing}},
		{"a post is put in another's mouth", func(items []store.Item) []store.Item {
			return each(items, second(isPost), func(it *store.Item) { it.From[0] ^= 1 })
		}, without(all, "ann: p2"), []peer.Fault{peer.Forged, peer.Missing}},
		{"a post that nobody signed", func(items []store.Item) []store.Item {
			return each(items, second(isPost), func(it *store.Item) { it.Text.Body, it.Text.Size, it.Text.Flags = []byte("lies"), 4, 0 })
		}, without(all, "ann: p2"), []peer.Fault{peer.Forged, peer.Missing}},
		{"a post is left out", func(items []store.Item) []store.Item { return slices.DeleteFunc(items, second(isPost)) },
			without(all, "ann: p2"), []peer.Fault{peer.Missing}},
		{"two posts are exchanged", func(items []store.Item) []store.Item {
			var at []int
			for i, it := range items {
				if it.Post {
					at = append(at, i)
				}
			}
			if len(at) > 2 {
				a, b := &items[at[1]], &items[at[2]]
				a.Text, b.Text = b.Text, a.Text
			}
			return items
		}, append(without(without(all, "ann: p2"), "ann: p3"), "ann: p3"), []peer.Fault{peer.Missing}},
		{"an old log is served again", func(items []store.Item) []store.Item {
			for _, it := range items {
				if it.Post {
					it.Order += 1000
					items = append(items, it)
				}
			}
			return items
		}, all, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, ann, ben := absent(t, mail, posts)
				w.deceives(t, ann, ben, c.items, c.want, c.why)
			})
		})
	}
}

// deceives has the server alter what waits for ben, who comes back, and ends everything when what he sees and is told was looked at.
func (w *world) deceives(t *testing.T, ann, ben *person, items func([]store.Item) []store.Item, want []string, why []peer.Fault) {
	t.Helper()
	who := store.Key(ben.client.Key())
	w.restart(crooked{Server: w.db, items: func(to store.Key, list []store.Item) []store.Item {
		if to != who {
			return list
		}
		return items(list)
	}})
	ben.start()
	ben.rest(time.Minute)
	ben.wantShown(want...)
	var told []peer.Fault
	for _, d := range saw[peer.Distrust](ben) {
		told = append(told, d.Why)
	}
	if !slices.Equal(told, why) {
		t.Errorf("ben was told %v, want %v", told, why)
	}
	ann.end()
	ben.end()
	w.end()
}

// secondSeq is the seq of the second of three texts: the channel has one before them.
func secondSeq(post bool) uint64 {
	if post {
		return 3
	}
	return 2
}

func without(lines []string, line string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == line })
}

// docs/security.md, malicious server: a false seq in someone's name marks nothing. What the true sender writes under it is shown.
func TestForgedMailTakesNobodysPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ann, ben := absent(t, []string{"m1"}, nil)
		w.restart(crooked{Server: w.db, items: func(_ store.Key, items []store.Item) []store.Item {
			return each(items, isMail, func(it *store.Item) { it.Text.Seq++ })
		}})
		ben.start()
		ben.rest(time.Minute)
		ben.wantShown("ann: hello")
		ann.client.Send("ben", "m2")
		ann.rest(time.Minute)
		ben.wantShown("ann: hello", "ann: m2")
		w.restart(w.db)
		ann.restarts() // what was said to be stored is offered again
		ann.rest(time.Minute)
		if got := ben.shown(); !slices.Contains(got, "ann: m1") {
			t.Errorf("ben saw %q: m1 is lost", got)
		}
		ann.end()
		ben.end()
		w.end()
	})
}

// docs/security.md, malicious server: with another's key in the place of ben's it gets nothing, and ann is told.
func TestSwappedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ann, ben := absent(t, nil, nil)
		ann.end()
		eve := w.comes("eve", "10.6.6.6:6666", profileOf("eve"))
		var evil string
		rows, err := w.db.Clients(store.Key{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Name == "eve" {
				evil = r.Card
			}
		}
		w.restart(crooked{Server: w.db, rows: func(rows []store.Client) {
			for i := range rows {
				if rows[i].Name == "ben" {
					rows[i].Card = evil
				}
			}
		}})
		ann.start()
		ann.client.Send("ben", "secret")
		ann.rest(10 * time.Second)
		if got := saw[peer.Distrust](ann); len(got) != 1 || got[0] != (peer.Distrust{From: "ben", Why: peer.ForgedKey}) {
			t.Errorf("ann was told %+v", got)
		}
		if len(saw[peer.Stored](ann))+len(saw[peer.Delivered](ann)) != 1 { // hello
			t.Errorf("ann saw %+v", ann.saw)
		}
		w.restart(w.db) // an honest server again
		ben.start()
		ben.rest(time.Minute)
		ben.wantShown("ann: hello", "ann: secret")
		for _, p := range []*person{ann, ben, eve} {
			p.end()
		}
		w.end()
	})
}

// docs/security.md, malicious server: a name with another key is blocked until the user trusts it, and its texts are marked.
func TestNameWithAnotherKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ann, ben := absent(t, []string{"m1"}, nil)
		eve := w.comes("eve", "10.6.6.6:6666", profileOf("eve"))
		w.restart(crooked{Server: w.db, rows: func(rows []store.Client) {
			for i := range rows {
				switch rows[i].Name {
				case "ben":
					rows[i].Name = "nobody"
				case "eve":
					rows[i].Name = "ben"
				}
				rows[i].Revision += 100 // the directory is told anew
			}
		}})
		ann.restarts()
		ann.rest(10 * time.Second)
		changed := saw[peer.KeyChanged](ann)
		if len(changed) != 1 || changed[0].Name != "ben" || changed[0].Old != ben.client.Key() || changed[0].New != eve.client.Key() {
			t.Errorf("ann was told %+v", changed)
		}
		ann.client.Send("ben", "secret")
		ann.rest(time.Second)
		if got := saw[peer.Blocked](ann); len(got) != 1 {
			t.Errorf("blocked: %+v", got)
		}
		eve.wantShown()
		ann.client.Trust("ben")
		ann.client.Send("ben", "now it is well")
		ann.rest(10 * time.Second)
		eve.wantShown("ann: now it is well")
		ann.end()
		eve.end()
		w.end()
	})
}
