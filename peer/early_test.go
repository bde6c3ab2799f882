package peer

import (
	"fmt"
	"testing"

	"udpchat/wire"
)

// protocol.md §14.4: a post that comes before what stands before it waits in memory, unanswered, and is taken after that, once.
func TestEarlyPosts(t *testing.T) {
	b, f := readyBench(t, "bob", "cid")
	bob, cid := f[0], f[1]
	posts := []*wire.PushPost{pushPost(bob, 0, 1, 1, "one"), pushPost(bob, 1, 3, 2, "two"), pushPost(cid, 3, 4, 1, "cid"), pushPost(bob, 6, 8, 3, "three")}
	for _, n := range []int{3, 1, 2, 1, 3} {
		b.recv(server, posts[n])
	}
	b.wantIdle("nothing is taken")
	if loaded, _ := b.profile.Load(); len(loaded.Unshown)+len(loaded.Streams)+len(loaded.Chains) > 0 {
		t.Errorf("on disk: %+v", loaded)
	}
	b.hold()
	b.recv(server, posts[0])
	b.wantIdle("not on disk")
	b.release()
	b.want("all are on disk", server, &wire.Seen{Store: storeID, Through: 4, Order: 4, Try: 1})
	b.wantIdle("mail is missing before the last")
	if got := b.events(); got != "one two cid" {
		t.Errorf("told %q", got)
	}
	b.recv(server, push(bob, 4, 6, 1, "mail"))
	b.drop()
	if got := b.events(); got != "mail three" {
		t.Errorf("then %q", got)
	}
	b.recv(server, posts[3])
	b.want("a duplicate", server, &wire.Seen{Store: storeID, Through: 8, Order: 8, Try: 1})
	b.wantTold("not shown")
}

// protocol.md §12: 64 posts wait, twice what a server has on its way at first; what has no room comes again.
func TestEarlyPostsAreBounded(t *testing.T) {
	b, f := readyBench(t, "bob")
	var posts []*wire.PushPost
	for order := uint64(1); order <= 67; order++ {
		posts = append(posts, pushPost(f[0], order-1, order, order, fmt.Sprint(order)))
	}
	for _, p := range posts[1:] {
		b.recv(server, p)
		b.recv(server, p) // a copy takes no room
	}
	b.wantIdle("nothing is taken")
	b.recv(server, posts[0])
	b.advance(seenDelay)
	if n := b.seen(); n != 65 {
		t.Errorf("%d are taken", n)
	}
	b.told = nil
	b.recv(server, posts[66])
	b.wantIdle("it waits in its turn")
	b.recv(server, posts[65])
	if got := b.events(); got != "66 67" {
		t.Errorf("told %q", got)
	}
}

// protocol.md §10.2: what stood before a post may be gone from the server meanwhile: it comes again with what stands before it now.
func TestEarlyPostComesWithAnotherPlace(t *testing.T) {
	b, f := readyBench(t, "bob")
	p := pushPost(f[0], 4, 7, 1, "post")
	b.recv(server, p)
	b.wantIdle("it waits")
	p.Prev = 0
	b.recv(server, p)
	b.want("nothing stands before it any more", server, &wire.Seen{Store: storeID, Through: 7, Order: 7, Try: 1})
	b.wantIdle("it is taken once")
	b.recv(server, pushPost(f[0], 7, 8, 2, "next"))
	if got := b.events(); got != "post next" {
		t.Errorf("told %q", got)
	}
}

// A post that waits is not the datagram's any more, and is not lost when the client is between two registrations.
func TestEarlyPostsDuringARegistration(t *testing.T) {
	b, f := readyBench(t, "bob")
	one, two := pushPost(f[0], 0, 1, 1, "one"), pushPost(f[0], 1, 2, 2, "two")
	b.recv(server, two)
	b.recv(server, &wire.Pong{Store: storeID})
	b.recv(server, one)
	b.wantTold("not registered")
	b.answerRegister(storeID)
	b.page()
	b.drop()
	b.recv(server, one)
	if got := b.events(); got != "one two" {
		t.Errorf("told %q", got)
	}
}

// protocol.md §14.3, §14.4: mail that is refused, or is for a state that is gone, does not stop the posts behind it.
func TestEarlyPostBehindMailThatIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name  string
		alter func(x *wire.Text)
		told  string
	}{
		{"refused", func(x *wire.Text) { x.Time++ }, "!forged post"},
		{"for another epoch", func(x *wire.Text) { x.ToEpoch++ }, "post"},
		{"a duplicate", func(x *wire.Text) { x.Seq-- }, "post"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, f := readyBench(t, "bob")
			bob := f[0]
			b.recv(bob, &wire.Direct{Try: 1, Text: in(bob, 1, "one")})
			b.told = nil
			mail := push(bob, 0, 3, 2, "mail")
			c.alter(&mail.Text)
			b.recv(server, pushPost(bob, 3, 4, 1, "post"))
			b.recv(server, mail)
			if got := b.events(); got != c.told {
				t.Errorf("told %q, wanted %q", got, c.told)
			}
		})
	}
}

// seen is through where the last acknowledgement of posts says that they are had, and takes all that was sent.
func (b *bench) seen() (through uint64) {
	for _, s := range b.drop() {
		if m, ok := s.msg.(*wire.Seen); ok {
			through = m.Through
		}
	}
	return through
}
