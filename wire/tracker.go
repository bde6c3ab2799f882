package wire

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"time"
)

const (
	// minGap is the least time between two tries, whatever a policy says: a loop that resends at once would never end.
	minGap = time.Millisecond
	// maxGap is the longest time between two tries of a policy without a cap.
	maxGap = 24 * time.Hour
	// sentTries is of how many tries, the last ones, the times of sending are kept.
	sentTries = 8
)

// Policy is how often and for how long something is tried (§7).
type Policy struct {
	First    time.Duration // from the first try to the second
	Factor   float64       // every further gap is longer by it; 0 or 1: they are even
	Cap      time.Duration // the longest gap; 0: a day
	Tries    int           // the most tries, the first one included; 0: for ever
	Deadline time.Duration // since the first try; then it has failed, whatever tries are left; 0: none
	Jitter   float64       // share of a gap by which it is longer or shorter at random
}

// Tracker is what was sent and is not acknowledged yet: it says what to send again, and what has failed (§7). It has no
// socket, goroutine, timer or lock: the loop that owns it tells the time, sends, and sleeps until Next. The zero value is
// ready.
//
// Something fails when its deadline is reached; without a deadline, one gap after its last try. So tries that are used up
// before the deadline leave the rest of it for the answer.
type Tracker[K comparable] struct {
	// Rand makes the jitter; its owner seeds it. Without it there is none.
	Rand *rand.Rand
	// Slot is the room that a key itself has for what is known of it, always the same; never nil. Without it there is a map, and a search
	// each time. It is set before the first use.
	Slot func(k K) *Slot[K]

	items     map[K]*item[K]
	free      []*item[K] // to be used again
	queue     queue[K]
	order     uint64    // of the last insertion
	expiring  bool      // Expire is at work,
	expiredTo time.Time // and handles what is due up to this
}

// Slot is room for what a Tracker knows of one key. The zero value is ready.
type Slot[K comparable] struct{ item *item[K] }

// item is one tracked thing. sent[(n-1)%sentTries] is when try n was sent.
type item[K comparable] struct {
	key    K
	policy Policy
	start  time.Time
	gap    time.Duration
	tries  int
	sent   [sentTries]time.Time
	due    time.Time
	order  uint64 // breaks ties of due: as they were inserted
	at     int    // index in the queue, -1 when it is not there
}

// Track begins to wait for the acknowledgement of k, whose try 1 the caller sends now. What was known of k is forgotten.
func (t *Tracker[K]) Track(now time.Time, k K, p Policy) {
	t.Drop(k)
	t.order++
	it := t.fresh()
	*it = item[K]{key: k, policy: p, start: now, gap: p.clamp(p.First), order: t.order, at: -1}
	t.put(k, it)
	t.try(now, it)
}

func (t *Tracker[K]) find(k K) *item[K] {
	if t.Slot != nil {
		return t.Slot(k).item
	}
	return t.items[k]
}

// put notes what is known of k; nil: nothing.
func (t *Tracker[K]) put(k K, it *item[K]) {
	switch {
	case t.Slot != nil:
		t.Slot(k).item = it
	case it == nil:
		delete(t.items, k)
	default:
		if t.items == nil {
			t.items = make(map[K]*item[K])
		}
		t.items[k] = it
	}
}

// fresh gives an item that is in no use.
func (t *Tracker[K]) fresh() *item[K] {
	if last := len(t.free) - 1; last >= 0 {
		it := t.free[last]
		t.free = t.free[:last]
		return it
	}
	return new(item[K])
}

// maxFree bounds the items that are kept for later.
const maxFree = 1024

// Ack ends the wait for k, and samples the round trip.
func (t *Tracker[K]) Ack(now time.Time, k K, try uint8) (rtt time.Duration, sampled, known bool) {
	known = t.Has(k)
	rtt, sampled = t.Sample(now, k, try)
	t.Drop(k)
	return rtt, sampled, known
}

// Sample is the round trip that an acknowledgement of k measured, while more of k is awaited. It is sampled when the try that the
// acknowledgement names was sent, is one of the last 8, and is below 255, where the numbers stop.
func (t *Tracker[K]) Sample(now time.Time, k K, try uint8) (rtt time.Duration, sampled bool) {
	it := t.find(k)
	n := int(try)
	if it == nil || n < 1 || n >= math.MaxUint8 || n > it.tries || n <= it.tries-sentTries {
		return 0, false
	}
	rtt = now.Sub(it.sent[(n-1)%sentTries])
	return max(rtt, 0), rtt >= 0
}

