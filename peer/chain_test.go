package peer

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"udpchat/wire"
	"udpchat/wire/seal"
)

// events takes what was told of texts, "!" before what is wrong.
func (b *bench) events() string {
	b.t.Helper()
	faults := map[Fault]string{Forged: "!forged", Missing: "!missing", Forked: "!forked", ForgedKey: "!key"}
	var list []string
	for _, n := range b.told {
		switch n := n.(type) {
		case Arrived:
			list = append(list, n.Text)
		case Distrust:
			list = append(list, faults[n.Why])
		case PostsGone:
			list = append(list, "gone")
		default:
			b.t.Errorf("told %T %+v", n, n)
		}
	}
	b.told = nil
	return strings.Join(list, " ")
}

// postText is a post of someone's, not yet signed.
func postText(from *friend, seq uint64, body string) wire.Text {
	x := in(from, seq, body)
	x.ToEpoch = 0
	return x
}

// log is what a server makes of posts: it pushes them one after the other, each twice, and all of it lives in one stream.
type log struct {
	bench *bench
	order uint64
	gone  uint64 // posts are, through here
}

func (l *log) push(author wire.Key, x wire.Text) {
	l.bench.t.Helper()
	l.order++
	for try := range uint8(2) {
		l.bench.recv(server, &wire.PushPost{Prev: l.order - 1, Order: l.order, Try: try, Live: true, Author: author, Text: x})
		l.bench.want("taken, so that the log goes on", server, &wire.Seen{Store: storeID, Through: l.order, Order: l.order, Try: try})
	}
}

// tell is a part of a server's story: "3" is the third post, and what else it says is in lies.
func (l *log) tell(bob *friend, lane []wire.Text, lies map[string]func(x wire.Text) wire.Text, story string) {
	for word := range strings.FieldsSeq(story) {
		var n int
		if _, err := fmt.Sscan(word, &n); err == nil {
			l.push(bob.key, lane[n-1])
			continue
		}
		name, of, _ := strings.Cut(word, ":")
		if _, err := fmt.Sscan(of, &n); err != nil {
			l.bench.t.Fatal(err)
		}
		x := lane[n-1]
		x.Body = append([]byte{}, x.Body...)
		l.push(bob.key, lies[name](x))
	}
}

// lies are what a server can do to one of bob's posts; fork, anew and short need bob's help.
func lies(bob, cid *friend) map[string]func(x wire.Text) wire.Text {
	posts := maps.Clone(bob.posts)
	before := func(x wire.Text) [32]byte { return posts[seal.Place{Epoch: x.Epoch, Seq: x.Seq - 1}] }
	return map[string]func(x wire.Text) wire.Text{
		"time":  func(x wire.Text) wire.Text { x.Time++; return x },
		"seq":   func(x wire.Text) wire.Text { x.Seq++; return x },
		"epoch": func(x wire.Text) wire.Text { x.Epoch++; return x },
		"store": func(x wire.Text) wire.Text { x.ToEpoch++; return x },
		"size":  func(x wire.Text) wire.Text { x.Size++; return x },
		"void": func(x wire.Text) wire.Text {
			x.Flags, x.Size, x.Body = x.Flags|wire.FlagVoid, 0, x.Body[:seal.PostOverhead]
			return x
		},
		"body":  func(x wire.Text) wire.Text { x.Body[len(x.Body)-1] ^= 1; return x },
		"past":  func(x wire.Text) wire.Text { x.Body[16] ^= 1; return x },
		"after": func(x wire.Text) wire.Text { x.Body[15] ^= 1; return x },
		"cut":   func(x wire.Text) wire.Text { x.Body = x.Body[:50]; return x },
		"clear": func(x wire.Text) wire.Text { x.Flags, x.Size, x.Body = 0, 3, []byte("lie"); return x },
		"whose": func(x wire.Text) wire.Text { return cid.signedAfter(before(x), postText(bob, x.Seq, "lie")) },
		"fork":  func(x wire.Text) wire.Text { return bob.signedAfter(before(x), postText(bob, x.Seq, "other")) },
		"anew":  func(x wire.Text) wire.Text { return bob.signedAfter([32]byte{9}, postText(bob, x.Seq, "anew")) },
		"short": func(x wire.Text) wire.Text {
			y := postText(bob, x.Seq, "short")
			y.Size += 9
			return bob.signedAfter(before(x), y)
		},
	}
}

