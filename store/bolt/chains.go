package bolt

import "udpchat/store"

// putChain moves the end of an author's posts, and forgets another; nil moves and forgets none.
func (t *profileTx) putChain(c, gone *store.Chain) error {
	if c != nil {
		if err := t.shelf("chains").put(chainKey(c), (*chain)(c)); err != nil {
			return err
		}
	}
	if gone == nil {
		return nil
	}
	return t.shelf("chains").delete(chainKey(gone))
}

func chainKey(c *store.Chain) []byte { return clientKey(c.Author).number(c.Epoch).number(c.ToEpoch) }

func readChain(s shelf, k, v []byte, list []store.Chain) ([]store.Chain, error) {
	var x chain
	err := s.read(k, v, &x)
	c := cut(k)
	x.Author = c.client()
	x.Epoch, x.ToEpoch = c.number(), c.number()
	return append(list, store.Chain(x)), err
}

// chain is a chain's end; the rest is its key.
type chain store.Chain

func (x *chain) encode(w *writer) {
	w.array(2)
	w.uint(x.Seq)
	w.bytes(x.Hash[:])
}

func (x *chain) decode(r *reader) {
	r.array(2)
	x.Seq = r.u64()
	r.fill(x.Hash[:])
}
