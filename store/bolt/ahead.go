package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
// The first sector is a record too, the heading: its number is that of the last record before the first one here, and for a redo it has a
// word and the file's length. The database says up to which record of which life it has them, and whether there is a log that goes with
// it (mark). The heading is durable before the database says so, and before a record is written over one that is older. So a log that is
// missing, was cut, or is of another time than the database is noticed (again.go), and one is never mixed up with another.
type writeAhead struct {
	path  string
	os    *os.File
	mark  mark  // of the last record
	ready bool  // the heading names what comes next
	known bool  // the database knows this life, and needs the log
	at    int64 // where the next record begins
	end   int64 // the file's length
	limit int64 // the log never becomes longer
	buf   []byte
}

const (
	logHeader = 4 + 4 + 8 + 8
	logSector = 512       // a disk writes it whole or not at all; no two records are in one
	logSize   = 256 << 10 // what is ahead is in memory as well
	logMost   = 16 << 20  // a longer file is somebody else's
	logWord   = "udpchat log "
)

// mark is how far a life came. With needed the database is whole only together with the log of that life.
type mark struct {
	Life, Number uint64
	needed       bool
}

func (m *mark) encode(w *writer) {
	w.array(3)
	w.uint(m.Life)
	w.uint(m.Number)
	w.bool(m.needed)
}

// decode also reads what the schema's step writes, which has no third field.
func (m *mark) decode(r *reader) {
	n := r.length()
	m.Life, m.Number, m.needed = r.u64(), r.u64(), n != 2 && r.bool()
}

var logKey = []byte("log")

func logPath(path string) string { return path + ".wal" }

// openLog opens the log of the store at path, if there is one.
func openLog(path string, limit int64) (*writeAhead, error) {
	l := &writeAhead{path: logPath(path), limit: min(limit, logMost), mark: mark{Life: randomID()}}
	info, err := os.Lstat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l, nil
	case err != nil:
		return nil, fmt.Errorf("store %s: its log: %w", path, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file, and the log of %s has to be there: move it away", l.path, path)
	case info.Size() > logMost:
		return nil, fmt.Errorf("%s is no log of udpchat: it has %d bytes, and a log has at most %d; move it away, and restore the log of %s if there is one",
			l.path, info.Size(), int64(logMost), path)
	}
	if err := l.open(0); err != nil {
		return nil, fmt.Errorf("%s, the log of %s, cannot be read and written: %w; let the user that udpchat runs as do both", l.path, path, err)
	}
	return l, nil
}

// create begins with a new file, when the database has all of the old one and says so. Its name is durable before the database needs it.
// What will not do is found here, and not with the first change. On a full disk there is no file, until there is room.
func (l *writeAhead) create(path string) error {
	err := l.close(true)
	if err == nil {
		err = l.open(os.O_CREATE | os.O_EXCL)
	}
	if err != nil && !noSpace(err) {
		return fmt.Errorf("%s, the log of %s, cannot be made: %w; let the user that udpchat runs as write into that directory", l.path, path, err)
	}
	if err := syncDir(l.path); err != nil {
		return fmt.Errorf("%s, the directory of %s, cannot be synced: %w; let the user that udpchat runs as read it, too", filepath.Dir(path), path, err)
	}
	return nil
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

// close closes it; the file goes when the database has all of it, and says so.
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

// begin has the next record come first in the file. Where there is no room for a log there is none, until there is.
func (l *writeAhead) begin() error {
	if l.ready = false; l.limit < 2*logSector {
		return nil
	}
	if l.os == nil {
		if l.open(os.O_CREATE) != nil {
			return nil
		}
		if err := syncDir(l.path); err != nil {
			return fmt.Errorf("write %s: %w", l.path, err)
		}
	}
	err := l.fill()
	if err == nil {
		_, err = l.os.WriteAt(l.encode(l.mark, l.heading()), 0)
	}
	if noSpace(err) {
		return nil
	}
	if err == nil {
		err = datasync(l.os)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", l.path, err)
	}
	l.ready, l.at = true, logSector
	return nil
}

// fill gives the file its length, all at once: each change of it would cost the file system one of its own. What there is no room for is
// given back.
func (l *writeAhead) fill() error {
	if l.end >= l.limit {
		return nil
	}
	err := writeZeros(l.os, l.end, l.limit)
	if err != nil {
		return errors.Join(err, l.os.Truncate(l.end))
	}
	l.end = l.limit
	return nil
}

func (l *writeAhead) heading() redo {
	return binary.BigEndian.AppendUint64([]byte(logWord), uint64(l.end))
}

// append makes a record durable; false when there is no room for it, the database does not know this life, or there can be no log. After
// an error it is unknown whether the record is there.
func (l *writeAhead) append(r redo) (bool, error) {
	end := l.at + sectors(logHeader+len(r))
	if !l.ready || !l.known || end > l.limit {
		return false, nil
	}
	next := mark{Life: l.mark.Life, Number: l.mark.Number + 1}
	_, err := l.os.WriteAt(l.encode(next, r), l.at)
	if noSpace(err) {
		return false, nil
	}
	if err == nil {
		err = datasync(l.os)
	}
	if err != nil {
		return false, fmt.Errorf("write %s: %w", l.path, err)
	}
	l.at, l.mark = end, next
	return true, nil
}

func (l *writeAhead) encode(m mark, r redo) []byte {
	b := append(l.buf[:0], make([]byte, logHeader)...)
	b = append(b, r...)
	binary.BigEndian.PutUint32(b[4:], uint32(len(r)))
	binary.BigEndian.PutUint64(b[8:], m.Life)
	binary.BigEndian.PutUint64(b[16:], m.Number)
	binary.BigEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	l.buf = append(b, make([]byte, sectors(len(b))-int64(len(b)))...)
	return l.buf
}

// sectors is how much of the file n bytes take.
func sectors(n int) int64 { return (int64(n) + logSector - 1) / logSector * logSector }

// empty tells whether the database has all that is in it.
func (l *writeAhead) empty() bool { return !l.known || !l.ready || l.at == logSector }

// committed notes that the database has everything, and knows this life if there is a log for it.
func (l *writeAhead) committed() error {
	if l.ready {
		l.known = true
	}
	if !l.ready || l.at == logSector {
		return nil
	}
	return l.begin()
}
