//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Folders and files that may not be written, as an ordinary user meets them.
func TestReadOnlyFiles(t *testing.T) {
	t.Parallel()
	w := newWounded(t)
	binary := filepath.Join(publicDir(t), "udpchat")
	from, err := os.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(binary, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file os.FileMode // 0: none
		dir  os.FileMode
		say  []string
	}{
		{"a folder without permission", 0, 0o555, []string{"permission denied", "make it writable for this user"}},
		{"a file without permission", 0o444, 0o755, []string{"permission denied", "make it writable for this user"}},
	} {
		for _, command := range commands {
			state := publicDir(t)
			w.home = state
			w.files[command] = filepath.Join(state, "server.db")
			if command == "client" {
				w.files[command] = filepath.Join(state, "clients", "y", "profile.db")
			}
			dir := filepath.Dir(w.files[command])
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if c.file != 0 {
				w.put(command, w.whole[command])
				if err := os.Chmod(w.files[command], c.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, c.dir); err != nil {
				t.Fatal(err)
			}
			cmd := w.command(command)
			cmd.Path = binary
			if os.Getuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			w.refused(c.name, command, cmd, c.say...)
			_ = os.Chmod(dir, 0o755)
		}
	}
}

// publicDir is a folder that every user can read.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(os.TempDir(), "udpchat-") //nolint:usetesting // a test's own folder is the user's only
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
