package wire

import (
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Find asks the server for the row of a name (§4, §8.9). The answer is Named.
type Find struct{ Name string }

// Named answers Find.
type Named struct {
	Name string
	Rows []Row // one, of exactly that name, or none
}

const (
	findFields  = 1
	namedFields = 2
)

func (*Find) Kind() Kind  { return KindFind }
func (*Named) Kind() Kind { return KindNamed }

func (m *Find) check() error { return checkSize(m.Name) }

func (m *Named) check() error {
	switch {
	case len(m.Rows) == 0:
		return checkSize(m.Name)
	case len(m.Rows) > 1:
		return fmt.Errorf("%w: %d rows of one name", ErrMalformed, len(m.Rows))
	case m.Rows[0].Name != m.Name:
		return fmt.Errorf("%w: a row of another name", ErrMalformed)
	}
	return m.Rows[0].check()
}

func (m *Find) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindFind, findFields)
	w.string(m.Name)
	return w.err
}

func (m *Find) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindFind, findFields)
	m.Name = r.name()
	return r.done(m)
}

func (m *Named) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindNamed, namedFields)
	w.string(m.Name)
	w.rows(m.Rows)
	return w.err
}

func (m *Named) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindNamed, namedFields)
	m.Name = r.name()
	m.Rows = r.rows(1)
	return r.done(m)
}
