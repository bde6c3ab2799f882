package server_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/link/linktest"
)

// protocol.md §8.10, from end to end, also on a bad network: a sender's texts arrive under its name, nobody sees it, and what waits for
// it waits until a client comes that receives.
func TestAConversationWithASender(t *testing.T) {
	for name, conditions := range map[string]linktest.Conditions{"good network": {Delay: time.Millisecond}, "bad network": lossy} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, conditions)
				ann := w.join("ann")
				ops := w.joinAs("ops", wire.Sender)
				ops.client.Send("ann", "backup finished")
				ann.reads("ops", "backup finished")
				ops.told(peer.Delivered{To: "ann"})
				ann.client.Send("ops", "thanks")
				ann.told(peer.Stored{To: "ops"})
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if n := ops.count(isA[peer.Arrived]); n != 0 {
					t.Errorf("a sender received %d", n)
				}
				if n := ann.count(func(n peer.Notice) bool {
					table, ok := n.(peer.Table)
					return ok && slices.ContainsFunc(table.All, func(k peer.Contact) bool { return k.Name == "ops" && k.Online })
				}); n != 0 {
					t.Errorf("it was seen %d times", n)
				}
				ops.client.Quit()
				ops.wait("gone", 1, isA[peer.Quit])
			})
		})
	}
}
