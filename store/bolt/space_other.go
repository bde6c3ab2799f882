//go:build !linux

package bolt

import (
	"errors"
	"os"
)

// fallocate is not to be had here in a way that gives room for sure.
func fallocate(*os.File, int64, int64) error { return errors.ErrUnsupported }
