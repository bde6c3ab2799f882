package siege

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire/seal"
)

// docs/security.md, malicious server: the same with posts that were signed together, and so would go in rows (protocol.md §11.3).
func TestCrookedRow(t *testing.T) {
	all := []string{"ann: hello", "ann: p1", "ann: p2", "ann: p3", "ann: p4", "ann: p5", "ann: p6"}
	for _, c := range []struct {
		name  string
		alter func(posts []store.Item) []store.Item // the last three
		want  []string
		why   []peer.Fault
	}{
		{"honest", func(posts []store.Item) []store.Item { return posts }, all, nil},
		{"a post is changed", func(posts []store.Item) []store.Item {
			return each(posts, second, func(it *store.Item) { it.Text.Body[len(it.Text.Body)-1] ^= 1 })
		}, without(all, "ann: p5"), []peer.Fault{peer.Forged, peer.Missing}},
		{"its time is changed", func(posts []store.Item) []store.Item {
			return each(posts, second, func(it *store.Item) { it.Text.Time++ })
		}, without(all, "ann: p5"), []peer.Fault{peer.Forged, peer.Missing}},
		{"what it follows is changed", func(posts []store.Item) []store.Item {
			return each(posts, second, func(it *store.Item) { it.Text.Body[20] ^= 1 })
		}, all, nil}, // it does not travel in a row: the member makes it
		{"a post is left out", func(posts []store.Item) []store.Item { return slices.DeleteFunc(posts, second) },
			without(all, "ann: p5"), []peer.Fault{peer.Missing}},
		{"all are put in another's mouth", func(posts []store.Item) []store.Item {
			return each(posts, isPost, func(it *store.Item) { it.From[0] ^= 1 })
		}, all[:4], []peer.Fault{peer.Forged, peer.Forged, peer.Forged}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, ann, ben := absent(t, nil, nil)
				for i := range 6 {
					ann.client.SendAll(fmt.Sprint("p", i+1))
				}
				ann.rest(time.Second)
				w.deceives(t, ann, ben, func(items []store.Item) []store.Item {
					if len(items) < 3 {
						return items
					}
					from := len(items) - 3
					if a, b := items[from], items[from+2]; !seal.Together(a.Text.Body, b.Text.Body) {
						t.Errorf("posts %d and %d were not signed together", a.Text.Seq, b.Text.Seq)
					}
					return append(items[:from:from], c.alter(items[from:])...)
				}, c.want, c.why)
			})
		})
	}
}

// second is the second of the last three posts: with hello there are seven.
func second(it store.Item) bool { return it.Post && it.Text.Seq == 6 }
