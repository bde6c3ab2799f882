package bolt

import (
	"errors"
	"os"
	"syscall"
)

// fallocate gives room to a part of a file. What is there stays.
func fallocate(f *os.File, from, n int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, from, n)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
