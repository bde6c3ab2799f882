package seal

// Lane is one author's posts of one epoch to one channel. Seqs count from 1 in each (protocol.md §5.1), and so does each
// have a chain of its own.
type Lane struct {
	Channel, Author [32]byte
	Epoch, ToEpoch  uint64
}

// Lane is the post's.
func (p *Post) Lane() Lane {
	return Lane{Channel: p.Channel, Author: p.Author, Epoch: p.Epoch, ToEpoch: p.ToEpoch}
}

// Chain is the end of a lane as one member saw it. The zero value has seen nothing. It is 40 bytes that a store keeps.
//
// A chain shows what the server did to the middle of a lane: a post that is missing, or exchanged, or told to two
// members in two ways. That the end of it is withheld shows with the first post of the next lane.
type Chain struct {
	Seq  uint64   // of the last post taken, 0 for none
	Hash [32]byte // its HashPost
}

// Verdict is how a post stands to a chain.
type Verdict uint8

const (
	OK    Verdict = 0 // the next one
	Start Verdict = 1 // the first one seen, in the middle of its lane: right for who joined after its beginning
	Gap   Verdict = 2 // posts between it and the last one are missing
	Fork  Verdict = 3 // another past than the one seen: of the author's two stories, or the server's, each is signed
	Old   Verdict = 4 // before the last one, or that one again: seen, or a gap's that was noted
)

// String is the verdict as logs name it.
func (v Verdict) String() string {
	switch v {
	case OK:
		return "next"
	case Start:
		return "start"
	case Gap:
		return "gap"
	case Fork:
		return "fork"
	case Old:
		return "old"
	}
	return "unknown"
}

// Check says how a post, which was verified, stands to its lane's chain, of which something was seen; History.Check knows the others too.
// It changes nothing.
func (c Chain) Check(p *Post) Verdict {
	switch {
	case p.Seq < c.Seq:
		return Old
	case p.Seq == c.Seq && HashPost(p) == c.Hash:
		return Old
	case p.Seq == c.Seq:
		return Fork
	case p.Seq-1 > c.Seq:
		return Gap
	case p.Prev != c.Hash || p.After != Place{p.Epoch, c.Seq}:
		return Fork
	}
	return OK
}

// History is the chains of one author in one store, as one member saw them, by epoch. An author begins a lane when the one before it is at
// its end, and says where that is: so a server can't keep a whole lane back either.
type History map[uint64]Chain

// Check says how a post, which was verified, stands to what was seen of its author. It changes nothing.
func (h History) Check(p *Post) Verdict {
	if !p.placed() {
		return Fork
	}
	if c := h[p.Epoch]; c.Seq > 0 {
		return c.Check(p)
	}
	before, known := h[p.After.Epoch]
	switch {
	case len(h) == 0 && p.Seq == 1 && p.After == Place{}:
		return OK
	case len(h) == 0:
		return Start
	case p.Seq == 1 && !known && h.begins(p.After.Epoch):
		return OK
	case p.Seq > 1 || before.Seq < p.After.Seq:
		return Gap
	case before.Seq == p.After.Seq && before.Hash != p.Prev:
		return Fork
	}
	return OK // also when the author knows less than was seen of it: it went back to an older copy of itself
}

// placed tells whether a post stands behind another one as an honest author lets it.
func (p *Post) placed() bool {
	switch {
	case p.After == Place{}:
		return p.Seq == 1 && p.Prev == [32]byte{}
	case p.Seq == 1:
		return p.After.Epoch != p.Epoch
	}
	return p.Seq > 0 && p.After == Place{p.Epoch, p.Seq - 1}
}

// begins tells whether all that was seen is of later epochs: what was before is not known here. Epochs grow (protocol.md §5.1).
func (h History) begins(epoch uint64) bool {
	for e := range h {
		if e < epoch {
			return false
		}
	}
	return true
}

// Take is the chain that ends with the post. Who goes on after a Gap or a Fork takes the post too, and each break is told
// once; an Old one changes nothing.
func (c Chain) Take(p *Post) Chain {
	if p.Seq <= c.Seq {
		return c
	}
	return Chain{Seq: p.Seq, Hash: HashPost(p)}
}
