package bolt

import (
	"os"
	"path/filepath"
	"testing"
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
	s := must(OpenServer(path, Options{}))(t)
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
