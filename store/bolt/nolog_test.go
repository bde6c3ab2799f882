package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"udpchat/store"
	"udpchat/store/storetest"
)

// refusedLog opens a store whose log will not do: with one line that names both files and what to do, and without a change to either.
func refusedLog(t *testing.T, path string, say ...string) {
	t.Helper()
	before, statErr := os.ReadFile(logPath(path))
	refused(t, path, nil, append(say, logPath(path))...)
	if after, err := os.ReadFile(logPath(path)); !bytes.Equal(before, after) || (err == nil) != (statErr == nil) {
		t.Errorf("the log was changed: %v, then %v", statErr, err)
	}
}

// A log that is not there any more, or not as it was, is noticed after a kill. Whoever wants to go on without it says so.
func TestAStoreMissesItsLog(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, path string)
		say  string
	}{
		"deleted": {func(t *testing.T, path string) { remove(t, logPath(path)) }, "missing"},
		"emptied": {func(t *testing.T, path string) { write(t, logPath(path), nil) }, "empty"},
		"zeroed": {func(t *testing.T, path string) {
			write(t, logPath(path), make([]byte, logSize))
		}, "begin"},
		"noise": {func(t *testing.T, path string) {
			write(t, logPath(path), bytes.Repeat([]byte("noise"), 1<<14))
		}, "begin"},
		"cut to nearly nothing": {func(t *testing.T, path string) { truncate(t, logPath(path), 20) }, "begin"},
		"cut to its heading":    {func(t *testing.T, path string) { truncate(t, logPath(path), logSector) }, "cut short"},
		"cut in its records":    {func(t *testing.T, path string) { truncate(t, logPath(path), 4*logSector+1) }, "cut short"},
		"a byte shorter":        {func(t *testing.T, path string) { truncate(t, logPath(path), logSize-1) }, "cut short"},
		"another store's": {func(t *testing.T, path string) {
			other, _ := killed(t, 5)
			write(t, logPath(path), must(os.ReadFile(logPath(other)))(t))
		}, "another store's"},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := killed(t, 5)
			c.harm(t, path)
			for range 2 {
				refusedLog(t, path, "damaged", c.say, "restore", "echo none > ")
			}
			write(t, logPath(path), []byte("none\r\n"))
			s := still(must(OpenServer(path, Options{}))(t))
			deposits(t, s, 1, 3, 600)
			again := copied(t, path)
			closeAndCheck(t, s, path)
			for _, path := range []string{path, again} { // closed, and killed
				if n, err := found(t, path); n != 3 || err != nil {
					t.Errorf("without the log: %d found, %v", n, err)
				}
			}
		})
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// steps is a store of one run that was copied after each of some deposits, where its log began again after each second one.
func steps(t *testing.T, n int) (list []string) {
	t.Helper()
	s := still(must(OpenServer(filepath.Join(t.TempDir(), "server.db"), Options{}))(t))
	storetest.Register(t, s, "ann", "bob")
	for seq := range uint64(n) {
		deposits(t, s, seq+1, 1, 600)
		if list = append(list, copied(t, s.file.path)); seq%2 == 1 {
			if err := s.file.catchUp(); err != nil {
				t.Fatal(err)
			}
		}
	}
	closeAndCheck(t, s, s.file.path)
	return list
}

// Of all pairs of a database and a log of one run, those that were there together are whole, and of the others none loses what its
// database has, or what the log has: it is refused, or the log has all that the database misses.
func TestALogOfAnotherMoment(t *testing.T) {
	list := steps(t, 6)
	refusals := map[bool]int{}
	for i, database := range list {
		for j, log := range list {
			path := filepath.Join(t.TempDir(), "server.db")
			write(t, path, must(os.ReadFile(database))(t))
			write(t, logPath(path), must(os.ReadFile(logPath(log)))(t))
			switch n, err := found(t, path); {
			case err == nil && n == j+1:
				refusals[j < i] += 0
			case errors.Is(err, store.ErrDamaged) && i != j:
				refusals[j < i]++
			default:
				t.Errorf("database %d, log %d: %d found, %v", i, j, n, err)
			}
		}
	}
	if refusals[true] == 0 || refusals[false] == 0 {
		t.Errorf("refused: %v", refusals)
	}
}

// A copy of the database alone, made while the program runs, or after a kill, says so. After a clean end, and before the first change, it is
// whole.
func TestACopyWithoutTheLog(t *testing.T) {
	path, _ := killed(t, 5)
	copied := func() string {
		to := filepath.Join(t.TempDir(), "server.db")
		write(t, to, must(os.ReadFile(path))(t))
		return to
	}
	refusedLog(t, copied(), "missing", "echo none > ")
	s := still(must(OpenServer(path, Options{}))(t))
	before := copied()
	deposits(t, s, 6, 1, 600)
	while := copied()
	closeAndCheck(t, s, path)
	for at, want := range map[string]int{before: 5, copied(): 6} {
		if n, err := found(t, at); n != want || err != nil {
			t.Errorf("%d of %d found, %v", n, want, err)
		}
	}
	refusedLog(t, while, "missing", "echo none > ")
}

// An older store that was closed, beside the log of a later run.
func TestAnOlderStoreBesideALaterLog(t *testing.T) {
	path := filled(t)
	write(t, path+".older", must(os.ReadFile(path))(t))
	s := still(must(OpenServer(path, Options{}))(t))
	for seq := range uint64(3) { // the first one has the database know the log
		deposits(t, s, 21+seq, 1, 600)
	}
	write(t, logPath(path)+".later", must(os.ReadFile(logPath(path)))(t))
	closeAndCheck(t, s, path)
	write(t, path, must(os.ReadFile(path+".older"))(t))
	write(t, logPath(path), must(os.ReadFile(logPath(path)+".later"))(t))
	refusedLog(t, path, "another copy", "restore", "echo none > ")
	write(t, logPath(path), []byte("none\n"))
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
}

// A file of a terabyte is not read.
func TestAHugeLog(t *testing.T) {
	for name, path := range map[string]string{"closed": filled(t), "killed": func() string { p, _ := killed(t, 3); return p }()} {
		write(t, logPath(path), []byte("x"))
		truncate(t, logPath(path), 1<<40)
		s, err := OpenServer(path, Options{})
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), logPath(path)+" is no log of udpchat: it has 1099511627776 bytes") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALogThatIsNoFile(t *testing.T) {
	path := filled(t)
	mkdir(t, logPath(path))
	refused(t, path, nil, logPath(path), "no regular file", "move it away")
	remove(t, logPath(path))
	if err := os.Symlink(path+".elsewhere", logPath(path)); err != nil {
		t.Skip("no links here: ", err)
	}
	refused(t, path, nil, logPath(path), "no regular file", "move it away")
	write(t, path+".elsewhere", nil)
	refused(t, path, nil, logPath(path), "no regular file", "move it away")
	remove(t, logPath(path))
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
}
