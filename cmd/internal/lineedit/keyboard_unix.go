//go:build unix

package lineedit

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard waits for input in such a way that the wait can be ended. A read
// deadline would need the terminal in non-blocking mode, and that mode belongs
// to the open terminal, not to this process: the shell would inherit it. So
// the reader sleeps in select(2), which poll(2) cannot replace because on
// macOS that does not take terminals, and reads only when there is something.
type keyboard struct {
	fd        int
	woken     *os.File // readable once wake is closed
	wake      *os.File
	wokenFd   int
	watchable unix.FdSet
}

func newKeyboard(fd int) (*keyboard, error) {
	woken, wake, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	k := &keyboard{fd: fd, woken: woken, wake: wake, wokenFd: int(woken.Fd())}
	if max(fd, k.wokenFd) >= unix.FD_SETSIZE {
		return nil, errors.Join(errors.New("too many open files for select"), woken.Close(), wake.Close())
	}
	k.watchable.Set(fd)
	k.watchable.Set(k.wokenFd)
	return k, nil
}

// wait blocks until there is input or the keyboard is closed, or for the
// given time if that is not negative.
func (k *keyboard) wait(limit time.Duration) keysState {
	for {
		set := k.watchable
		var timeout *unix.Timeval
		if limit >= 0 {
			tv := unix.NsecToTimeval(limit.Nanoseconds())
			timeout = &tv
		}
		n, err := unix.Select(max(k.fd, k.wokenFd)+1, &set, nil, nil, timeout)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return keysReady // the Read that follows tells what is wrong
		case n == 0:
			return keysSilent
		case set.IsSet(k.wokenFd):
			return keysStopped
		}
		return keysReady
	}
}

// close ends the wait and returns when the reader has ended. Another process
// that reads the same terminal could snatch the input between wait and Read
// and hold the reader there until the next key; nothing else can.
func (k *keyboard) close(reader <-chan struct{}) {
	_ = k.wake.Close()
	<-reader
	_ = k.woken.Close()
}

// prepareOutput has nothing to do here: raw mode covers both directions.
func prepareOutput(int) (undo func() error, err error) {
	return func() error { return nil }, nil
}
