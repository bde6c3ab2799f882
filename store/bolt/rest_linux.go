package bolt

import (
	"fmt"
	"syscall"
)

// unmapped has the pages of a map of a file forgotten. Nothing is lost: bbolt maps it to read only.
func unmapped(at uintptr, size int64) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, at, uintptr(size), syscall.MADV_DONTNEED); errno != 0 {
		return fmt.Errorf("give pages back: %w", errno)
	}
	return nil
}
