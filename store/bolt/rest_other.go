//go:build !linux

package bolt

// unmapped does nothing: the system takes the pages when it needs them.
func unmapped(uintptr, int64) error { return nil }