// Drop forgets k: it neither is sent again nor fails.
func (t *Tracker[K]) Drop(k K) {
	it := t.find(k)
	if it == nil {
		return
	}
	t.put(k, nil)
	if it.at >= 0 {
		heap.Remove(&t.queue, it.at)
	}
	if len(t.free) < maxFree {
		it.key = *new(K) // it may hold on to much
		t.free = append(t.free, it)
	}
}

// Has reports whether k waits for its acknowledgement.
func (t *Tracker[K]) Has(k K) bool { return t.find(k) != nil }

// Len is how many wait for their acknowledgement.
func (t *Tracker[K]) Len() int { return len(t.queue) }

// Tries is the number of the last try of k, 0 when k is unknown; like the tries on the wire it stops at 255.
func (t *Tracker[K]) Tries(k K) uint8 {
	it := t.find(k)
	if it == nil {
		return 0
	}
	return it.number()
}

// Lost is when the try of k that the last one repeats was sent; zero when there is none.
func (t *Tracker[K]) Lost(k K) time.Time {
	it := t.find(k)
	if it == nil || it.tries < 2 {
		return time.Time{}
	}
	return it.sent[(it.tries-2)%sentTries]
}

// Hasten makes the next try of k due now, and its gaps begin at First again: it is called when there is reason to believe
// that a try will arrive. It does nothing when no try is left.
func (t *Tracker[K]) Hasten(now time.Time, k K) {
	it := t.find(k)
	if it == nil || it.spent() {
		return
	}
	it.gap = it.policy.clamp(it.policy.First)
	t.schedule(it, now)
}

// Next is when Expire has something to do, and whether it ever has.
func (t *Tracker[K]) Next() (time.Time, bool) {
	if len(t.queue) == 0 {
		return time.Time{}, false
	}
	return t.queue[0].due, true
}

// Expire calls resend for everything whose next try is due, and failed for everything that has failed and is forgotten;
// in the order of their times, ties as they were inserted. Late by many gaps is one try, not many. The callbacks may call
// every method but Expire; what becomes due by them is left for the next Expire.
func (t *Tracker[K]) Expire(now time.Time, resend func(k K, try uint8), failed func(k K)) {
	if len(t.queue) == 0 || t.queue[0].due.After(now) {
		return
	}
	t.expiring, t.expiredTo = true, now
	defer func() { t.expiring = false }()
	for len(t.queue) > 0 && !t.queue[0].due.After(now) {
		it := t.queue[0]
		if it.over(now) {
			k := it.key
			t.Drop(k)
			failed(k)
			continue
		}
		t.try(now, it)
		resend(it.key, it.number())
	}
}

// try counts a try that is sent now and schedules what comes after it.
func (t *Tracker[K]) try(now time.Time, it *item[K]) {
	it.sent[it.tries%sentTries] = now
	it.tries++
	end := it.start.Add(it.policy.Deadline)
	due := now.Add(t.jitter(it))
	it.gap = it.policy.clamp(it.policy.grow(it.gap))
	if it.policy.Deadline > 0 && (it.spent() || due.After(end)) {
		due = end
	}
	t.schedule(it, due)
}

// schedule puts an item into the queue, or moves it; while Expire is at work, behind what that handles.
func (t *Tracker[K]) schedule(it *item[K], due time.Time) {
	if t.expiring && !due.After(t.expiredTo) {
		due = t.expiredTo.Add(1)
	}
	it.due = due
	if it.at < 0 {
		heap.Push(&t.queue, it)
		return
	}
	heap.Fix(&t.queue, it.at)
}

func (t *Tracker[K]) jitter(it *item[K]) time.Duration {
	if t.Rand == nil || it.policy.Jitter == 0 {
		return it.gap
	}
	share := 1 + it.policy.Jitter*(2*t.Rand.Float64()-1)
	return it.policy.clamp(time.Duration(float64(it.gap) * share))
}

// number is the last try as the wire has it.
func (it *item[K]) number() uint8 { return uint8(min(it.tries, math.MaxUint8)) }

// spent reports whether no try is left.
func (it *item[K]) spent() bool { return it.policy.Tries > 0 && it.tries >= it.policy.Tries }

// over reports whether an item that is due has failed.
func (it *item[K]) over(now time.Time) bool {
	d := it.policy.Deadline
	return it.spent() || d > 0 && now.Sub(it.start) >= d
}

// grow is the gap after one of d.
func (p Policy) grow(d time.Duration) time.Duration {
	if p.Factor == 0 {
		return d
	}
	return time.Duration(min(float64(d)*p.Factor, float64(maxGap)))
}

// clamp keeps a gap between minGap and the cap.
func (p Policy) clamp(d time.Duration) time.Duration {
	limit := maxGap
	if p.Cap > 0 {
		limit = min(limit, p.Cap)
	}
	return max(min(d, limit), minGap)
}
