package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/store/storetest"
)

// killed leaves what a kill of a store leaves in which that many texts are only in the log, each in a record of its own.
func killed(t *testing.T, texts int) (path string, records []int64) {
	t.Helper()
	s := still(must(OpenServer(filepath.Join(t.TempDir(), "server.db"), Options{}))(t))
	storetest.Register(t, s, "ann", "bob")
	if err := s.file.catchUp(); err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(texts) {
		records = append(records, s.file.log.at)
		deposits(t, s, seq+1, 1, 600)
	}
	path = filepath.Join(t.TempDir(), "server.db")
	for _, suffix := range []string{"", ".id", ".wal"} {
		write(t, path+suffix, must(os.ReadFile(s.file.path+suffix))(t))
	}
	closeAndCheck(t, s, s.file.path)
	return path, records
}

// still keeps a store from catching up because the test is slow. Nothing was submitted yet.
func still(s *Server) *Server {
	s.committer.idle = time.Hour
	return s
}

// found opens a store and counts ann's mail, which must be the first texts.
func found(t *testing.T, path string) (int, error) {
	t.Helper()
	s, err := OpenServer(path, Options{})
	if err != nil {
		return 0, err
	}
	items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 1000)
	if err != nil || damaged > 0 {
		t.Errorf("%d damaged, %v", damaged, err)
	}
	for i, it := range items {
		if it.Text.Seq != uint64(i+1) || len(it.Text.Body) != 600 {
			t.Errorf("item %d: %+v", i, it)
		}
	}
	closeAndCheck(t, s, path)
	return len(items), nil
}

func TestWhatOnlyTheLogHasIsThereAfterAKill(t *testing.T) {
	path, records := killed(t, 20)
	without := filepath.Join(t.TempDir(), "server.db")
	write(t, without, must(os.ReadFile(path))(t))
	for range 2 { // the second time the database has it
		if n, err := found(t, path); n != len(records) || err != nil {
			t.Errorf("%d of %d, %v", n, len(records), err)
		}
		if _, err := os.Stat(logPath(path)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a closed store leaves its log: %v", err)
		}
	}
	write(t, logPath(without), []byte(noLog))
	if n, err := found(t, without); n != 0 || err != nil {
		t.Errorf("control: %d without the log, %v", n, err)
	}
}

// The last record may be half written, wherever it was cut: it does not count. One with a sound one behind it was promised.
func TestTheEndOfTheLogMayBeCut(t *testing.T) {
	path, records := killed(t, 10)
	database, log := must(os.ReadFile(path))(t), must(os.ReadFile(logPath(path)))(t)
	last := records[9]
	for _, cut := range []int64{0, 4, 8, 23, 24, 100, logSector, logSector + 1} {
		content := bytes.Clone(log)
		clear(content[last+cut:])
		write(t, path, database)
		write(t, logPath(path), content)
		if n, err := found(t, path); n != 9 || err != nil {
			t.Errorf("cut %d bytes after its beginning: %d found, %v", cut, n, err)
		}
	}
	for i, at := range records[:9] {
		content := bytes.Clone(log)
		clear(content[at : at+logSector])
		write(t, path, database)
		write(t, logPath(path), content)
		if _, err := found(t, path); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), logPath(path)) || !strings.Contains(err.Error(), "echo none > "+logPath(path)) {
			t.Errorf("record %d is missing: %v", i, err)
		}
		if now := must(os.ReadFile(path))(t); !bytes.Equal(now, database) {
			t.Errorf("record %d is missing: the store was changed", i)
		}
		if now := must(os.ReadFile(logPath(path)))(t); !bytes.Equal(now, content) {
			t.Errorf("record %d is missing: the log was changed", i)
		}
	}
}

// A flipped bit loses at most the last record, or is named.
func TestAFlippedBitOfTheLog(t *testing.T) {
	path, records := killed(t, 6)
	database, log := must(os.ReadFile(path))(t), must(os.ReadFile(logPath(path)))(t)
	named, lost := 0, 0
	for bit := int64(0); bit < 8*(records[5]+2*logSector); bit += 61 {
		write(t, path, database)
		write(t, logPath(path), log)
		flip(t, logPath(path), bit)
		switch n, err := found(t, path); {
		case errors.Is(err, store.ErrDamaged):
			named++
		case err != nil:
			t.Fatal(err)
		case n == 5 && bit/8 >= records[5]:
			lost++
		case n != 6:
			t.Errorf("bit %d of byte %d: %d found", bit%8, bit/8, n)
		}
	}
	if named == 0 || lost == 0 {
		t.Errorf("%d times it was named, %d times the last one was lost", named, lost)
	}
}

