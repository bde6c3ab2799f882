package seal

import (
	"fmt"
	"testing"
)

// BenchmarkMail seals and opens 100 bytes: alone with an exchange of its own, and in a row of batches of one and of the most.
func BenchmarkMail(b *testing.B) {
	ann, _ := someone("ann")
	bob, bobKey := someone("bob")
	prekey, secret := prekeyOf(b, bob, 7), secretOf(7)
	for _, size := range []int{1, MaxBatch} {
		batch := make([]*Mail, size)
		for i := range batch {
			batch[i] = &Mail{ID: mailTo([32]byte(ann[32:]), bobKey), Body: make([]byte, 100)}
		}
		b.Run(fmt.Sprintf("Seal/%d", size), func(b *testing.B) {
			b.ReportAllocs()
			x := exchangeOf(b, ann, bobKey, prekey)
			for b.Loop() {
				if x.Left() < size {
					x = exchangeOf(b, ann, bobKey, prekey)
				}
				if err := x.Seal(batch...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/mail")
		})
		b.Run(fmt.Sprintf("Open/%d", size), func(b *testing.B) {
			b.ReportAllocs()
			box, err := secret.Box()
			if err != nil {
				b.Fatal(err)
			}
			var known Roots
			for b.Loop() {
				known = Roots{} // as if each batch were a new one
				for _, m := range batch {
					if _, err := box.Open(&known, m.ID, m.Sealed); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/mail")
		})
	}
	id, body := mailTo([32]byte(ann[32:]), bobKey), make([]byte, 100)
	sealed, err := sealMail(ann, prekey, id, body)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Seal/first", func(b *testing.B) {
		for b.Loop() {
			if _, err := sealMail(ann, prekey, id, body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Open/first", func(b *testing.B) {
		for b.Loop() {
			if _, err := openMail(id, has(7), sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPost signs and verifies posts of 100 bytes.
func BenchmarkPost(b *testing.B) {
	ann, _ := someone("ann")
	for _, size := range []int{1, 8, MaxBatch} {
		batch := make([]*Post, size)
		for i := range batch {
			batch[i] = postOf(b, ann, uint64(i)+1, [32]byte{}, string(make([]byte, 100)))
		}
		b.Run(fmt.Sprintf("Sign/%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := SignPosts(ann, batch...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/post")
		})
		b.Run(fmt.Sprintf("Verify/%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var known Roots
				for _, p := range batch {
					if err := known.VerifyPost(p); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/post")
		})
	}
}
