package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"udpchat/migrations"
	"udpchat/store"
	"udpchat/store/storetest"
)

// filled makes a store with mail, closes it and gives its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server.db")
	s := must(OpenServer(path, Options{}))(t)
	storetest.Register(t, s, "ann", "bob")
	for seq := uint64(1); seq <= 20; seq++ {
		storetest.Do(t, s, store.Deposit{To: storetest.Key("ann"), From: storetest.Key("bob"), Text: storetest.Single(seq, strings.Repeat("text ", 50))})
	}
	closeAndCheck(t, s, path)
	return path
}

// refused opens a store that must not open: with an error of this kind, on one line, that names the file, and without a change
// to it.
func refused(t *testing.T, path string, kind error, say ...string) {
	t.Helper()
	before, statErr := os.ReadFile(path)
	s, err := OpenServer(path, Options{})
	if err == nil {
		_ = s.Close()
		t.Fatalf("it was opened")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("error %v, want %v", err, kind)
	}
	for _, word := range append(say, path) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
	if strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("error of several lines: %q", err)
	}
	if after, err := os.ReadFile(path); statErr == nil && (err != nil || !bytes.Equal(before, after)) {
		t.Errorf("a refused file was changed: %v", err)
	}
}

func TestAFileThatIsNotTheStoreIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, path string)
		kind error
		say  []string
	}{
		"missing": {func(t *testing.T, path string) { remove(t, path) }, store.ErrDamaged, []string{"missing", "restore", "delete", ".id"}},
		"empty":   {func(t *testing.T, path string) { write(t, path, nil) }, store.ErrDamaged, []string{"empty", "restore", "delete", ".id"}},
		"empty, and its sidecar too": {func(t *testing.T, path string) {
			write(t, path, nil)
			remove(t, sidecarPath(path))
		}, store.ErrDamaged, []string{"empty", "restore", "delete"}},
		"text":     {func(t *testing.T, path string) { write(t, path, []byte("dear diary")) }, store.ErrDamaged, []string{"foreign"}},
		"zeros":    {func(t *testing.T, path string) { write(t, path, make([]byte, 1<<16)) }, store.ErrDamaged, []string{"foreign"}},
		"noise":    {func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("noise"), 1<<14)) }, store.ErrDamaged, []string{"foreign"}},
		"database": {otherDatabase, store.ErrDamaged, []string{"another program"}},
		"profile":  {putProfile, store.ErrDamaged, []string{"it is a profile"}},
		"another store": {func(t *testing.T, path string) {
			write(t, path, must(os.ReadFile(filled(t)))(t))
		}, store.ErrDamaged, []string{"replaced", "restore", "delete", ".id"}},
		"first header page zeroed":  {func(t *testing.T, path string) { zeroPage(t, path, 0) }, store.ErrDamaged, []string{"header", "restore"}},
		"second header page zeroed": {func(t *testing.T, path string) { zeroPage(t, path, 1) }, store.ErrDamaged, []string{"header", "restore"}},
		"both header pages zeroed":  {func(t *testing.T, path string) { zeroPage(t, path, 0); zeroPage(t, path, 1) }, store.ErrDamaged, []string{"foreign", "restore"}},
		"both header pages broken": {func(t *testing.T, path string) {
			flip(t, path, 8*40)
			flip(t, path, 8*(int64(os.Getpagesize())+40))
		}, store.ErrDamaged, []string{"header", "restore"}},
		"newer schema":         {func(t *testing.T, path string) { setSchema(t, path, 9) }, store.ErrNewer, []string{"9", "up to 5", "update"}},
		"broken schema number": {func(t *testing.T, path string) { setMeta(t, path, "schema", []byte("12345678")) }, store.ErrDamaged, []string{"schema", "restore"}},
		"no identity":          {func(t *testing.T, path string) { setMeta(t, path, "file", nil) }, store.ErrDamaged, []string{"restore"}},
		"a directory":          {func(t *testing.T, path string) { remove(t, path); mkdir(t, path) }, nil, []string{"is a directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			c.harm(t, path)
			refused(t, path, c.kind, c.say...)
			refused(t, path, c.kind, c.say...) // the first refusal left nothing behind
		})
	}
}

func TestAStoreCutShortIsRefused(t *testing.T) {
	path := filled(t)
	whole := must(os.ReadFile(path))(t)
	used := usedBytes(t, whole)
	remove(t, sidecarPath(path)) // only the size is to speak against it
	for i := range int64(40) {
		write(t, path, whole[:1+used*i/40])
		refused(t, path, store.ErrDamaged)
	}
}

