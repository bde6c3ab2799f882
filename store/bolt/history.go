package bolt

import (
	"go.etcd.io/bbolt"

	"udpchat/store"
)

// History lists lines. A damaged one ends the list with an error that names it; what was read before it is given too, and
// after = its order goes on behind it.
func (p *Profile) History(after uint64, limit int) (lines []store.Line, err error) {
	for len(lines) < limit {
		n := min(limit-len(lines), pageSize)
		page, err := p.historyPage(after, n)
		lines = append(lines, page...)
		if err != nil {
			return lines, err
		}
		if len(page) < n {
			break
		}
		after = page[n-1].Order
	}
	return lines, nil
}

func (p *Profile) historyPage(after uint64, limit int) (page []store.Line, err error) {
	err = p.file.view(func(tx *bbolt.Tx) error {
		s := p.file.strictShelf(tx, "lines")
		return s.scan(nil, numberKey(after).after(), func(k, v []byte) error {
			if len(page) == limit {
				return errStop
			}
			var l line
			err := s.read(k, v, &l)
			if err != nil {
				return err
			}
			l.Order = orderOf(k)
			if l.Out {
				if l.End, err = p.file.endOf(tx, k); err != nil {
					return err
				}
			}
			page = append(page, store.Line(l))
			return nil
		})
	})
	return page, err
}

// putLine keeps a line. One's own were on the screen when they were typed; what came in waits for Shown.
func (t *profileTx) putLine(l store.Line) error {
	if err := t.shelf("lines").put(numberKey(l.Order), (*line)(&l)); err != nil {
		return err
	}
	if l.Out {
		return t.putEnd(l.Order, l.End)
	}
	return t.shelf("unshown").put(numberKey(l.Order), &nothing{})
}

func (t *profileTx) shown(c store.Shown) error {
	for _, order := range c.Lines {
		if err := t.shelf("unshown").delete(numberKey(order)); err != nil {
			return err
		}
	}
	return nil
}

// readUnshown reads the line that a record of the unshown bucket names.
func (p *Profile) readUnshown(s shelf, k, v []byte, list []store.Line) ([]store.Line, error) {
	if err := s.read(k, v, &nothing{}); err != nil {
		return nil, err
	}
	var l line
	err := p.file.shelf(s.bucket.Tx(), "lines").must(k, &l)
	l.Order = orderOf(k)
	return append(list, store.Line(l)), err
}

// lastLine is the order of the last line; 0 when there is none.
func lastLine(s shelf) (uint64, error) {
	if err := s.open(); err != nil {
		return 0, err
	}
	c := s.bucket.Cursor()
	if k, _ := c.First(); k == nil {
		// Below branches with nothing but empty leaves bbolt's Last would look for a key for ever.
		if s.bucket.Stats().Depth > 1 {
			return 0, s.file.damaged("bucket %s: its pages are empty", s.name)
		}
		return 0, nil
	}
	k, v := c.Last()
	return orderOf(k), s.read(k, v, &line{})
}

// line is a line of history without its order and its end.
type line store.Line

func (l *line) encode(w *writer) {
	w.array(10)
	w.bytes(l.Peer[:])
	w.uint(l.Epoch)
	w.uint(l.First)
	w.uint(l.Last)
	w.int(l.Time)
	w.int(l.Arrived)
	w.bool(l.Out)
	w.bool(l.Post)
	w.bool(l.Mail)
	w.string(l.Text)
}

func (l *line) decode(r *reader) {
	r.array(10)
	r.fill(l.Peer[:])
	l.Epoch, l.First, l.Last = r.u64(), r.u64(), r.u64()
	l.Time, l.Arrived = r.int(), r.int()
	l.Out, l.Post, l.Mail = r.bool(), r.bool(), r.bool()
	l.Text = r.string()
}