// A log beside a copy of the store that is older, or not of its run, is never mixed up with it.
func TestALogOfAnotherTime(t *testing.T) {
	path, records := killed(t, 5)
	write(t, path+".old", must(os.ReadFile(path))(t))
	write(t, path+".log", must(os.ReadFile(logPath(path)))(t))
	s := must(OpenServer(path, Options{}))(t)
	deposits(t, s, 6, 1, 600)
	deposits(t, s, 7, 1, 600)
	closeAndCheck(t, s, path)
	later := must(os.ReadFile(path))(t)

	refuse := func(what string) {
		t.Helper()
		if _, err := found(t, path); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	content := must(os.ReadFile(path + ".log"))(t)
	heading, _ := parseHeading(content)
	of := func(life uint64) (other []byte) { // the same log, of somebody else's
		l := writeAhead{end: int64(len(content))}
		b := bytes.Clone(l.encode(mark{Life: life, Number: heading.Number}, l.heading()))
		for _, at := range records {
			r, _ := parseLog(content[at:])
			r.Life = life
			b = append(b, l.encode(r.mark, r.redo)...)
		}
		return append(b, make([]byte, len(content)-len(b))...)
	}
	write(t, logPath(path), of(1))
	refuse("the store was closed, and the log is another's")
	write(t, logPath(path), of(1)[:logSector]) // as a kill leaves it before the first change
	if n, err := found(t, path); n != 7 || err != nil {
		t.Errorf("%d found, %v", n, err)
	}
	write(t, path, later)
	write(t, logPath(path), content) // the log of the run before
	refuse("the store was closed, and the log is of the run before")
	write(t, path, must(os.ReadFile(path+".old"))(t))
	write(t, logPath(path), of(1))
	refuse("the log is another's")
	if !bytes.Equal(of(heading.Life)[:records[4]], content[:records[4]]) {
		t.Error("of does not make a log")
	}
	write(t, path, must(os.ReadFile(path+".old"))(t)) // of the same run, and its first record is gone
	write(t, logPath(path), slices.Concat(content[:records[0]], content[records[1]:]))
	refuse("a gap")
}

// A change that comes to nothing is answered, and leaves no record.
func TestWhatChangesNothing(t *testing.T) {
	path, _ := killed(t, 2)
	s := still(must(OpenServer(path, Options{}))(t))
	none := store.Take{To: storetest.Key("bob"), From: storetest.Key("ann"), Orders: []uint64{1 << 40}, Marks: store.Marks{Epoch: 1, ToEpoch: 1}}
	storetest.Do(t, s, none)
	if s.file.isAhead() {
		t.Error("there is something to catch up with")
	}
	deposits(t, s, 3, 1, 600)
	for seq := range uint64(3) {
		storetest.Do(t, s, none)
		deposits(t, s, 4+seq, 1, 600)
	}
	for _, suffix := range []string{"", ".id", ".wal"} {
		write(t, path+".copy"+suffix, must(os.ReadFile(path+suffix))(t))
	}
	if list, err := s.file.log.after(mark{Life: s.file.log.mark.Life, needed: true}); len(list) != 3 || err != nil {
		t.Errorf("%d records, %v", len(list), err)
	}
	closeAndCheck(t, s, path)
	if n, err := found(t, path+".copy"); n != 6 || err != nil {
		t.Errorf("%d found, %v", n, err)
	}
}

// When nothing comes for a while the database has all.
func TestADatabaseCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := must(OpenServer(filepath.Join(t.TempDir(), "server.db"), Options{}))(t)
		storetest.Register(t, s, "ann", "bob")
		deposits(t, s, 1, 1, 600)
		if !s.file.isAhead() {
			t.Error("the log has nothing")
		}
		time.Sleep(catchUpTime - time.Millisecond)
		deposits(t, s, 2, 1, 600)
		time.Sleep(catchUpTime - time.Millisecond)
		if !s.file.isAhead() {
			t.Error("the database has caught up too soon")
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if s.file.isAhead() {
			t.Error("the database has not caught up")
		}
		closeAndCheck(t, s, s.file.path)
	})
}

// A log that is full begins again, many times, and what is in it from before never counts.
func TestALogBeginsAgain(t *testing.T) {
	s := still(must(OpenServer(filepath.Join(t.TempDir(), "server.db"), Options{}))(t))
	storetest.Register(t, s, "ann", "bob")
	s.file.log.limit = 9 * logSector // nothing was submitted since
	dir := t.TempDir()
	for seq := range uint64(60) {
		deposits(t, s, seq+1, 1, 600)
		path := filepath.Join(dir, fmt.Sprint(seq))
		write(t, path, must(os.ReadFile(s.file.path))(t)[:usedBytes(t, must(os.ReadFile(s.file.path))(t))])
		write(t, logPath(path), must(os.ReadFile(logPath(s.file.path)))(t))
		if n, err := found(t, path); n != int(seq)+1 || err != nil {
			t.Errorf("%d of %d, %v", n, seq+1, err)
		}
	}
	closeAndCheck(t, s, s.file.path)
}
