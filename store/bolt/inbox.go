package bolt

import (
	"bytes"

	"udpchat/store"
)

func (t *profileTx) receive(c *store.Receive) error {
	if c.Drop != nil {
		if err := t.dropSource(*c.Drop); err != nil {
			return err
		}
	}
	if g := c.Forget; g != nil {
		if err := t.removeParts(g.Author, g.Epoch, 0, func(_, toEpoch uint64) (bool, bool) { return toEpoch == g.ToEpoch, true }); err != nil {
			return err
		}
	}
	if s := c.Source; s != nil {
		t.sources.put(sourceKey(*s), source{s.Age, s.Marks})
	}
	if p := c.Part; p != nil {
		if err := t.shelf("parts").put(partKey(p.From, p.Text), &part{p.Mail, p.Post, p.Text}); err != nil {
			return err
		}
	}
	for _, seq := range c.Torn {
		from, epoch, toEpoch := c.TornOf()
		if err := t.shelf("parts").delete(partKey(from, store.Text{Epoch: epoch, ToEpoch: toEpoch, Seq: seq})); err != nil {
			return err
		}
	}
	if c.Line != nil {
		if err := t.dropParts(c); err != nil {
			return err
		}
		if err := t.putLine(*c.Line); err != nil {
			return err
		}
	}
	if s := c.Stream; s != nil {
		t.streams.put(numberKey(s.Store), stream{s.Marks})
	}
	return t.putChain(c.Chain, c.Forget)
}

// dropSource removes a source and the parts that it leaves behind.
func (t *profileTx) dropSource(s store.Source) error {
	t.sources.delete(sourceKey(s))
	return t.removeParts(s.From, s.Marks.Epoch, 0, func(_, toEpoch uint64) (bool, bool) { return toEpoch == s.Marks.ToEpoch, true })
}

// dropParts removes the parts of a text that is whole now. They name this client's epoch, as the source does, a post's what
// its chain does, and one that nobody signed the server's store.
func (t *profileTx) dropParts(c *store.Receive) error {
	return t.removeParts(c.Line.Peer, c.Line.Epoch, c.Line.First, func(seq, toEpoch uint64) (hit, more bool) {
		switch {
		case c.Source != nil:
			hit = toEpoch == c.Source.Marks.ToEpoch
		case c.Chain != nil:
			hit = toEpoch == c.Chain.ToEpoch
		case c.Stream != nil:
			hit = toEpoch == c.Stream.Store
		default:
			hit = true
		}
		return hit, seq <= c.Line.Last
	})
}

// removeParts removes those of a sender's parts that match says true of, from a seq on, as long as the second answer is true.
func (t *profileTx) removeParts(from store.Key, epoch, seq uint64, match func(seq, toEpoch uint64) (hit, more bool)) error {
	var gone [][]byte
	prefix := clientKey(from).number(epoch)
	err := t.shelf("parts").scan(prefix, key(bytes.Clone(prefix)).number(seq), func(k, _ []byte) error {
		c := cut(k[len(prefix):])
		hit, more := match(c.number(), c.number())
		if !more {
			return errStop
		}
		if hit {
			gone = append(gone, bytes.Clone(k))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.shelf("parts").delete(gone...)
}

func sourceKey(s store.Source) []byte {
	return clientKey(s.From).number(s.Marks.Epoch).number(s.Marks.ToEpoch)
}

func partKey(from store.Key, x store.Text) []byte {
	return clientKey(from).number(x.Epoch).number(x.Seq).number(x.ToEpoch)
}

func readSource(s shelf, k, v []byte, list []store.Source) ([]store.Source, error) {
	var src source
	err := s.read(k, v, &src)
	c := cut(k)
	from := c.client()
	src.Marks.Epoch, src.Marks.ToEpoch = c.number(), c.number()
	return append(list, store.Source{From: from, Age: src.Age, Marks: src.Marks}), err
}

func readPart(s shelf, k, v []byte, list []store.Part) ([]store.Part, error) {
	var p part
	err := s.read(k, v, &p)
	c := cut(k)
	return append(list, store.Part{From: c.client(), Text: p.Text, Mail: p.Mail, Post: p.Post}), err
}

func readStream(s shelf, k, v []byte, list []store.Stream) ([]store.Stream, error) {
	var st stream
	err := s.read(k, v, &st)
	c := cut(k)
	return append(list, store.Stream{Store: c.number(), Marks: st.Marks}), err
}

// source is a source's marks; the rest is its key.
type source struct {
	Age   uint64
	Marks store.Marks
}

func (s *source) encode(w *writer) {
	w.array(2)
	w.uint(s.Age)
	encodeMarks(w, s.Marks)
}

func (s *source) decode(r *reader) {
	r.array(2)
	s.Age = r.u64()
	s.Marks = decodeMarks(r)
}

// part is a part of a text that is not whole.
type part struct {
	Mail, Post bool
	Text       store.Text
}

func (p *part) encode(w *writer) {
	w.array(3)
	w.bool(p.Mail)
	w.bool(p.Post)
	encodeText(w, p.Text)
}

func (p *part) decode(r *reader) {
	r.array(3)
	p.Mail = r.bool()
	p.Post = r.bool()
	p.Text = decodeText(r)
}

// stream is how far a server's store was received.
type stream struct{ Marks store.Marks }

func (s *stream) encode(w *writer) {
	w.array(1)
	encodeMarks(w, s.Marks)
}

func (s *stream) decode(r *reader) {
	r.array(1)
	s.Marks = decodeMarks(r)
}
