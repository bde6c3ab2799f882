package bolt

import (
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/store"
	"udpchat/store/storetest"
)

// protocol.md §10.2: who gets the next receipt order through which they have everything takes what comes below it for a duplicate. So mail that was
// left out of a page because it is damaged, or gone, comes back behind what is there.
func TestDamagedMailComesBackUnderANewOrder(t *testing.T) {
	ann, bob, cid := storetest.Key("ann"), storetest.Key("bob"), storetest.Key("cid")
	for name, spoil := range map[string]func(t *testing.T, s *reopeningServer, key []byte){
		"damaged": func(t *testing.T, s *reopeningServer, key []byte) { harm(t, s, "mail", key) },
		"gone": func(t *testing.T, s *reopeningServer, key []byte) {
			closeAndCheck(t, s.Server, s.path)
			edit(t, s.path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("mail")).Delete(key) })
			s.Server = must(OpenServer(s.path, Options{}))(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			storetest.Register(t, s, "ann")
			lost := store.Deposit{To: ann, From: cid, Text: storetest.Single(1, "lost")}
			storetest.Do(t, s, store.Deposit{To: ann, From: bob, Text: storetest.Single(1, "one")})
			storetest.Do(t, s, lost)
			last := storetest.Do(t, s, store.Deposit{To: ann, From: bob, Text: storetest.Single(2, "two")}).Order
			spoil(t, s, clientKey(ann).number(2))
			for range 2 {
				if r := storetest.Do(t, s, lost); r != (store.Result{Order: last + 1}) {
					t.Errorf("deposited again: %+v, want an order that nobody is past", r)
				}
			}
			items, damaged, err := s.Waiting(ann, last, 9)
			if err != nil || damaged > 0 || len(items) != 1 || items[0].Order != last+1 || string(items[0].Text.Body) != "lost" {
				t.Errorf("behind what was pushed waits %+v, %d damaged, %v", items, damaged, err)
			}
		})
	}
}

// protocol.md §10.5: a text is charged until none of it waits, and not twice for what was damaged.
func TestDamagedMailIsChargedOnce(t *testing.T) {
	ann, bob := storetest.Key("ann"), storetest.Key("bob")
	for name, text := range map[string][]store.Text{
		"whole":    {storetest.Single(1, "a text")},
		"in parts": {storetest.Part(1, 0, 2, 20), storetest.Part(1, 1, 2, 20)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			storetest.Register(t, s, "ann")
			quota := store.Quota{Texts: 1, PairTexts: 1}
			deposit := func(x store.Text) store.Verdict {
				return storetest.Do(t, s, store.Deposit{To: ann, From: bob, Text: x, Quota: quota}).Verdict
			}
			put := func() {
				t.Helper()
				for _, x := range text {
					if v := deposit(x); v != store.Accepted {
						t.Fatalf("verdict %v", v)
					}
				}
			}
			put()
			harm(t, s, "mail", clientKey(ann).number(1))
			put()
			if v := deposit(storetest.Single(3, "no room")); v != store.FullMailbox {
				t.Errorf("beside the text that came back: verdict %v", v)
			}
			marks := store.Marks{Epoch: 1, ToEpoch: 1, Through: 2}
			storetest.Do(t, s, store.Take{To: ann, From: bob, Marks: marks, Orders: []uint64{1, 2, 3}})
			if v := deposit(storetest.Single(3, "room")); v != store.Accepted {
				t.Errorf("after it was taken: verdict %v", v)
			}
			if v := deposit(storetest.Single(4, "no room")); v != store.FullMailbox {
				t.Errorf("beside the next one: verdict %v", v)
			}
		})
	}
}
