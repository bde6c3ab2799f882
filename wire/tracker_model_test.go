package wire

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// modelItem is a tracked thing as a list would hold it.
type modelItem struct {
	key        uint8
	p          Policy
	start, due time.Duration
	gap        time.Duration
	sent       []time.Duration
}

func (m *modelItem) try(now time.Duration) {
	m.sent = append(m.sent, now)
	m.due = now + m.gap
	if m.p.Factor != 0 {
		m.gap = time.Duration(float64(m.gap) * m.p.Factor)
	}
	if m.p.Cap != 0 {
		m.gap = min(m.gap, m.p.Cap)
	}
	if end := m.start + m.p.Deadline; m.p.Deadline != 0 && (len(m.sent) == m.p.Tries || m.due > end) {
		m.due = end
	}
}

// FuzzTracker compares a tracker with a list that is searched from end to end: two bytes are one operation.
func FuzzTracker(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 4, 9, 1, 1, 4, 200, 4, 200, 4, 200})
	f.Add([]byte{0, 17, 64, 18, 128, 19, 192, 20, 4, 255, 4, 255, 3, 17, 2, 18, 4, 255})
	rng := rand.New(rand.NewPCG(3, 4))
	for range 8 {
		b := make([]byte, 400)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		f.Add(b)
	}
	policies := []Policy{
		{First: 50 * ms, Factor: 2, Cap: 300 * ms},
		{First: 100 * ms, Tries: 3},
		{First: 70 * ms, Factor: 2, Tries: 3, Deadline: 500 * ms},
		{First: 300 * ms, Factor: 1.5, Deadline: 900 * ms},
	}
	f.Fuzz(func(t *testing.T, ops []byte) {
		var tr Tracker[uint8]
		var model []*modelItem // by insertion
		now := time.Duration(0)
		find := func(k uint8) int {
			return slices.IndexFunc(model, func(m *modelItem) bool { return m.key == k })
		}
		drop := func(k uint8) {
			if i := find(k); i >= 0 {
				model = slices.Delete(model, i, i+1)
			}
		}
		for ; len(ops) >= 2; ops = ops[2:] {
			k := ops[1] & 15
			switch ops[0] % 5 {
			case 0:
				p := policies[ops[0]>>6]
				tr.Track(at(now), k, p)
				drop(k)
				m := &modelItem{key: k, p: p, start: now, gap: p.First}
				m.try(now)
				model = append(model, m)
			case 1:
				try := ops[1] >> 4
				rtt, sampled, known := tr.Ack(at(now), k, try)
				i := find(k)
				if known != (i >= 0) {
					t.Fatalf("known %v", known)
				}
				if known {
					sent := model[i].sent
					want := try >= 1 && int(try) <= len(sent) && int(try) > len(sent)-8
					if sampled != want || want && rtt != now-sent[try-1] {
						t.Fatalf("try %d of %v at %v: %v, %v", try, sent, now, rtt, sampled)
					}
				}
				drop(k)
			case 2:
				tr.Drop(k)
				drop(k)
			case 3:
				tr.Hasten(at(now), k)
				if i := find(k); i >= 0 {
					if m := model[i]; m.p.Tries == 0 || len(m.sent) < m.p.Tries {
						m.due, m.gap = now, m.p.First
					}
				}
			case 4:
				now += time.Duration(ops[1]) * 4 * ms
				var got, want []string
				tr.Expire(at(now),
					func(k uint8, try uint8) { got = append(got, fmt.Sprint(k, " ", try)) },
					func(k uint8) { got = append(got, fmt.Sprint(k, " failed")) })
				due := slices.Clone(model)
				slices.SortStableFunc(due, func(a, b *modelItem) int { return int(a.due - b.due) })
				for _, m := range due {
					switch {
					case m.due > now:
					case len(m.sent) == m.p.Tries, m.p.Deadline != 0 && now >= m.start+m.p.Deadline:
						drop(m.key)
						want = append(want, fmt.Sprint(m.key, " failed"))
					default:
						m.try(now)
						want = append(want, fmt.Sprint(m.key, " ", min(len(m.sent), 255)))
					}
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("at %v: %v, want %v", now, got, want)
				}
			}
			next, ok := tr.Next()
			if ok != (len(model) > 0) || tr.Len() != len(model) {
				t.Fatalf("%d tracked, want %d", tr.Len(), len(model))
			}
			if ok {
				first := slices.MinFunc(model, func(a, b *modelItem) int { return int(a.due - b.due) })
				if !next.Equal(at(first.due)) {
					t.Fatalf("next at %v, want %v", next.Sub(at(0)), first.due)
				}
			}
		}
	})
}
