package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"udpchat/store"
)

// writeAhead is the log beside the database: a group of changes is durable when its record in here is, with one sync of a few sectors,
// where bbolt takes two syncs and a page for each record and all above it. bbolt commits when the log is full, or nothing came for a
// while (update.go). Then the log begins again at its start: what is in it counts as long as the database does not have it.
//
//	┌──────────┬──────┬──────┬────────┬──────┬─────────────────────────┐
//	│ CRC-32C  │ size │ life │ number │ redo │ zeros up to the sector's│
//	│ of the 4 │  4   │  8   │   8    │      │ end                     │
//	│ behind it│      │      │        │      │                         │
//	└──────────┴──────┴──────┴────────┴──────┴─────────────────────────┘
//
// All numbers are big-endian. A life is one opening of the store that changed something: it is drawn at random, and its records count from 1.
// The database says up to which one it has them (mark). So an older copy of one file beside the other is never mixed up with it.
type writeAhead struct {
	path  string
	os    *os.File
	mark  mark  // of the last record
	known bool  // the database knows this life
	named bool  // its name is durable
	at    int64 // where the next record begins
	end   int64 // up to here the disk has given room
	limit int64 // the log never becomes longer
	buf   []byte
}

const (
	logHeader = 4 + 4 + 8 + 8
	logSector = 512       // a disk writes it whole or not at all; no two records are in one
	logSize   = 256 << 10 // what is ahead is in memory as well
	logStep   = 128 << 10 // by which the file grows: each time costs the file system a change of its own
)

// mark is how far a life came.
type mark struct{ Life, Number uint64 }

func (m *mark) encode(w *writer) {
	w.array(2)
	w.uint(m.Life)
	w.uint(m.Number)
}

func (m *mark) decode(r *reader) {
	r.array(2)
	m.Life, m.Number = r.u64(), r.u64()
}

var logKey = []byte("log")

func logPath(path string) string { return path + ".wal" }

// openLog opens the log of the store at path, if there is one. It is made with the first record, and goes when the store is closed.
func openLog(path string, limit int64) (*writeAhead, error) {
	l := &writeAhead{path: logPath(path), limit: limit, mark: mark{Life: randomID()}}
	err := l.open(0)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: open its log: %w", path, err)
	}
	return l, nil
}

func (l *writeAhead) open(flag int) (err error) {
	if l.os, err = os.OpenFile(l.path, os.O_RDWR|flag, 0o600); err != nil {
		l.os = nil
		return err
	}
	if l.end, err = l.os.Seek(0, io.SeekEnd); err != nil {
		_ = l.os.Close()
		l.os = nil
	}
	return err
}

// close closes it; the file goes when the database has all of it.
func (l *writeAhead) close(done bool) error {
	if l == nil || l.os == nil {
		return nil
	}
	err := l.os.Close()
	if l.os = nil; done && err == nil {
		err = os.Remove(l.path)
	}
	return err
}

// append makes a record durable; false when there is no room for it, the database does not know this life, or there can be no log. After
// an error it is unknown whether the record is there.
func (l *writeAhead) append(r redo) (bool, error) {
	end := l.at + sectors(logHeader+len(r))
	if !l.known || end > l.limit {
		return false, nil
	}
	if l.os == nil && l.open(os.O_CREATE) != nil {
		return false, nil
	}
	err := l.grow(end)
	if err == nil {
		_, err = l.os.WriteAt(l.encode(r), l.at)
	}
	if noSpace(err) {
		return false, nil
	}
	if err == nil {
		err = datasync(l.os)
	}
	if err != nil {
		return false, fmt.Errorf("write %s: %w", l.path, err)
	}
	l.at = end
	l.mark.Number++
	return true, nil
}

// grow makes the file long enough, and more; and its name durable: also a run that was killed may have made it.
func (l *writeAhead) grow(end int64) error {
	if !l.named {
		if err := syncDir(l.path); err != nil {
			return syncError{err}
		}
		l.named = true
	}
	if end <= l.end {
		return nil
	}
	to := min(end+logStep, l.limit)
	if err := writeZeros(l.os, l.end, to); err != nil {
		return err
	}
	l.end = to
	return nil
}

func (l *writeAhead) encode(r redo) []byte {
	b := append(l.buf[:0], make([]byte, logHeader)...)
	b = append(b, r...)
	binary.BigEndian.PutUint32(b[4:], uint32(len(r)))
	binary.BigEndian.PutUint64(b[8:], l.mark.Life)
	binary.BigEndian.PutUint64(b[16:], l.mark.Number+1)
	binary.BigEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	l.buf = append(b, make([]byte, sectors(len(b))-int64(len(b)))...)
	return l.buf
}

// sectors is how much of the file n bytes take.
func sectors(n int) int64 { return (int64(n) + logSector - 1) / logSector * logSector }

// begun notes that the database has everything, and knows this life.
func (l *writeAhead) begun() { l.known, l.at = true, 0 }

// logRecord is a record that was read.
type logRecord struct {
	mark
	redo redo
	size int64 // with its zeros
}

// after reads what comes after a mark, in order. The last record may have been cut by a power loss: nothing was promised of it. One in
// front of a sound one was not.
func (l *writeAhead) after(m mark) (list []logRecord, err error) {
	if l.os == nil {
		return nil, nil
	}
	b := make([]byte, l.end) // an earlier run may have had another limit
	if _, err := l.os.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("store: read %s: %w", l.path, err)
	}
	for at, whole := int64(0), true; at < int64(len(b)); {
		r, ok := parseLog(b[at:])
		later := ok && r.Life == m.Life && r.Number > m.Number
		switch next := m.Number + uint64(len(list)) + 1; {
		case later && (!whole || r.Number != next):
			return nil, fmt.Errorf("%s is %w: a record is missing in it; restore it and the store from a backup, or delete it to go on without what it has",
				l.path, store.ErrDamaged)
		case later:
			list = append(list, r)
		}
		if whole = whole && ok; !ok {
			r.size = logSector
		}
		at += r.size
	}
	return list, nil
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
	r.mark = mark{binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])}
	r.redo = b[logHeader : logHeader+n]
	r.size = sectors(int(logHeader + n))
	return r, true
}
