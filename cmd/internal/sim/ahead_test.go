package sim

import (
	"bytes"
	"testing"
	"time"

	"udpchat/peer"
	"udpchat/wire/seal"
)

// jinxed makes worlds in which somebody pours out more than a recipient takes ahead of what it lacks, and one text of that hardly gets through.
func jinxed(m *Mix) {
	m.Pour, m.Jinx = 1600, 1+uint64(m.Texts)
	m.Texts, m.Length, m.Long = 20, min(m.Length, time.Minute), 0
}

// TestJinxed runs such worlds.
func TestJinxed(t *testing.T) {
	for seed := *firstFlag; seed < *firstFlag+12; seed++ {
		if r := Run(seed, Options{Mix: jinxed}); len(r.Failures) > 0 {
			report(t, r)
		}
	}
}

// trio is three guests who are there, in a world without faults.
type trio struct {
	*World
	ann, bob, cid *guest
}

func newTrio(broken peer.Broken, keys func(g *guest) peer.Keys) *trio {
	w := newWorld(1, Options{Peer: broken, Mix: func(m *Mix) {
		*m = Mix{Guests: 3, Latency: 5 * time.Millisecond, Disk: 2 * time.Millisecond, Length: time.Hour, Backs: 1}
	}})
	x := &trio{World: w, ann: w.guests[0], bob: w.guests[1], cid: w.guests[2]}
	if keys != nil {
		x.bob.keys = keys(x.bob)
	}
	w.until(20 * time.Second)
	return x
}

// away cuts bob off for so long, in which ann types so many texts to him.
func (x *trio) away(d time.Duration, texts int) {
	for i := range x.net.cut {
		if i != x.bob.index {
			x.net.part(i, x.bob.index, x.at+d, true)
		}
	}
	x.pour(x.ann, x.bob.index, texts)
	x.until(x.at + d)
}

// wantSettled checks whether all comes to an end, in a world that is healed now.
func (x *trio) wantSettled(t *testing.T, want bool) {
	t.Helper()
	x.heal()
	x.settle()
	if m, _ := x.ledger.missing(); want != (m == nil) {
		t.Errorf("it settles: %t, want %t; missing: %v", m == nil, want, m)
	}
	if want && len(x.report.Failures) == 0 {
		x.ledger.audit()
	}
	for _, f := range x.report.Failures {
		t.Error(f)
	}
}

// protocol.md §6.2: a recipient that knows how frees itself, and all who write to it, from what a sender of before left at the server: its first text behind
// 1,600 others.
func TestAStuckRecipientIsFreed(t *testing.T) {
	for _, c := range []struct {
		name  string
		freed bool
	}{{"of before", false}, {"of now", true}} {
		t.Run(c.name, func(t *testing.T) {
			x := newTrio(peer.FarAhead, nil)
			x.mix.Jinx = 1
			x.away(time.Minute, 1600)
			x.mix.Jinx = 0
			x.until(x.at + time.Minute)
			x.typeText(x.cid, 0) // what everybody can read
			x.until(x.at + time.Minute)
			if post := x.ledger.messages[1600]; post.shown[x.bob.index].first != 0 {
				t.Error("what the server has for bob does not stand still: this shows nothing")
			}
			if c.freed {
				x.opt.Peer = 0
			}
			x.bob.kill("to start again")
			x.wantSettled(t, c.freed)
		})
	}
}

// blind are keys without the one that a first mail is sealed to.
type blind struct {
	peer.Keys
	mail []byte
}

func (b *blind) Open(id seal.MailID, secrets func(prekey uint32) (seal.Secret, bool), sealed []byte) ([]byte, error) {
	if b.mail == nil {
		b.mail = bytes.Clone(sealed)
	}
	if bytes.Equal(b.mail, sealed) {
		return nil, seal.ErrNoPrekey
	}
	return b.Keys.Open(id, secrets, sealed)
}

// protocol.md §14.2, §6.2: the first mail, which bob can't open, gets a new receipt order behind 1,600 others that follow it. All is taken.
func TestSealedAnewBehindManyOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken peer.Broken
	}{{"who says nothing", peer.FarAhead}, {"who says so", 0}} {
		t.Run(c.name, func(t *testing.T) {
			x := newTrio(c.broken, func(g *guest) peer.Keys { return &blind{Keys: g.keys} })
			x.away(time.Minute, 1600)
			x.wantSettled(t, c.broken == 0)
		})
	}
}

// protocol.md §5.5, §5.6, §6.2: an older copy of bob's profile lacks more texts of ann's than the set has room for. What she writes then arrives.
func TestAnOlderCopyThatLacksMany(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken peer.Broken
		away   int // texts that she writes while he is away
	}{
		{"who says nothing", peer.FarAhead, 0}, {"directly", 0, 0}, {"by mail", 0, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTrio(c.broken, nil)
			x.typeText(x.ann, x.bob.index)
			x.until(x.at + time.Second)
			before := len(x.bob.past)
			x.pour(x.ann, x.bob.index, 1600)
			x.until(x.at + 10*time.Second)
			if n := len(x.bob.lines); n != 1601 {
				t.Fatalf("bob has %d of 1601", n)
			}
			x.bob.kill("and an older copy comes back")
			x.bob.copied = true
			x.ledger.wentBack(x.bob, x.bob.past[before:])
			x.bob.goBack(before)
			x.away(20*time.Second, c.away)
			x.until(x.at + 30*time.Second)
			x.pour(x.ann, x.bob.index, 3-c.away/2)
			x.wantSettled(t, c.broken == 0)
		})
	}
}
