package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// asNobody does something with a user's rights: root's would do for everything. They are the thread's, which the goroutine keeps.
func asNobody(t *testing.T, dir string, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	const nobody = 65534
	if err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	}); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
	defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0) }()
	do()
}

// What may not be read and written is found when the store is opened, not with the first change.
func TestRightsAreFoundMissingAtTheOpening(t *testing.T) {
	for name, c := range map[string]struct {
		mode   os.FileMode
		of     func(path string) string
		say    string
		killed bool
	}{
		"a directory that may not be read":       {0o300, filepath.Dir, "be synced", false},
		"the same, after a kill":                 {0o300, filepath.Dir, "be synced", true},
		"a directory that may not be written to": {0o500, filepath.Dir, "be made", false},
		"the same, with a log in it":             {0o500, filepath.Dir, "be made", true},
		"a log that may not be read":             {0o200, logPath, "be read and written", true},
		"a log that may not be written":          {0o400, logPath, "be read and written", true},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := killed(t, 3)
			if !c.killed {
				_, _ = found(t, path)
			}
			dir := filepath.Dir(path)
			if err := os.Chmod(c.of(path), c.mode); err != nil {
				t.Fatal(err)
			}
			asNobody(t, filepath.Dir(dir), func() {
				for range 2 {
					s, err := OpenServer(path, Options{})
					if err == nil {
						_ = s.Close()
						t.Fatal("it was opened")
					}
					if !errors.Is(err, os.ErrPermission) || !containsAll(err.Error(), c.say, path, "let the user that udpchat runs as") {
						t.Error(err)
					}
				}
				if err := os.Chmod(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if c.killed {
					_ = os.Chmod(logPath(path), 0o600)
				}
			})
			if n, err := found(t, path); n != 3 || err != nil {
				t.Errorf("then %d found, %v", n, err)
			}
		})
	}
}

func containsAll(s string, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
}
