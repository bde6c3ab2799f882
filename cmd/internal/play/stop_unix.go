//go:build unix && !linux

package play

import "golang.org/x/sys/unix"

// Stop stops the process until it gets SIGCONT.
func (p *Process) Stop() error { return p.Signal(unix.SIGSTOP) }
