package server_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/wire/link/linktest"
)

// protocol.md, from the first registration to the last: three clients talk directly, by the mailbox and in the channel.
func TestConversation(t *testing.T) {
	for _, c := range []struct {
		name string
		net  linktest.Conditions
	}{
		{"good network", linktest.Conditions{Delay: time.Millisecond}},
		{"bad network", lossy},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, c.net)
				ann, bob, cid := w.join("ann"), w.join("bob"), w.join("cid")
				for _, p := range w.people {
					p.wait("all three are there", 1, func(n peer.Notice) bool {
						table, ok := n.(peer.Table)
						return ok && len(table.All) == 3
					})
				}
				ann.client.Send("bob", "directly")
				bob.reads("ann", "directly")
				ann.told(peer.Delivered{To: "bob"})

				cid.client.SendAll("to all")
				cid.told(peer.Stored{})
				ann.reads("cid", "to all")
				if a := bob.reads("cid", "to all"); !a.Post || a.Mail {
					t.Errorf("the post arrived as %+v", a)
				}

				ann.client.Send("ann", "a note to myself")
				ann.reads("ann", "a note to myself")
				ann.told(peer.Delivered{To: "ann"})

				bob.client.Deregister("bob")
				bob.told(peer.Left{})
				cid.wait("bob is offline", 1, func(n peer.Notice) bool {
					table, ok := n.(peer.Table)
					return ok && slices.ContainsFunc(table.Changed, func(k peer.Contact) bool { return k.Name == "bob" && !k.Online })
				})
				cid.client.Send("bob", "by the mailbox")
				cid.told(peer.Stored{To: "bob"})
				cid.client.SendAll("while bob is away")
				cid.wait("posted", 2, func(n peer.Notice) bool { return says(n, peer.Stored{}) })
				bob.client.Register()
				bob.told(peer.Waiting{})
				if a := bob.reads("cid", "by the mailbox"); !a.Mail || a.Post {
					t.Errorf("mail arrived as %+v", a)
				}
				if a := bob.reads("cid", "while bob is away"); !a.Mail || !a.Post {
					t.Errorf("the post arrived as %+v", a)
				}
				cid.told(peer.Delivered{To: "bob"})

				for _, p := range w.people {
					p.client.Quit()
					p.wait("quit", 1, isA[peer.Quit])
				}
				want := []string{"directly", "to all", "by the mailbox", "while bob is away"}
				if got := bob.texts(); !slices.Equal(got, want) {
					t.Errorf("bob read %q, wanted %q", got, want)
				}
			})
		})
	}
}

// protocol.md §5.3: a text of 64 KiB arrives whole and is reported once, at 20 % loss, 5 % duplicates and with others overtaking.
func TestLongTextOnABadNetwork(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < 64<<10; i++ {
		fmt.Fprintf(&b, "%d ", i)
	}
	long := b.String()[:64<<10]
	for _, c := range []struct {
		name string
		away bool
	}{{"directly", false}, {"by the mailbox", true}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linktest.Conditions{})
				ann, bob := w.join("ann"), w.join("bob")
				ann.wait("bob is there", 1, func(n peer.Notice) bool { table, ok := n.(peer.Table); return ok && len(table.All) == 2 })
				if c.away {
					bob.client.Deregister("bob")
					bob.told(peer.Left{})
				}
				w.net.Set(lossy)
				ann.client.Send("bob", long)
				if c.away {
					ann.told(peer.Stored{To: "bob"})
					bob.client.Register()
				}
				if a := bob.reads("ann", long); c.away && !a.Mail {
					t.Error("not by the mailbox")
				}
				ann.told(peer.Delivered{To: "bob"})
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if n := bob.count(isA[peer.Arrived]); n != 1 {
					t.Errorf("arrived %d times", n)
				}
				for name, n := range map[string]int{"Delivered": ann.count(isA[peer.Delivered]), "NoAck": ann.count(isA[peer.NoAck]),
					"Stored": ann.count(isA[peer.Stored]), "Exists": ann.count(isA[peer.Exists])} {
					if n > 1 {
						t.Errorf("told %s %d times", name, n)
					}
				}
			})
		})
	}
}

// protocol.md §12: whose screen does not keep up takes nothing more for a while; nothing is lost.
func TestBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: time.Millisecond})
		ann, bob := w.join("ann"), w.join("bob")
		ann.wait("bob is there", 1, func(n peer.Notice) bool { table, ok := n.(peer.Table); return ok && len(table.All) == 2 })
		bob.look(false)
		const texts = 4500
		for i := range texts {
			ann.client.Send("bob", fmt.Sprint(i))
		}
		ann.wait("all that bob takes", 4096, isA[peer.Delivered])
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := bob.count(isA[peer.Arrived]); got != 4096 {
			t.Errorf("bob took %d", got)
		}
		if ann.count(func(n peer.Notice) bool {
			table, ok := n.(peer.Table)
			return ok && len(table.Changed) > 0 && !table.Changed[0].Online
		}) > 0 {
			t.Error("bob counts as offline")
		}
		bob.look(true)
		ann.wait("all", texts, isA[peer.Delivered])
		had, highest := map[string]bool{}, -1
		bob.count(func(n peer.Notice) bool {
			a, ok := n.(peer.Arrived)
			if !ok {
				return false
			}
			i, _ := strconv.Atoi(a.Text)
			if had[a.Text] {
				t.Errorf("%q is shown twice", a.Text)
			}
			if (i < highest) != a.Late { // §6.5: who comes after a later one is marked
				t.Errorf("%q after %d: late is %v", a.Text, highest, a.Late)
			}
			had[a.Text], highest = true, max(highest, i)
			return true
		})
		if len(had) != texts {
			t.Errorf("%d of %d were shown", len(had), texts)
		}
	})
}

// protocol.md §8.6, architecture.md (state and who owns it): the server ends and starts again between two texts.
func TestServerRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, lossy)
		ann, bob := w.join("ann"), w.join("bob")
		ann.wait("bob is there", 1, func(n peer.Notice) bool { table, ok := n.(peer.Table); return ok && len(table.All) == 2 })
		bob.client.Deregister("bob")
		bob.told(peer.Left{})
		ann.wait("bob is away", 1, func(n peer.Notice) bool {
			table, ok := n.(peer.Table)
			return ok && len(table.Changed) > 0 && !table.Changed[0].Online
		})
		ann.client.Send("bob", "one")
		ann.told(peer.Stored{To: "bob"})
		w.end()
		time.Sleep(10 * time.Second)
		w.serve()
		bob.client.Register()
		bob.reads("ann", "one")
		ann.told(peer.Delivered{To: "bob"})
		bob.client.Send("ann", "two")
		ann.reads("bob", "two")
		if n := ann.count(isA[peer.ServerSilent]) + bob.count(isA[peer.ServerSilent]); n > 0 {
			t.Errorf("%d gave the server up", n)
		}
	})
}

// Run ends cleanly with work under way: all goroutines are gone, or the bubble fails.
func TestShutdownWithWorkUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linktest.Conditions{Delay: 50 * time.Millisecond})
		ann, bob := w.join("ann"), w.join("bob")
		ann.wait("bob is there", 1, func(n peer.Notice) bool { table, ok := n.(peer.Table); return ok && len(table.All) == 2 })
		for i := range 100 {
			ann.client.Send("bob", fmt.Sprint(i))
			bob.client.SendAll(fmt.Sprint(i))
		}
		time.Sleep(30 * time.Millisecond)
	})
}
