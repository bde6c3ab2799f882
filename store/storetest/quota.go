package storetest

import (
	"testing"

	"udpchat/store"
)

func quotaLimits(t *testing.T, s store.Server) {
	Register(t, s, "ann", "bob")
	q := store.Quota{Texts: 3, Bytes: 100, PairTexts: 2, PairBytes: 60}
	for i, c := range []struct {
		from store.Key
		seq  uint64
		size uint32
		want store.Verdict
	}{
		{bob, 1, 61, store.FullPair},
		{bob, 1, 101, store.FullMailbox},
		{bob, 1, 50, store.Accepted},
		{bob, 1, 50, store.Accepted}, // again, at no charge
		{bob, 2, 11, store.FullPair},
		{bob, 2, 10, store.Accepted},
		{bob, 3, 0, store.FullPair},
		{cat, 1, 41, store.FullMailbox},
		{cat, 1, 40, store.Accepted},
		{cat, 2, 0, store.FullMailbox},
	} {
		x := Single(c.seq, "")
		x.Size = c.size
		if r := Do(t, s, store.Deposit{To: ann, From: c.from, Text: x, Quota: q}); r.Verdict != c.want {
			t.Errorf("step %d: %+v, want %d", i, r, c.want)
		}
	}
	if r := Do(t, s, store.Deposit{To: bob, From: cat, Text: Single(1, "other box"), Quota: q}); r.Verdict != store.Accepted {
		t.Errorf("other box: %+v", r)
	}
	if r := Do(t, s, store.Deposit{To: ann, From: cat, Text: Single(2, "no limit"), Quota: noQuota}); r.Verdict != store.Accepted {
		t.Errorf("no limit: %+v", r)
	}
}

func quotaWholeText(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	q := store.Quota{Texts: 2, Bytes: 3000}
	for i, c := range []struct {
		text store.Text
		want store.Verdict
	}{
		{Part(1, 2, 3, 3001), store.FullMailbox}, // all of it does not fit, so no part does
		{Part(1, 2, 3, 2900), store.Accepted},
		{Part(10, 0, 1, 101), store.FullMailbox},
		{Part(10, 0, 1, 100), store.Accepted},
		{Part(1, 0, 3, 2900), store.Accepted},
		{Part(1, 1, 3, 2900), store.Accepted},
		{Part(20, 0, 2, 0), store.FullMailbox},
		{Part(1, 1, 3, 1), store.Accepted}, // known by its seq, whatever it says of its size
	} {
		if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: c.text, Quota: q}); r.Verdict != c.want {
			t.Errorf("step %d: %+v, want %d", i, r, c.want)
		}
	}
	// A part that claims an accepted text with other measures is another text.
	odd := Part(1, 11, 12, 1)
	if r := Do(t, s, store.Deposit{To: ann, From: bob, Text: odd, Quota: q}); r.Verdict != store.FullMailbox {
		t.Errorf("free ride: %+v", r)
	}
}

func quotaLongest(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	id := head(t, s).ID
	mail := func(x store.Text, longest uint64) store.Change {
		return store.Deposit{To: ann, From: bob, Text: x, Quota: store.Quota{Longest: longest}}
	}
	post := func(seq uint64, body string, longest uint64) store.Change {
		x := Single(seq, body)
		x.ToEpoch = id
		return store.Post{Author: bob, Text: x, Longest: longest}
	}
	var taken store.Result
	for i, c := range []struct {
		change store.Change
		want   store.Verdict
	}{
		{mail(Single(1, "four"), 3), store.TooLong},
		{mail(Single(1, "four"), 4), store.Accepted},
		{mail(Single(1, "four"), 3), store.Accepted}, // it was there before the limit was
		{mail(Part(2, 1, 3, 2900), 2899), store.TooLong},
		{mail(Part(2, 1, 3, 2900), 2900), store.Accepted},
		{mail(Part(2, 0, 3, 2900), 3), store.Accepted}, // all parts of a text find room, or none
		{mail(Part(2, 0, 3, 3), 3), store.Accepted},
		{mail(Single(9, "four"), 0), store.Accepted},
		{post(2, "four", 3), store.Gap},
		{post(1, "four", 3), store.TooLong},
		{post(1, "four", 0), store.Accepted},
		{post(1, "four", 3), store.Accepted},
		{post(2, "four", 3), store.TooLong},
		{post(2, "", 3), store.Accepted},
	} {
		r := Do(t, s, c.change)
		if r.Verdict != c.want || r.Verdict == store.TooLong && r.Order != 0 {
			t.Errorf("step %d: %+v, want %d", i, r, c.want)
		}
		if i == 1 {
			taken = r
		}
	}
	Do(t, s, store.Take{To: ann, From: bob, Marks: upTo(1), Orders: []uint64{taken.Order}})
	if r := Do(t, s, mail(Single(1, "four"), 3)); r.Verdict != store.Delivered {
		t.Errorf("after its delivery: %+v", r)
	}
}

