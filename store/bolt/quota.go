package bolt

import "udpchat/store"

// What waits is counted in records, per recipient and per pair, that change with it: a start counts nothing. A text is charged
// whole with the first of its parts that comes, so that all of them find room or none, and discharged with the last one that goes.

// charge makes room for a text, or says why there is none.
func (t *serverTx) charge(c store.Deposit) (store.Verdict, error) {
	if c.Text.Parts <= 1 {
		return t.use(c)
	}
	key := chargeKey(c.To, c.From, c.Text)
	var parts number // of the text that wait
	known, err := t.shelf("texts").get(key, &parts)
	if err != nil {
		return 0, err
	}
	if !known {
		if verdict, err := t.use(c); err != nil || verdict != store.Accepted {
			return verdict, err
		}
	}
	parts++
	return store.Accepted, t.shelf("texts").put(key, &parts)
}

// use adds a text to what is used.
func (t *serverTx) use(c store.Deposit) (store.Verdict, error) {
	var all, pair usage
	if _, err := t.usage.get(clientKey(c.To), &all); err != nil {
		return 0, err
	}
	if _, err := t.usage.get(clientKey(c.To).client(c.From), &pair); err != nil {
		return 0, err
	}
	size := uint64(c.Text.Size)
	if c.Quota.Longest > 0 && size > c.Quota.Longest {
		return store.TooLong, nil
	}
	if !all.add(size, c.Quota.Texts, c.Quota.Bytes) {
		return store.FullMailbox, nil
	}
	if !pair.add(size, c.Quota.PairTexts, c.Quota.PairBytes) {
		return store.FullPair, nil
	}
	t.usage.put(clientKey(c.To), all)
	t.usage.put(clientKey(c.To).client(c.From), pair)
	return store.Accepted, nil
}

// free takes a text off what is used.
func (t *serverTx) free(to, from store.Key, size uint64) error {
	for _, key := range []key{clientKey(to), clientKey(to).client(from)} {
		var u usage
		if known, err := t.usage.get(key, &u); err != nil || !known {
			return err
		}
		if u.sub(size); u.Texts == 0 {
			t.usage.delete(key)
		} else {
			t.usage.put(key, u)
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
	return t.free(to, it.From, uint64(it.Text.Size))
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
