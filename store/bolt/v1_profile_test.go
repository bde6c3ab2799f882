package bolt

import (
	"crypto/ed25519"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"udpchat/migrations"
	"udpchat/store"
)

// v1Profile is what is in a profile.
type v1Profile struct {
	key     store.Key
	loaded  store.Loaded // but for the seed and the outbox
	outbox  []string
	history []string
}

func v1Profiles() map[string]v1Profile {
	known := []store.Clear{{Store: v1Store, Through: math.MaxUint64}}
	marks := func(epoch, toEpoch uint64) store.Marks {
		return store.Marks{Epoch: epoch, ToEpoch: toEpoch, Through: 1}
	}
	live := []string{"clear post one", "clear direct from ann", "clear direct from ben"}
	return map[string]v1Profile{
		"ann": {annKey, store.Loaded{
			Epoch: v1Ann, Lines: 8, Clear: known,
			Lanes: []store.Lane{{To: benKey, Epoch: v1Ann, ToEpoch: v1Ben, Last: 7}, {To: store.Channel, Epoch: v1Ann, ToEpoch: v1Store, Last: 2}},
			Inbox: []store.Source{{From: benKey, Age: 1, Marks: marks(v1Ben, v1Ann)}},
		}, v1Mail, slices.Concat(live, []string{"clear one from ann", "clear two from ann", "clear three from ann", v1Long(), "clear post two"})},
		"ben": {benKey, store.Loaded{
			Epoch: v1Ben, Lines: 3, Clear: known,
			Lanes:   []store.Lane{{To: annKey, Epoch: v1Ben, ToEpoch: v1Ann, Last: 1}},
			Inbox:   []store.Source{{From: annKey, Age: 1, Marks: marks(v1Ann, v1Ben)}},
			Streams: []store.Stream{{Store: v1Store, Marks: store.Marks{Through: 1}}},
		}, nil, live},
		// Nothing in her profile names a store: it is the one that she meets next.
		"cleo": {cleoKey, store.Loaded{Epoch: v1Cleo, Clear: []store.Clear{{Store: 0, Through: math.MaxUint64}}}, nil, nil},
	}
}

func TestTheFirstVersionsProfilesAreWhole(t *testing.T) {
	for name, c := range v1Profiles() {
		t.Run(name, func(t *testing.T) {
			path := v1(t, name+".db")
			p := must(OpenProfile(path, Options{}))(t)
			l := must(p.Load())(t)
			if got := store.Key(ed25519.NewKeyFromSeed(l.Seed[:]).Public().(ed25519.PublicKey)); got != c.key {
				t.Errorf("key %x", got)
			}
			var outbox, history []string
			for _, o := range l.Outbox {
				x := o.Text
				if o.To != benKey || x.Epoch != v1Ann || x.ToEpoch != v1Ben {
					t.Errorf("outgoing %+v", o)
				}
				outbox = append(outbox, fmt.Sprintf("%d mail %d %d/%d %s", x.Seq, x.Seq, x.Part, x.Parts, x.Body)) // the server's orders are the same
			}
			for _, line := range must(p.History(0, 99))(t) {
				history = append(history, line.Text)
			}
			if !slices.Equal(outbox, c.outbox) || !slices.Equal(history, c.history) {
				t.Errorf("outbox %q, history %q", outbox, history)
			}
			rest := l
			rest.Seed, rest.Outbox = [32]byte{}, nil
			if !reflect.DeepEqual(rest, c.loaded) {
				t.Errorf("loaded %+v, want %+v", rest, c.loaded)
			}
			closeAndCheck(t, p, path)
			unchanged(t, path, len(migrations.Profile), func() interface{ Close() error } {
				p := must(OpenProfile(path, Options{}))(t)
				if again := must(p.Load())(t); !reflect.DeepEqual(again, l) {
					t.Errorf("loaded %+v, before %+v", again, l)
				}
				return p
			})
		})
	}
}
