package control

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A socket is where its profile is, however long the path to it, for its user alone; what leads to it is gone.
func TestSocketsInDeepFolders(t *testing.T) {
	for _, name := range []string{"near", strings.Repeat("deep/", 60) + "folder"} {
		t.Run(name[:4], func(t *testing.T) {
			temporary := t.TempDir()
			if len(temporary) > 60 {
				temporary = "." // of the package: the path to a link must be short
			}
			t.Setenv("TMPDIR", temporary)
			folder := filepath.Join(t.TempDir(), filepath.FromSlash(name))
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := Dial(folder); !errors.Is(err, ErrNobody) {
				t.Errorf("nobody listens: %v", err)
			}
			stale := filepath.Join(folder, socketName)
			if err := os.WriteFile(stale, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			h := NewHub(&desk{}, "ops", true, nil)
			l, err := Listen(folder, h)
			if runtime.GOOS == "windows" && err != nil {
				t.Skipf("links need a privilege here: %v", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(stale); err != nil || info.Mode().Type() != fs.ModeSocket || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			conn, err := Dial(folder)
			if err != nil {
				t.Fatal(err)
			}
			if e := <-conn.Events(); e.Event != "hello" || e.Name != "ops" {
				t.Errorf("heard %+v", e)
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			h.Close()
			l.Close()
			l.Wait()
			if _, err := os.Stat(stale); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is still there: %v", err)
			}
			if left, err := filepath.Glob(filepath.Join(temporary, "udpchat-*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}
