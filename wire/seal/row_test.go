package seal

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"udpchat/wire"
)

// chainOf is some posts of alice's, each behind the one before it, signed together.
func chainOf(t testing.TB, n int) []*Post {
	t.Helper()
	alice, _ := someone("alice")
	posts := make([]*Post, n)
	prev := [32]byte{7}
	for i := range posts {
		posts[i] = postOf(t, alice, uint64(i)+2, prev, fmt.Sprint("post ", i))
		prev = HashPost(posts[i])
	}
	if err := SignPosts(alice, posts...); err != nil {
		t.Fatal(err)
	}
	return posts
}

// parsed is posts as a server reads them.
func parsed(t testing.TB, posts []*Post) []Post {
	t.Helper()
	all := make([]Post, len(posts))
	for i, p := range posts {
		all[i] = Post{Epoch: p.Epoch, Seq: p.Seq}
		if err := ParsePost(AppendPost(nil, p), &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// bare is what of posts travels in a row for each.
func bare(posts []*Post) []Post {
	all := make([]Post, len(posts))
	for i, p := range posts {
		all[i] = *p
		all[i].After, all[i].Prev, all[i].Proof = Place{}, [32]byte{}, Proof{Position: p.Position}
	}
	return all
}

// protocol.md §11.3: every stretch of every batch is a row, a whole batch without any path, and a reader has of it all that each post had.
func TestRowsOfEveryBatch(t *testing.T) {
	for n := 1; n <= MaxBatch; n++ {
		posts := chainOf(t, n)
		for from := range n {
			for to := from + 1; to <= n; to++ {
				head, path, ok := PackRow(parsed(t, posts[from:to]))
				if !ok || len(head) != wire.RowHead || len(path) > wire.MaxRowPath || len(path) > 2*MaxPath || from == 0 && to == n && len(path) > 0 {
					t.Fatalf("%d to %d of %d: %v, a head of %d, a path of %d", from, to, n, ok, len(head), len(path))
				}
				got := bare(posts[from:to])
				known := &Roots{}
				if err := known.VerifyRow(got, head, path); err != nil || len(known.seen) != 1 {
					t.Fatalf("%d to %d of %d: %v", from, to, n, err)
				}
				for i := range got {
					if p := posts[from+i]; got[i].After != p.After || got[i].Prev != p.Prev || HashPost(&got[i]) != HashPost(p) {
						t.Fatalf("%d to %d of %d: the %d. is %+v, was %+v", from, to, n, i, got[i], p)
					}
				}
			}
		}
	}
}

// Of no posts of a batch more hashes are missing than a row may have: of 16 every other one lacks half.
func TestLongestPath(t *testing.T) {
	var every []Post
	for i, p := range chainOf(t, MaxBatch) {
		if i%2 == 0 {
			every = append(every, *p)
		}
	}
	way := tree{posts: every, ok: true}
	if path := way.lacks(nil, every, 1); !way.ok || len(path) != wire.MaxRowPath {
		t.Errorf("%v, a path of %d", way.ok, len(path))
	}
}

// What a server can make of a batch that it has seen.
func TestRowsProveNothingElse(t *testing.T) {
	posts, other := chainOf(t, 8), chainOf(t, 7)
	type row struct {
		posts      []Post
		head, path []byte
	}
	good := func() row {
		head, path, _ := PackRow(parsed(t, posts[2:6]))
		return row{bare(posts[2:6]), head, path}
	}
	for _, tt := range []struct {
		what  string
		forge func(r *row)
	}{
		{"another body", func(r *row) { r.posts[1].Body = []byte("forged") }},
		{"another time", func(r *row) { r.posts[3].Time++ }},
		{"another author", func(r *row) { r.posts[0].Author[0] ^= 1 }},
		{"two exchanged", func(r *row) { r.posts[1], r.posts[2] = r.posts[2], r.posts[1] }},
		{"two exchanged, with their seqs right", func(r *row) {
			r.posts[1].Body, r.posts[2].Body = r.posts[2].Body, r.posts[1].Body
		}},
		{"one left out of the middle", func(r *row) { r.posts = slices.Delete(r.posts, 1, 2) }},
		{"one left out at the end", func(r *row) { r.posts = r.posts[:3] }},
		{"one twice", func(r *row) { r.posts = append(r.posts, r.posts[3]) }},
		{"one more", func(r *row) { r.posts = append(r.posts, bare(posts[6:7])...) }},
		{"none", func(r *row) { r.posts = r.posts[:1]; r.posts[0].Position = 3 }},
		{"another previous", func(r *row) { r.head[20] ^= 1 }},
		{"another signature", func(r *row) { r.head[111] ^= 1 }},
		{"the signature of another batch", func(r *row) { copy(r.head[48:], other[0].Sig[:]) }},
		{"a short head", func(r *row) { r.head = r.head[:111] }},
		{"another hash", func(r *row) { r.path[0] ^= 1 }},
		{"hashes exchanged", func(r *row) { r.path = slices.Concat(r.path[HashSize:], r.path[:HashSize]) }},
		{"a hash too many", func(r *row) { r.path = append(r.path, r.path[:HashSize]...) }},
		{"a hash too few", func(r *row) { r.path = r.path[HashSize:] }},
		{"half a hash", func(r *row) { r.path = r.path[:len(r.path)-1] }},
		{"a position that is none", func(r *row) { r.posts[0].Position = 0 }},
		{"a position beyond all", func(r *row) { r.posts[3].Position = 255 }},
		{"a position above another one", func(r *row) { r.posts[0].Position >>= 1 }},
		{"the last position first", func(r *row) { r.posts[0].Position = 15 }},
	} {
		t.Run(tt.what, func(t *testing.T) {
			r := good()
			known := &Roots{}
			if err := known.VerifyRow(r.posts, r.head, r.path); err != nil {
				t.Fatal(err)
			}
			r = good()
			tt.forge(&r)
			if err := known.VerifyRow(r.posts, r.head, r.path); !errors.Is(err, ErrPost) {
				t.Errorf("when the batch is known: %v", err)
			}
			r = good()
			tt.forge(&r)
			if err := (*Roots)(nil).VerifyRow(r.posts, r.head, r.path); !errors.Is(err, ErrPost) {
				t.Errorf("at first: %v", err)
			}
		})
	}
	if err := (*Roots)(nil).VerifyRow(nil, good().head, nil); !errors.Is(err, ErrPost) {
		t.Errorf("nothing: %v", err)
	}
}

// What is no row to a server goes post by post.
func TestNoRow(t *testing.T) {
	posts, other := chainOf(t, 8), chainOf(t, 7)
	for what, of := range map[string][]*Post{"nothing": nil, "two batches": {posts[0], other[1]}, "a hole": {posts[0], posts[2]}, "backwards": {posts[1], posts[0]}} {
		if _, _, ok := PackRow(parsed(t, of)); ok {
			t.Errorf("%s: a row", what)
		}
	}
	a, b := AppendPost(nil, posts[0]), AppendPost(nil, other[1])
	if !Together(a, AppendPost(nil, posts[7])) || Together(a, b) || Together(a, a[:PostOverhead-1]) || Together(nil, nil) {
		t.Error("what bears one signature, and what does not, are taken for each other")
	}
}

// FuzzRow reads anything as a row: nothing is proved but what alice signed.
func FuzzRow(f *testing.F) {
	posts := chainOf(f, 5)
	head, path, _ := PackRow(parsed(f, posts[1:4]))
	places := []byte{posts[1].Position, posts[2].Position, posts[3].Position}
	f.Add(places, head, path)
	f.Add([]byte{1}, head, []byte{})
	f.Add([]byte{255, 0, 3}, head, make([]byte, wire.MaxRowPath))
	f.Fuzz(func(t *testing.T, positions, head2, path2 []byte) {
		got := bare(posts[1:4])
		for i := range got {
			if i < len(positions) {
				got[i].Position = positions[i]
			}
		}
		same := bytes.Equal(head2, head) && bytes.Equal(path2, path)
		for i, p := range posts[1:4] {
			same = same && got[i].Position == p.Position
		}
		if err := (*Roots)(nil).VerifyRow(got, head2, path2); (err == nil) != same {
			t.Fatalf("%v with %x, %x, %x", err, positions, head2, path2)
		}
		packed := bare(posts[1:4])
		for i := range packed {
			packed[i].Position, packed[i].Path = got[i].Position, path2
			packed[i].After = posts[i+1].After
		}
		_, _, _ = PackRow(packed) // whatever a server was given: it does not panic
	})
}

// BenchmarkRow verifies posts of 100 bytes that came in two rows.
func BenchmarkRow(b *testing.B) {
	posts := chainOf(b, MaxBatch)
	type row struct {
		posts      []Post
		head, path []byte
	}
	var rows []row
	for _, half := range [][]*Post{posts[:MaxBatch/2], posts[MaxBatch/2:]} {
		head, path, _ := PackRow(parsed(b, half))
		rows = append(rows, row{bare(half), head, path})
	}
	b.ReportAllocs()
	for b.Loop() {
		var known Roots
		for _, r := range rows {
			if err := known.VerifyRow(r.posts, r.head, r.path); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*MaxBatch), "ns/post")
}
