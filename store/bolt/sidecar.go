package bolt

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// sidecar is what stands beside a store's file: who it is. With it a store that vanished, was emptied or replaced is noticed;
// bbolt would open an empty file as a new database. One line of text, with a checksum, so that damage to the sidecar
// itself is told from another store's.
type sidecar struct {
	kind   string
	id     uint64
	schema int
	exists bool // there is such a file
	sound  bool // and it can be read
}

const sidecarFormat = "%s %016x schema %d"

func sidecarPath(path string) string { return path + ".id" }

func readSidecar(path string) (sidecar, error) {
	b, err := os.ReadFile(sidecarPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return sidecar{}, nil
	}
	if err != nil {
		return sidecar{}, fmt.Errorf("store %s: read %s: %w", path, sidecarPath(path), err)
	}
	s := sidecar{exists: true}
	line, sum, _ := strings.Cut(strings.TrimSuffix(string(b), "\n"), " crc ")
	if sum != fmt.Sprintf("%08x", crc32.Checksum([]byte(line), castagnoli)) {
		return s, nil
	}
	var program, half string
	if _, err := fmt.Sscanf(line, "%s "+sidecarFormat, &program, &half, &s.id, &s.schema); err == nil {
		s.kind, s.sound = program+" "+half, true
	}
	return s, nil
}

// write replaces the sidecar in one step and syncs it.
func (s sidecar) write(path string) error {
	line := fmt.Sprintf(sidecarFormat, s.kind, s.id, s.schema)
	line = fmt.Sprintf("%s crc %08x\n", line, crc32.Checksum([]byte(line), castagnoli))
	if err := replace(sidecarPath(path), []byte(line)); err != nil {
		return fmt.Errorf("store %s: write %s: %w", path, sidecarPath(path), err)
	}
	return nil
}

func replace(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(path)
}

// syncDir makes a new name durable. Windows cannot, and needs it not.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
