package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"time"

	"udpchat/store"
)

// What bbolt writes into its two header pages, in the machine's own byte order: a page header of 16 bytes, then these fields.
const (
	metaOffset   = 16
	metaMagic    = 0xED0CDAED
	metaVersion  = 2
	metaChecked  = 56 // bytes under the checksum (FNV-1a), which follows
	metaSize     = metaChecked + 8
	atMagic      = 0
	atVersion    = 4
	atPageSize   = 8
	atRoot       = 16
	atHighWater  = 40 // number of pages that the file has at least
	atTx         = 48
	smallestPage = 1 << 10
	largestPage  = 1 << 24
)

// meta is a header page.
type meta struct {
	magic     bool
	valid     bool
	pageSize  int64
	highWater int64
	root      uint64
	tx        uint64 // the number of the transaction that wrote it
}

// preflight looks at the file before bbolt does. A process that writes the file at this moment can be seen
// between two states, so what looks damaged is looked at again.
func preflight(path string) (err error) {
	for range 3 {
		if err = inspect(path); !errors.Is(err, store.ErrDamaged) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

func inspect(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	defer func() { _ = f.Close() }()
	first, err := readMeta(f, 0)
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	second, err := secondMeta(f, first)
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	switch {
	case !first.magic && !second.magic:
		return fmt.Errorf("%s is foreign or %w: it does not begin like a store; name another file, or restore %s from a backup", path, store.ErrDamaged, path)
	case !first.valid && !second.valid:
		return damaged(path, "both header pages are broken")
	case !first.valid || !second.valid || first.pageSize != second.pageSize:
		// bbolt would open it as it was one change ago, and a promise already made would be broken.
		return damaged(path, "one of its two header pages is broken, so that its last change is lost")
	}
	info, err := f.Stat() // after the header pages: a writer grows the file first
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	if need := max(first.highWater, second.highWater) * first.pageSize; info.Size() < need {
		return damaged(path, "it was cut short: it has %d bytes and needs %d", info.Size(), need)
	}
	return nil
}

// secondMeta finds the second header page, which is one page into the file.
func secondMeta(f io.ReaderAt, first meta) (m meta, err error) {
	if first.valid {
		return readMeta(f, first.pageSize)
	}
	for size := int64(smallestPage); size <= largestPage; size *= 2 {
		if m, err = readMeta(f, size); err != nil || m.valid {
			return m, err
		}
	}
	return meta{}, nil
}

// readMeta reads a header page; one past the end is not valid.
func readMeta(f io.ReaderAt, page int64) (m meta, err error) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], page+metaOffset); err != nil {
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		return m, err
	}
	order := binary.NativeEndian
	m.magic = order.Uint32(b[atMagic:]) == metaMagic
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaChecked])
	m.pageSize = int64(order.Uint32(b[atPageSize:]))
	m.highWater = int64(order.Uint64(b[atHighWater:]))
	m.root, m.tx = order.Uint64(b[atRoot:]), order.Uint64(b[atTx:])
	m.valid = m.magic && order.Uint32(b[atVersion:]) == metaVersion && order.Uint64(b[metaChecked:]) == sum.Sum64() &&
		m.pageSize >= smallestPage && m.pageSize <= largestPage && m.highWater >= 0 && m.highWater < 1<<50/m.pageSize
	return m, nil
}