func quotaReturns(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	put := func(texts ...store.Text) (orders []uint64) {
		for _, x := range texts {
			orders = append(orders, Do(t, s, store.Deposit{To: ann, From: bob, Text: x}).Order)
		}
		return orders
	}
	take := func(m store.Marks, orders ...uint64) {
		Do(t, s, store.Take{To: ann, From: bob, Marks: m, Orders: orders})
	}

	take(upTo(1), put(Single(1, "single"))...)
	usageIsZero(t, s, "a single text")

	take(upTo(4), put(Part(2, 0, 3, 3000), Part(2, 1, 3, 3000), Part(2, 2, 3, 3000))...)
	usageIsZero(t, s, "all parts at once")

	o := put(Part(5, 0, 2, 2000), Part(5, 1, 2, 2000))
	take(upTo(5), o[0])
	take(upTo(6), o[1])
	usageIsZero(t, s, "part by part")

	o = put(Part(7, 0, 2, 2000))
	if v := deposit(t, s, Single(99, "x"), store.Quota{Texts: 1}); v != store.FullMailbox {
		t.Errorf("one part takes the room of its text: verdict %d", v)
	}
	take(upTo(7), o...)
	usageIsZero(t, s, "the last part goes another way")

	o = put(Part(9, 0, 2, 2000))
	take(upTo(8, store.Range{Lo: 10, Hi: 10}))
	take(upTo(10), o...)
	usageIsZero(t, s, "the last part came first")

	o = put(Part(11, 0, 2, 2000), Part(11, 1, 2, 2000))
	take(upTo(11), o[0])
	put(Part(13, 0, 2, 9))
	take(store.Marks{Epoch: 7, ToEpoch: 2, Through: 0}, o[1], o[1]+1)
	usageIsZero(t, s, "the recipient lost its state")

	take(upTo(15), put(Part(15, 0, 2, 2000))...)
	take(store.Marks{Epoch: 8, ToEpoch: 1})
	usageIsZero(t, s, "the sender lost its state")
}

// usageIsZero checks that nothing is charged to the mailbox of ann: a probe as large as the limits fits.
func usageIsZero(t *testing.T, s store.Server, after string) {
	t.Helper()
	probe := Single(1, "probe")
	probe.Epoch = 1000
	r := Do(t, s, store.Deposit{To: ann, From: bob, Text: probe, Quota: store.Quota{Texts: 1, Bytes: 5, PairTexts: 1, PairBytes: 5}})
	if r.Verdict != store.Accepted {
		t.Errorf("after %s: something is still charged: %+v", after, r)
	}
	// It goes as stale, so that it can come again.
	Do(t, s, store.Take{To: ann, From: bob, Marks: store.Marks{Epoch: 1000, ToEpoch: 999}, Orders: []uint64{r.Order}})
	if items := waiting(t, s, "ann"); len(items) != 0 {
		t.Fatalf("after %s: %d texts wait", after, len(items))
	}
}

func deposit(t *testing.T, s store.Server, x store.Text, q store.Quota) store.Verdict {
	t.Helper()
	return Do(t, s, store.Deposit{To: ann, From: bob, Text: x, Quota: q}).Verdict
}
