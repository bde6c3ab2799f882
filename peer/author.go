package peer

import (
	"slices"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

// author is what was seen of someone's posts (protocol.md §14.4), of this client's own too.
type author struct {
	key    wire.Key
	seen   seal.History
	epochs []uint64 // by first sight
	newest uint64   // of them: the latest run
	told   int      // of inbox.told, what explains nothing any more that is missing of them
}

func (b *inbox) author(k wire.Key) *author {
	a := b.authors[k]
	if a == nil {
		a = &author{key: k, seen: seal.History{}}
		b.authors[k] = a
	}
	return a
}

// take moves the end of a lane to a post, and forgets the lane seen first when they are too many.
func (a *author) take(p *seal.Post) (gone *store.Chain) {
	if _, known := a.seen[p.Epoch]; !known {
		if a.epochs = append(a.epochs, p.Epoch); len(a.epochs) > maxEpochs {
			gone = a.forget(a.epochs[0])
		}
	}
	a.seen[p.Epoch] = a.seen[p.Epoch].Take(p)
	a.newest = max(a.newest, p.Epoch)
	return gone
}

func (a *author) forget(epoch uint64) *store.Chain {
	gone := a.record(epoch)
	delete(a.seen, epoch)
	a.epochs = slices.DeleteFunc(a.epochs, func(e uint64) bool { return e == epoch })
	return gone
}

func (a *author) record(epoch uint64) *store.Chain {
	end := a.seen[epoch]
	return &store.Chain{Author: store.Key(a.key), Epoch: epoch, Seq: end.Seq, Hash: end.Hash}
}

// last is where an author's posts have come, for the author itself: it keeps only its last lane.
func (a *author) last() (at seal.Place, hash [32]byte) {
	if len(a.epochs) == 0 {
		return at, hash
	}
	epoch := a.epochs[len(a.epochs)-1]
	return seal.Place{Epoch: epoch, Seq: a.seen[epoch].Seq}, a.seen[epoch].Hash
}

// loadAuthors takes how far the posts of each author have come. Epochs of later runs are higher.
func (c *Core) loadAuthors(from store.Loaded) {
	c.inbox.authors = map[wire.Key]*author{}
	for _, end := range from.Chains {
		a := c.inbox.author(wire.Key(end.Author))
		a.seen[end.Epoch] = seal.Chain{Seq: end.Seq, Hash: end.Hash}
		a.epochs = append(a.epochs, end.Epoch)
		a.newest = max(a.newest, end.Epoch)
	}
	for _, a := range c.inbox.authors {
		slices.Sort(a.epochs)
	}
}
