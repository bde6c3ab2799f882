package play

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Stop stops the process until it gets SIGCONT. SIGSTOP has returned long before the last thread has stopped: that is waited for.
func (p *Process) Stop() error {
	if err := p.Signal(unix.SIGSTOP); err != nil {
		return err
	}
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err == nil, errors.Is(err, unix.ECHILD): // it has ended, and was waited for
			return nil
		default:
			return fmt.Errorf("wait for %s: %w", p.cmd.Path, err)
		}
	}
}