func TestAServersStoreIsNoProfile(t *testing.T) {
	path := filled(t)
	if _, err := OpenProfile(path, Options{}); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "a server's store") {
		t.Errorf("error %v", err)
	}
}

func TestAStoreIsOpenOnce(t *testing.T) {
	path := filled(t)
	s := must(OpenServer(path, Options{}))(t)
	refused(t, path, store.ErrInUse, "stop")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
}

func TestADirectoryThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, []byte("not a directory"))
	refused(t, filepath.Join(file, "server.db"), nil)

	if os.Getuid() == 0 {
		t.Log("permissions are not tested: root has all of them")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	refused(t, filepath.Join(dir, "server.db"), os.ErrPermission)
	path := filled(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	refused(t, path, os.ErrPermission)
}

func TestTheSidecarIsMadeAgain(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"missing": func(t *testing.T, path string) { remove(t, sidecarPath(path)) },
		"empty":   func(t *testing.T, path string) { write(t, sidecarPath(path), nil) },
		"damaged": func(t *testing.T, path string) { flip(t, sidecarPath(path), 8*20) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			want := must(os.ReadFile(sidecarPath(path)))(t)
			harm(t, path)
			closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
			if got := must(os.ReadFile(sidecarPath(path)))(t); !bytes.Equal(got, want) {
				t.Errorf("sidecar %q, want %q", got, want)
			}
		})
	}
	t.Run("damaged, and the store is missing", func(t *testing.T) {
		path := filled(t)
		write(t, sidecarPath(path), []byte("?"))
		remove(t, path)
		refused(t, path, store.ErrDamaged, "missing")
	})
}

func TestAnOlderCopyIsTheSameStore(t *testing.T) {
	path := filled(t)
	older := must(os.ReadFile(path))(t)
	s := must(OpenServer(path, Options{}))(t)
	storetest.Do(t, s, store.Renew{ID: 4711})
	closeAndCheck(t, s, path)
	write(t, path, older)
	s = must(OpenServer(path, Options{}))(t)
	if h := must(s.Head())(t); h.Order != 20 || h.ID == 4711 {
		t.Errorf("head %+v", h)
	}
	closeAndCheck(t, s, path)
}

// A kill during the first start can leave any of these.
func TestAnUnfinishedCreationIsFinished(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, path string){
		"nothing":                   func(*testing.T, string) {},
		"a file under its old name": func(t *testing.T, path string) { write(t, path+".new-123", make([]byte, 5000)) },
		"a store without a sidecar": func(t *testing.T, path string) {
			write(t, path, must(os.ReadFile(filled(t)))(t))
		},
		"half a sidecar": func(t *testing.T, path string) {
			write(t, path, must(os.ReadFile(filled(t)))(t))
			write(t, sidecarPath(path)+".new", []byte("udp"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "deep", "down", "server.db")
			mkdir(t, filepath.Dir(path))
			leave(t, path)
			for range 2 {
				closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
			}
		})
	}
}

// bbolt panics over it with the file mapped and locked.
func TestAFileWithADamagedFreelistCanBeReplaced(t *testing.T) {
	path := filled(t)
	content := must(os.ReadFile(path))(t)
	newest := must(readMeta(bytes.NewReader(content), 0))(t)
	if other := must(readMeta(bytes.NewReader(content), newest.pageSize))(t); other.tx > newest.tx {
		newest = other
	}
	const atFreelist = 32
	at := int64(binary.NativeEndian.Uint64(content[int64(newest.tx%2)*newest.pageSize+metaOffset+atFreelist:])) * newest.pageSize
	flip(t, path, 8*(at+8))
	for range 2 {
		if _, err := OpenServer(path, Options{}); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "freelist") {
			t.Errorf("error %v", err)
		}
	}
	write(t, path, content)
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "profile.db")
	closeAndCheck(t, must(OpenProfile(path, Options{}))(t), path)
	for file, want := range map[string]os.FileMode{path: 0o600, sidecarPath(path): 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info := must(os.Stat(file))(t); info.Mode() != want && os.PathSeparator == '/' {
			t.Errorf("%s has mode %v", file, info.Mode())
		}
	}
	if names := must(os.ReadDir(filepath.Dir(path)))(t); len(names) != 2 {
		t.Errorf("left behind: %v", names)
	}
}

func TestTwoFirstStartsMakeOneStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.db")
	l := layout{kind: migrations.KindServer, steps: migrations.Server, born: func(tx *bbolt.Tx) error { return bornServer(&file{}, tx) }}
	for range 2 { // both saw that there is none
		if err := create(path, l); err != nil {
			t.Fatal(err)
		}
	}
	closeAndCheck(t, must(OpenServer(path, Options{}))(t), path)
}
