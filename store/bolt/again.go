package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"go.etcd.io/bbolt"

	"udpchat/store"
)

// again does again what only the log has, in the schema that wrote it, then changes the schema, then begins with a new log.
func (f *file) again(l layout, have uint32, limit int64) (err error) {
	if f.log, err = openLog(f.path, limit); err != nil {
		return err
	}
	replay := func() error { return f.guard("reading", func() error { return f.replay(true) }) }
	if have >= schemaOfLog {
		if err := replay(); err != nil {
			return err
		}
	}
	if int(have) < len(l.steps) {
		if err := f.migrate(l.steps); err != nil {
			return err
		}
	}
	if have < schemaOfLog { // there should be no log
		if err := replay(); err != nil {
			return err
		}
	}
	return f.log.create(f.path)
}

// replay brings into the database what only the log has: all at once, or record by record where there is no room for that. At the
// opening the database needs the log no more after it, since another life begins.
func (f *file) replay(opening bool) error {
	var have mark
	if err := f.read(func(tx *bbolt.Tx) error { return f.shelf(tx, metaBucket).must(logKey, &have) }); err != nil {
		return err
	}
	list, err := f.log.after(have)
	if err != nil {
		return err
	}
	if len(list) == 0 && (!opening || !have.needed) {
		return nil
	}
	for n := len(list); ; n = min(n, len(list)) {
		last := have
		if n > 0 {
			last = list[n-1].mark
		}
		last.needed = !opening || n < len(list)
		switch err, full := f.replaySome(list[:n], last); {
		case full && n > 1:
			n = 1
			continue
		case err != nil:
			return fmt.Errorf("write what %s has into %s: %w", f.log.path, f.path, err)
		}
		if list = list[n:]; len(list) == 0 {
			return nil
		}
	}
}

// replaySome is one transaction.
func (f *file) replaySome(list []logRecord, last mark) (err error, full bool) {
	tx, err := f.begin(true)
	if err != nil {
		return err, false
	}
	defer f.abandon(tx)
	for _, r := range list {
		if err := r.redo.do(tx); err != nil {
			return err, false
		}
	}
	if err := f.shelf(tx, metaBucket).put(logKey, &last); err != nil {
		return err, false
	}
	id := tx.ID()
	err = tx.Commit()
	return err, err != nil && f.undone(id, err)
}

// logRecord is a record that was read.
type logRecord struct {
	mark
	redo redo
	size int64 // with its zeros
}

// noLog is what a user puts into a log to go on without what it had.
const noLog = "none"

// after reads what comes after a mark, in order.
func (l *writeAhead) after(m mark) ([]logRecord, error) {
	b, err := l.read()
	if err != nil {
		return nil, err
	}
	if strings.Trim(string(b[:min(len(b), 16)]), " \r\n\x00") == noLog {
		return nil, nil
	}
	heading, whole := parseHeading(b)
	if !m.needed {
		return nil, l.stale(m, b, heading, whole)
	}
	switch {
	case l.os == nil:
		return nil, l.damaged("it is missing")
	case len(b) == 0:
		return nil, l.damaged("it is empty")
	case !whole:
		return nil, l.damaged("it does not begin like a log")
	case heading.Life != m.Life:
		return nil, l.damaged("it is another store's, or of another run")
	case heading.Number > m.Number:
		return nil, l.damaged("it begins behind what the store has, which is an older copy")
	case heading.size > int64(len(b)):
		return nil, l.damaged("it was cut short: it has %d bytes of %d", len(b), heading.size)
	}
	return l.collect(m, heading.Number, b)
}

// collect reads the records after a mark, where the first one in the log comes after another number. The last record may have been cut by
// a power loss: nothing was promised of it. One in front of a sound one was not, nor one that the database knows of.
func (l *writeAhead) collect(m mark, last uint64, b []byte) (list []logRecord, err error) {
	begin, unbroken := last, true
	for at := int64(logSector); at < int64(len(b)); {
		r, ok := parseLog(b[at:])
		if ok && r.Life == m.Life && r.Number > begin {
			if !unbroken || r.Number != last+1 {
				return nil, l.damaged("a record is missing in it")
			}
			if last++; last > m.Number {
				list = append(list, r)
			}
		} else { // it is from before the log began again, or not whole
			unbroken = false
		}
		if !ok {
			r.size = logSector
		}
		at += r.size
	}
	if last < m.Number {
		return nil, l.damaged("it ends before what the store has, and is an older copy")
	}
	return list, nil
}

// stale looks at a log that the database does not need. A kill leaves one that is empty, or that the database has all of: what was not
// written by this store, or goes with another copy of it, is not thrown away.
func (l *writeAhead) stale(m mark, b []byte, heading logRecord, whole bool) error {
	if !whole && len(bytes.Trim(b, "\x00")) > 0 {
		return l.damaged("it does not begin like a log")
	}
	if !whole || heading.Life == m.Life || len(b) < logSector {
		return nil
	}
	if r, ok := parseLog(b[logSector:]); ok && r.Life == heading.Life && r.Number == heading.Number+1 {
		return l.damaged("it has what the store never had: it goes with another copy of it")
	}
	return nil
}

func (l *writeAhead) damaged(format string, args ...any) error {
	return fmt.Errorf("%s is %w: %s; restore it and the store from one backup, or, to go on without what it has, put the word %s into it (echo %s > %s)",
		l.path, store.ErrDamaged, fmt.Sprintf(format, args...), noLog, noLog, l.path)
}

// read reads the file, whose length is bounded (openLog).
func (l *writeAhead) read() ([]byte, error) {
	if l.os == nil {
		return nil, nil
	}
	b := make([]byte, min(l.end, logMost)) // an earlier run may have had another limit
	if _, err := l.os.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("store: read %s: %w", l.path, err)
	}
	return b, nil
}

// parseHeading reads the log's first sector. Its size is the whole file's.
func parseHeading(b []byte) (logRecord, bool) {
	r, ok := parseLog(b)
	if !ok || len(r.redo) != len(logWord)+8 || string(r.redo[:len(logWord)]) != logWord {
		return logRecord{}, false
	}
	r.size = int64(binary.BigEndian.Uint64(r.redo[len(logWord):]))
	return r, true
}

// parseLog reads the record that b begins with; false when there is none.
func parseLog(b []byte) (r logRecord, ok bool) {
	if len(b) < logHeader {
		return r, false
	}
	n := int64(binary.BigEndian.Uint32(b[4:]))
	if n == 0 || n > int64(len(b)-logHeader) || crc32.Checksum(b[4:logHeader+n], castagnoli) != binary.BigEndian.Uint32(b) {
		return r, false
	}
	r.mark = mark{Life: binary.BigEndian.Uint64(b[8:]), Number: binary.BigEndian.Uint64(b[16:])}
	r.redo = b[logHeader : logHeader+n]
	r.size = sectors(int(logHeader + n))
	return r, true
}
