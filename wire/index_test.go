package wire

import (
	"math/rand/v2"
	"testing"
)

type indexed struct {
	key  Key
	next *indexed
}

// An index does what a map does, also where many keys have one hash.
func TestIndexIsAMap(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		x := NewIndex(0, func(i *indexed) (Key, **indexed) { return i.key, &i.next })
		if seed%2 == 0 {
			x.hash = func(k Key) uint64 { return uint64(k[0]) }
		}
		all := map[Key]*indexed{}
		for range 3000 {
			k := Key{0: byte(rng.IntN(3)), 31: byte(rng.IntN(20))}
			switch rng.IntN(3) {
			case 0:
				if all[k] == nil {
					all[k] = &indexed{key: k}
					x.Put(all[k])
				}
			case 1:
				delete(all, k)
				x.Delete(k)
			}
			if got := x.Get(k); got != all[k] || x.Len() != len(all) {
				t.Fatalf("seed %d: %v with the key %x, want %v; %d of %d", seed, got, k, all[k], x.Len(), len(all))
			}
		}
		for k := range all {
			x.Delete(k)
		}
		if x.Len() != 0 || len(x.first) != 0 {
			t.Errorf("%d are left, %d places", x.Len(), len(x.first))
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	var keys [10000]indexed
	random := rand.NewChaCha8([32]byte{})
	x, m := NewIndex(len(keys), func(i *indexed) (Key, **indexed) { return i.key, &i.next }), map[Key]*indexed{}
	for i := range keys {
		_, _ = random.Read(keys[i].key[:]) // it never fails
		x.Put(&keys[i])
		m[keys[i].key] = &keys[i]
	}
	b.Run("index", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if x.Get(keys[i%len(keys)].key) == nil {
				b.Fatal("not found")
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if m[keys[i%len(keys)].key] == nil {
				b.Fatal("not found")
			}
		}
	})
}
