package wire

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/vmihailenco/msgpack/v5"
)

// Row is one client of the table.
type Row struct {
	Key   Key
	Name  string
	Epoch uint64
	Addr  netip.AddrPort // the zero value when it is not known; IPv4 unmapped, without a zone
	State Presence
}

// Table is a page of what changed in the table of clients (§4, §8.7). It is sent until TableAck answers it.
type Table struct {
	Base uint32 // what it follows: TableBase of a store and a revision, which its reader has or had
	Span uint64 // the rows are all that changed in so many revisions above that one
	More bool   // the table has changed beyond them: another page follows
	Rows []Row
}

// TableBase names a revision of a store's table in few bytes: their sum, as much of it as fits. Both are random in these bits from run to
// run (§9), so that a page of another store, or of another copy of it, is taken for one of this once in 2^32.
func TableBase(store, revision uint64) uint32 { return uint32(store + revision) }

// TableAck answers Table: the client has the table of Store as of Revision.
type TableAck struct {
	Store    uint64
	Revision uint64
}

const (
	tableFields    = 4
	rowFields      = 2
	tableAckFields = 2

	// rowSize is what a row has beside its name and the bytes of its address: key, epoch, state, port.
	rowSize = keySize + 8 + 1 + 2
)

func (*Table) Kind() Kind    { return KindTable }
func (*TableAck) Kind() Kind { return KindTableAck }

func (*TableAck) check() error { return nil }

func (m *Table) check() error {
	if len(m.Rows) > MaxRows {
		return fmt.Errorf("%w: %d rows", ErrMalformed, len(m.Rows))
	}
	for i := range m.Rows {
		if err := m.Rows[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Row) check() error {
	if err := CheckName(r.Name); err != nil {
		return fmt.Errorf("%w: row: %w", ErrMalformed, err)
	}
	if r.State > Online {
		return errRange
	}
	return checkAddr(r.Addr)
}

// Size is the encoded row in bytes: rows of at most TableRoom bytes together, and no more than MaxRows, fit one Table.
func (r *Row) Size() int {
	name := 1 + len(r.Name)
	if len(r.Name) > 31 {
		name++
	}
	return 1 + name + 2 + rowSize + r.Addr.Addr().Unmap().BitLen()/8
}

func (m *Table) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindTable, tableFields)
	w.uint(uint64(m.Base))
	w.uint(m.Span)
	w.bool(m.More)
	w.rows(m.Rows)
	return w.err
}

func (w *writer) rows(rows []Row) {
	w.array(len(rows))
	for i := range rows {
		row := &rows[i]
		w.array(rowFields)
		w.string(row.Name)
		w.bytes(row.append(w.scratch()))
	}
}

// append appends what stands in a row beside the name, all of one width but the address at the end.
func (r *Row) append(b []byte) []byte {
	b = append(b, r.Key[:]...)
	b = binary.BigEndian.AppendUint64(b, r.Epoch)
	b = append(b, byte(r.State))
	b = binary.BigEndian.AppendUint16(b, r.Addr.Port())
	return appendIP(b, r.Addr.Addr())
}

func (m *Table) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindTable, tableFields)
	m.Base = num[uint32](&r)
	m.Span = num[uint64](&r)
	m.More = r.bool()
	m.Rows = r.rows(MaxRows)
	return r.done(m)
}

func (r *reader) rows(limit int) []Row {
	n := r.array(limit)
	if n == 0 {
		return nil
	}
	rows := make([]Row, n)
	for i := range rows {
		row := &rows[i]
		if n := r.array(rowFields); r.err == nil && n != rowFields {
			r.err = errArity
		}
		row.Name = r.name()
		row.read(r)
	}
	return rows
}

// read reads what append wrote.
func (r *Row) read(from *reader) {
	b := from.bytes(rowSize + 16)
	if from.err == nil && len(b) < rowSize {
		from.err = errLength
	}
	if from.err != nil {
		return
	}
	r.Key, b = Key(b), b[keySize:]
	r.Epoch, b = binary.BigEndian.Uint64(b), b[8:]
	r.State, b = Presence(b[0]), b[1:]
	r.Addr = from.ip(b[2:], binary.BigEndian.Uint16(b))
}

func (m *TableAck) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindTableAck, tableAckFields)
	w.uint(m.Store)
	w.uint(m.Revision)
	return w.err
}

func (m *TableAck) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindTableAck, tableAckFields)
	m.Store = num[uint64](&r)
	m.Revision = num[uint64](&r)
	return r.done(m)
}
