package bolt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
	"udpchat/store/storetest"
)

// copied is what a kill would leave of an open store at this moment.
func copied(t *testing.T, from string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "server.db")
	for _, suffix := range []string{"", ".id", ".wal"} {
		write(t, path+suffix, must(os.ReadFile(from+suffix))(t))
	}
	return path
}

// A run whose first commit finds no room is not known to the database, and its log counts for nothing until one succeeds.
func TestTheFirstCommitFindsNoRoom(t *testing.T) {
	path, records := killed(t, 3)
	s := still(must(OpenServer(path, Options{}))(t))
	s.file.reserve, s.file.db.MaxSize = 0, 1 // nothing was submitted yet
	if stored, full := deposits(t, s, 4, 1, 60_000); len(stored) > 0 || full != 1 {
		t.Fatalf("%d stored, %d not", len(stored), full)
	}
	s.file.reserve, s.file.db.MaxSize = serverReserve, 0
	for seq := range uint64(3) {
		deposits(t, s, 4+seq, 1, 600)
		if n, err := found(t, copied(t, path)); n != len(records)+int(seq)+1 || err != nil {
			t.Errorf("%d of %d, %v", n, len(records)+int(seq)+1, err)
		}
	}
	closeAndCheck(t, s, path)
}

// A commit that finds no room takes what was ahead with it, and what was ahead comes back.
func TestACommitOfWhatIsAheadFindsNoRoom(t *testing.T) {
	path, records := killed(t, 3)
	s := still(must(OpenServer(path, Options{}))(t))
	deposits(t, s, 4, 1, 600)
	deposits(t, s, 5, 1, 600)
	s.file.reserve, s.file.db.MaxSize = 0, 512<<10 // nothing is under way
	stored, full := deposits(t, s, 6, 60, 60_000)
	if full == 0 {
		t.Errorf("%d stored, %d not", len(stored), full)
	}
	items, damaged, err := s.Waiting(storetest.Key("ann"), 0, 1000)
	if want := len(records) + 2 + len(stored); len(items) != want || damaged > 0 || err != nil {
		t.Errorf("%d of %d items, %d damaged, %v", len(items), want, damaged, err)
	}
	s.file.reserve, s.file.db.MaxSize = serverReserve, 0
	deposits(t, s, 100, 1, 600)
	again := must(OpenServer(copied(t, path), Options{}))(t)
	if more, _, err := again.Waiting(storetest.Key("ann"), 0, 1000); len(more) != len(items)+1 || err != nil {
		t.Errorf("after a kill %d of %d items, %v", len(more), len(items)+1, err)
	}
	closeAndCheck(t, again, again.file.path)
	closeAndCheck(t, s, path)
}

// A log is read to its end, also when it may not become that long any more.
func TestALogIsLongerThanItMayBe(t *testing.T) {
	path, records := killed(t, 20)
	s := must(OpenServer(path, Options{Log: 4 * logSector}))(t)
	deposits(t, s, 21, 1, 600)
	closeAndCheck(t, s, path)
	if n, err := found(t, path); n != len(records)+1 || err != nil {
		t.Errorf("%d of %d, %v", n, len(records)+1, err)
	}
}

// Without a log the database takes everything at once.
func TestALogCannotBeMade(t *testing.T) {
	s := newServer(t)
	still(s.Server)
	if err := s.file.log.close(true); err != nil { // nothing was submitted yet
		t.Fatal(err)
	}
	mkdir(t, logPath(s.path))
	storetest.Register(t, s, "ann", "bob")
	for seq := range uint64(3) {
		deposits(t, s, seq+1, 1, 600)
		if s.file.isAhead() {
			t.Error("something is ahead, and there is no log")
		}
	}
	for _, suffix := range []string{"", ".id"} { // a kill now leaves a store that needs none
		write(t, s.path+".copy"+suffix, must(os.ReadFile(s.path+suffix))(t))
	}
	if n, err := found(t, s.path+".copy"); n != 3 || err != nil {
		t.Errorf("%d found, %v", n, err)
	}
	remove(t, logPath(s.path))
	deposits(t, s, 4, 1, 600)
	deposits(t, s, 5, 1, 600)
	if !s.file.isAhead() {
		t.Error("a log can be made, and is not used")
	}
	if n, err := found(t, copied(t, s.path)); n != 5 || err != nil {
		t.Errorf("%d found, %v", n, err)
	}
}

// After a failed write nothing is answered any more, nor read: the line says what to do, and after it everything that was acknowledged is there.
func TestALogThatCannotBeWritten(t *testing.T) {
	path, records := killed(t, 3)
	s := still(must(OpenServer(path, Options{}))(t))
	deposits(t, s, 4, 1, 600)
	deposits(t, s, 5, 1, 600)
	if err := s.file.log.os.Close(); err != nil { // nothing is under way
		t.Fatal(err)
	}
	s.file.log.os = must(os.Open(logPath(path)))(t) // for reading
	for range 2 {
		answer := make(chan error)
		s.Submit(store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(6, "six")}, func(_ store.Result, err error) { answer <- err })
		failed := <-answer
		_, _, reading := s.Waiting(storetest.Key("ann"), 0, 10)
		for _, err := range []error{failed, reading} {
			if err == nil || !strings.Contains(err.Error(), logPath(path)) || !strings.Contains(err.Error(), "see to the disk, and start again") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v", err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if n, err := found(t, path); n != len(records)+2 || err != nil {
		t.Errorf("%d of %d, %v", n, len(records)+2, err)
	}
}

// A step of a later schema finds what only the log has: that is in the records of the schema that wrote it.
func TestALogComesBeforeTheNextSchema(t *testing.T) {
	path, records := killed(t, 5)
	seen := 0
	next := migrations.Step{Name: "next", Do: func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("mail")).ForEach(func(_, _ []byte) error { seen++; return nil })
	}}
	f, err := open(path, layout{
		kind:  migrations.KindServer,
		steps: append(slices.Clip(migrations.Server), next),
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Error(err)
	}
	if seen != len(records) {
		t.Errorf("%d of %d", seen, len(records))
	}
}

// A store that is refused keeps its log.
func TestARefusedStoreKeepsItsLog(t *testing.T) {
	path, records := killed(t, 5)
	if _, err := OpenProfile(path, Options{}); err == nil {
		t.Error("a server's store is a profile")
	}
	id := must(os.ReadFile(sidecarPath(path)))(t)
	if err := (sidecar{kind: migrations.KindServer, id: 1, schema: 1}).write(path); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenServer(path, Options{}); err == nil {
		t.Error("another store's sidecar is accepted")
	}
	write(t, sidecarPath(path), id)
	if n, err := found(t, path); n != len(records) || err != nil {
		t.Errorf("%d of %d, %v", n, len(records), err)
	}
}
