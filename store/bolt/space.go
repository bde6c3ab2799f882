package bolt

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// bbolt never writes over a page in use: also a change that only deletes needs new pages, for the leaf, all above it, and the list of
// free pages. On a full disk it finds them in two places: among the file's free pages, which the disk has given to the file and
// does not take back, and behind the last page, when the room there was really given to the file (bbolt only makes the
// file longer, which on most file systems gives nothing). A store sees to it that both together are never less than its reserve
// after it took anything new. So the reserve is there when the disk is full, and each change gives back about what it took.
//
// What a deletion takes was measured (TestWhatFreeingRoomTakes): a Take of 32 texts, anywhere among 20,000, writes up to 140 pages of 4 KiB;
// the server takes one at a time. Larger groups are tried in halves.
const (
	serverReserve  = 1 << 20
	profileReserve = 256 << 10
)

// room is what a transaction may use.
type room uint8

const (
	roomForAll  room = iota
	roomForLess      // a smaller group may have room
	roomForNone      // only the reserve is left, or not even that: nothing new
)

// secure makes sure that the reserve is still there when what a transaction takes in has made the file grow.
func (f *file) secure(tx *bbolt.Tx, growth int64) (room, error) {
	if f.noRoom != nil && f.noRoom() {
		return roomForNone, nil
	}
	if f.reserve == 0 {
		return roomForAll, nil
	}
	if ok, err := f.have(tx, f.reserve+growth); ok || err != nil {
		return roomForAll, err
	}
	if ok, err := f.have(tx, f.reserve); ok || err != nil {
		return roomForLess, err
	}
	return roomForNone, nil
}

// grown is by how much records with that many bytes in them make a file longer: bbolt splits pages where they are half full, or two
// records are in them, and a record has a key, entries in other buckets, and a checksum (TestWhatIsTakenInLeavesTheReserve).
func grown(records, bytes int) int64 { return 3 * int64(512*records+bytes) }

// have makes sure that n bytes can be written.
func (f *file) have(tx *bbolt.Tx, n int64) (bool, error) {
	s := f.db.Stats()
	free := int64(s.FreePageN+s.PendingPageN) * int64(tx.DB().Info().PageSize)
	return f.haveBehind(tx, n-free)
}

// haveBehind makes sure that n bytes can be written behind the last page, where all room is in one piece: free pages may lie apart.
func (f *file) haveBehind(tx *bbolt.Tx, n int64) (bool, error) {
	end := tx.Size()
	if max(0, f.allocated-end) >= n {
		return true, nil
	}
	// More than is missing, so that this is not done every time; else what is missing.
	for _, to := range []int64{end + n + f.reserve, end + n} {
		if !f.allowed(to) {
			continue
		}
		if to > f.allocated {
			err := f.extend(max(end, f.allocated), to)
			if noSpace(err) {
				continue
			}
			if err != nil {
				return false, err
			}
			f.allocated = to
		}
		return true, nil
	}
	return false, nil
}

// allowed tells whether the file may have that size, as bbolt counts: by its steps of growth.
func (f *file) allowed(size int64) bool {
	if f.db.MaxSize == 0 {
		return true
	}
	mapped := int64(1 << 15)
	for mapped < size {
		mapped *= 2
	}
	if mapped > int64(f.db.AllocSize) {
		mapped = size + int64(f.db.AllocSize)
	}
	return mapped <= int64(f.db.MaxSize)
}

// extend has the disk give room to a part of the file behind its last page, where nothing is. The file's new length is synced as bbolt
// does it; a failure of that is final.
func (f *file) extend(from, to int64) error {
	info, err := f.os.Stat()
	if err != nil {
		return err
	}
	if err = fallocate(f.os, from, to-from); err != nil && !noSpace(err) {
		err = writeZeros(f.os, from, to) // not every file system can do that
	}
	if err != nil || info.Size() >= to {
		return err
	}
	if err := f.os.Sync(); err != nil {
		return syncError{err}
	}
	return nil
}

// syncError is not what noSpace looks for, whatever it is.
type syncError struct{ error }

func writeZeros(f *os.File, from, to int64) error {
	zeros := make([]byte, min(to-from, 64<<10))
	for ; from < to; from += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(to-from, int64(len(zeros)))], from); err != nil {
			return err
		}
	}
	return nil
}

// noSpace tells whether an error means that the disk, or what the user may have of it, is full.
func noSpace(err error) bool {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return false
	}
	if runtime.GOOS == "windows" {
		return no == 39 || no == 112 // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	}
	return no == syscall.ENOSPC || no == syscall.EDQUOT
}

// undone tells whether it is certain that a transaction whose commit failed did not happen, for want of room. What bbolt does (v1.5.0,
// Tx.Commit): find pages for what changed, lengthen the file, write the pages, sync, write a header page, sync. Until the header page is
// written the transaction is nowhere; bbolt goes back to its list of free pages as the newest header names it, and the file is
// as good as before, but for pages that are free. So an error counts that comes from finding pages (the largest size is
// reached), from lengthening, or from writing: bbolt names neither the step nor the page, but a failed write has another type than
// a failed sync, which is never retried, and both header pages are looked at: when they are whole, and older than the transaction, no
// write to them had any effect.
func (f *file) undone(tx int, err error) bool {
	if errors.Is(err, berrors.ErrMaxSizeReached) {
		return true
	}
	path, wrote := errors.AsType[*fs.PathError](err)
	wrote = wrote && path.Op == "write" && noSpace(path.Err)
	lengthened := strings.HasPrefix(err.Error(), "file resize error: ") && strings.HasSuffix(err.Error(), ": "+syscall.ENOSPC.Error())
	return (wrote || lengthened) && f.older(tx)
}

// older tells whether both header pages are whole and older than a transaction.
func (f *file) older(tx int) bool {
	first, err := readMeta(f.os, 0)
	if err != nil || !first.valid || first.tx >= uint64(tx) {
		return false
	}
	second, err := readMeta(f.os, first.pageSize)
	return err == nil && second.valid && second.tx < uint64(tx)
}
