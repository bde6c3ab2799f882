package bolt

import (
	"math"

	"udpchat/store"
)

// What waits is counted in records, per recipient and per pair, that change with it: a start counts nothing. A text of one part
// is charged when it comes and discharged when it goes. A text of several parts is charged whole with the first part that comes:
//
//	absent ── first part ──▶ texts ◀── further part ── rests ── last part delivered, or stale ──▶ absent
//	                           └── no part waits any more ──▶ ┘

// charge makes room for a text, or says why there is none.
func (t *serverTx) charge(c store.Deposit) (store.Verdict, error) {
	if c.Text.Parts <= 1 {
		return t.use(c)
	}
	key := chargeKey(c.To, c.From, c.Text)
	for _, from := range []string{"texts", "rests"} {
		var parts number
		if known, err := t.shelf(from).get(key, &parts); err != nil || known {
			if err == nil && from == "rests" {
				err = t.shelf("rests").delete(key)
			}
			if parts++; err == nil {
				err = t.shelf("texts").put(key, &parts)
			}
			return store.Accepted, err
		}
	}
	verdict, err := t.use(c)
	if err != nil || verdict != store.Accepted {
		return verdict, err
	}
	one := number(1)
	return store.Accepted, t.shelf("texts").put(key, &one)
}

// use adds a text to what is used.
func (t *serverTx) use(c store.Deposit) (store.Verdict, error) {
	var all, pair usage
	if _, err := t.shelf("usage").get(clientKey(c.To), &all); err != nil {
		return 0, err
	}
	if _, err := t.shelf("usage").get(clientKey(c.To).client(c.From), &pair); err != nil {
		return 0, err
	}
	size := uint64(c.Text.Size)
	if !all.add(size, c.Quota.Texts, c.Quota.Bytes) {
		return store.FullMailbox, nil
	}
	if !pair.add(size, c.Quota.PairTexts, c.Quota.PairBytes) {
		return store.FullPair, nil
	}
	if err := t.shelf("usage").put(clientKey(c.To), &all); err != nil {
		return 0, err
	}
	return store.Accepted, t.shelf("usage").put(clientKey(c.To).client(c.From), &pair)
}

// free takes a text off what is used.
func (t *serverTx) free(to, from store.Key, size uint64) error {
	for _, key := range []key{clientKey(to), clientKey(to).client(from)} {
		var u usage
		if known, err := t.shelf("usage").get(key, &u); err != nil || !known {
			return err
		}
		var err error
		if u.sub(size); u.Texts == 0 {
			err = t.shelf("usage").delete(key)
		} else {
			err = t.shelf("usage").put(key, &u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// discharge notes that a piece of mail is gone.
func (t *serverTx) discharge(to store.Key, it item) error {
	if it.Text.Parts <= 1 {
		return t.free(to, it.From, uint64(it.Text.Size))
	}
	key := chargeKey(to, it.From, it.Text)
	var parts number
	if known, err := t.shelf("texts").get(key, &parts); err != nil || !known {
		return err
	}
	if parts--; parts > 0 {
		return t.shelf("texts").put(key, &parts)
	}
	if err := t.shelf("texts").delete(key); err != nil {
		return err
	}
	return t.shelf("rests").put(key, &parts)
}

// settleRests frees the texts of a pair that can take no space any more.
func (t *serverTx) settleRests(c store.Take) error {
	keys, err := t.shelf("rests").keys(clientKey(c.To).client(c.From), nil, math.MaxInt)
	if err != nil {
		return err
	}
	for _, k := range keys {
		rest := cut(k[64:])
		epoch, toEpoch, first, parts, size := rest.number(), rest.number(), rest.number(), rest.number(), rest.number()
		marks, err := t.delivery(c.To, c.From, epoch, toEpoch)
		if err != nil {
			return err
		}
		// In another epoch of either side it will not be completed: its sender numbers it anew.
		stale := epoch != c.Marks.Epoch || toEpoch != c.Marks.ToEpoch
		if !stale && !marks.Has(first+parts-1) {
			continue
		}
		if err := t.shelf("rests").delete(k); err != nil {
			return err
		}
		if err := t.free(c.To, c.From, size); err != nil {
			return err
		}
	}
	return nil
}

// chargeKey names a text of several parts. Parts and size are in it: a part that claims others is of another text, and pays.
func chargeKey(to, from store.Key, x store.Text) []byte {
	k := clientKey(to).client(from).number(x.Epoch).number(x.ToEpoch).number(x.First())
	return k.number(uint64(x.Parts)).number(uint64(x.Size))
}

// usage is what waits: whole texts, and their bytes.
type usage struct{ Texts, Bytes uint64 }

// add tells whether a text of that size fits; a limit of 0 is none.
func (u *usage) add(size, texts, bytes uint64) bool {
	u.Texts++
	u.Bytes += size
	return (texts == 0 || u.Texts <= texts) && (bytes == 0 || u.Bytes <= bytes)
}

func (u *usage) sub(size uint64) {
	u.Texts -= min(u.Texts, 1)
	u.Bytes -= min(u.Bytes, size)
}

func (u *usage) encode(w *writer) {
	w.array(2)
	w.uint(u.Texts)
	w.uint(u.Bytes)
}

func (u *usage) decode(r *reader) {
	r.array(2)
	u.Texts, u.Bytes = r.u64(), r.u64()
}