// protocol.md §14.4: a post is its author's, follows the author's post before it, and is shown once; what the server does to the middle
// of an author's posts is told, once, and does not stop the others.
func TestWhatAServerDoesToPosts(t *testing.T) {
	for _, c := range []struct{ name, story, events string }{
		{"nothing", "1 2 3 4", "p1 p2 p3 p4"},
		{"one joined late", "3 4 5", "p3 p4 p5"},
		{"an old one again", "1 2 1 3", "p1 p2 p3"},
		{"the last one again", "1 2 2 3", "p1 p2 p3"},
		{"all of them again", "1 2 3 1 2 3 4", "p1 p2 p3 p4"},
		{"one is left out", "1 3 4 5", "p1 !missing p3 p4 p5"},
		{"many are left out", "1 5", "p1 !missing p5"},
		{"one is left out and comes later", "1 3 2 4", "p1 !missing p3 p4"},
		{"two are left out", "1 3 5", "p1 !missing p3 !missing p5"},
		{"a void of the author's", "5 6 7", "p5 p7"},
		{"a void is left out", "5 7", "p5 !missing p7"},
		{"another time", "1 time:2 3", "p1 !forged !missing p3"},
		{"another seq", "1 seq:2 3", "p1 !forged !missing p3"},
		{"another epoch", "1 epoch:2 3", "p1 !forged !missing p3"},
		{"another store", "1 store:2 3", "p1 !forged !missing p3"},
		{"another size", "1 size:2 3", "p1 !forged !missing p3"},
		{"made a void", "1 void:2 3", "p1 !forged !missing p3"},
		{"another text", "1 body:2 3", "p1 !forged !missing p3"},
		{"another past", "1 past:2 3", "p1 !forged !missing p3"},
		{"behind another one", "1 after:2 3", "p1 !forged !missing p3"},
		{"cut", "1 cut:2 3", "p1 !forged !missing p3"},
		{"not signed", "1 clear:2 3", "p1 !forged !missing p3"},
		{"signed by someone else", "1 whose:2 3", "p1 !forged !missing p3"},
		{"not as long as it says", "1 short:2 3", "p1 !forged !missing p3"},
		{"the true one comes later", "1 time:2 2 3", "p1 !forged p2 p3"},
		{"another story", "1 fork:2 3", "p1 other !forked p3"},
		{"another end", "1 2 fork:2 3", "p1 p2 !forked p3"},
		{"another past, signed", "1 2 anew:3 4", "p1 p2 !forked anew !forked p4"},
		{"a past before the first", "anew:1 2", "!forked anew !forked p2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob := f[0]
			var lane []wire.Text
			for seq := uint64(1); seq <= 7; seq++ {
				x := postText(bob, seq, fmt.Sprint("p", seq))
				if seq == 6 {
					x = voidOf(bob, seq)
				}
				lane = append(lane, bob.signed(x))
			}
			l := &log{bench: b}
			l.tell(bob, lane, lies(bob, f[1]), c.story)
			if got := b.events(); got != c.events {
				t.Errorf("told %q, wanted %q", got, c.events)
			}
		})
	}
}

// protocol.md §14.4: what was had of an author outlives the program.
func TestChainOutlivesTheProgram(t *testing.T) {
	for _, c := range []struct{ name, story, events string }{
		{"the next one", "3", "p3"},
		{"an old one", "1 2 3", "p3"},
		{"one is left out", "4", "!missing p4"},
		{"another story", "fork:2 3", "!forked p3"},
		{"another past, signed", "anew:3", "!forked anew"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob", "cid")
			bob := f[0]
			var lane []wire.Text
			for seq := uint64(1); seq <= 4; seq++ {
				lane = append(lane, bob.signed(postText(bob, seq, fmt.Sprint("p", seq))))
			}
			l := &log{bench: b}
			l.tell(bob, lane, nil, "1 2")
			b.core.Shown([]uint64{1, 2})
			b.settle()
			b.again()
			b.told = nil
			l.tell(bob, lane, lies(bob, f[1]), c.story)
			if got := b.events(); got != c.events {
				t.Errorf("told %q, wanted %q", got, c.events)
			}
		})
	}
}

// protocol.md §6.5: what a log that is an older copy has again, and had gone from the newer one, is of an earlier run than what was shown: it bears that mark.
func TestAPostOfAnEarlierRunIsLate(t *testing.T) {
	b, f := readyBench(t, "bob")
	bob := f[0]
	earlier := bob.signed(postText(bob, 1, "earlier"))
	x := postText(bob, 1, "later")
	x.Epoch++
	b.recv(server, &wire.PushPost{Order: 5, Try: 1, Author: bob.key, Text: bob.signed(x)})
	b.meets(88)
	b.page(bob.row(wire.Online))
	b.recv(server, &wire.PushPost{Order: 3, Try: 1, Author: bob.key, Text: earlier})
	b.recv(server, &wire.PushPost{Prev: 3, Order: 4, Try: 1, Author: bob.key, Text: bob.signed(postText(bob, 2, "too"))})
	if got := b.arrived(); got != "later ~earlier ~too" {
		t.Errorf("shown: %q", got)
	}
}
