package wire

import (
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

// Table is a page of what changed in the table of clients (§4). It is sent until TableAck answers it.
type Table struct {
	Store uint64
	Since uint64 // the rows are all that changed above Since, up to Until
	Until uint64
	Head  uint64 // the table's head now: more pages follow when above Until
	Rows  []Row
}

// TableAck answers Table: the client has the table of Store as of Revision.
type TableAck struct {
	Store    uint64
	Revision uint64
}

const (
	tableFields    = 5
	rowFields      = 6
	tableAckFields = 2
)

func (*Table) Kind() Kind    { return KindTable }
func (*TableAck) Kind() Kind { return KindTableAck }

func (*TableAck) check() error { return nil }

func (m *Table) check() error {
	if m.Since > m.Until || m.Until > m.Head {
		return fmt.Errorf("%w: table from %d to %d of %d", ErrMalformed, m.Since, m.Until, m.Head)
	}
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
	return 1 + 2 + keySize + name + uintSize(r.Epoch) + 2 + r.Addr.Addr().Unmap().BitLen()/8 + uintSize(uint64(r.Addr.Port())) + 1
}

// uintSize is the width of an integer in bytes.
func uintSize(n uint64) int {
	switch {
	case n < 1<<7:
		return 1
	case n < 1<<8:
		return 2
	case n < 1<<16:
		return 3
	case n < 1<<32:
		return 5
	}
	return maxUint
}

func (m *Table) EncodeMsgpack(e *msgpack.Encoder) error {
	w := begin(e, KindTable, tableFields)
	w.uint(m.Store)
	w.uint(m.Since)
	w.uint(m.Until)
	w.uint(m.Head)
	w.rows(m.Rows)
	return w.err
}

func (w *writer) rows(rows []Row) {
	w.array(len(rows))
	for i := range rows {
		row := &rows[i]
		w.array(rowFields)
		w.key(&row.Key)
		w.string(row.Name)
		w.uint(row.Epoch)
		w.addr(row.Addr)
		w.uint(uint64(row.State))
	}
}

func (m *Table) DecodeMsgpack(d *msgpack.Decoder) error {
	r := open(d, KindTable, tableFields)
	m.Store = num[uint64](&r)
	m.Since = num[uint64](&r)
	m.Until = num[uint64](&r)
	m.Head = num[uint64](&r)
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
		r.key(&row.Key)
		row.Name = r.name()
		row.Epoch = num[uint64](r)
		row.Addr = r.addr()
		row.State = num[Presence](r)
	}
	return rows
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
