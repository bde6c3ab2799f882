package control

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// socketName is the socket's name beside the profile.
const socketName = "control.sock"

// longest is how long the path of a socket may be: 104 bytes with the end on macOS, 108 elsewhere.
const longest = 103

// ErrNobody means that no client of the profile runs, or none that can be spoken with.
var ErrNobody = errors.New("no client of this profile runs")

// Dial connects with the client whose profile is in a folder. The error is ErrNobody when none listens there.
func Dial(folder string) (*Conn, error) {
	path := filepath.Join(folder, socketName)
	if len(path) > longest {
		return nil, ErrNobody
	}
	with, err := net.Dial("unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return NewConn(with), nil
}

// Listener is a client's socket.
type Listener struct {
	on  net.Listener
	all sync.WaitGroup
}

// Listen opens the socket in the folder of a profile that the caller has locked: what a killed client left there is in nobody's use.
// Only the user can open it.
func Listen(folder string, h *Hub) (*Listener, error) {
	path := filepath.Join(folder, socketName)
	if len(path) > longest {
		return nil, fmt.Errorf("open control socket: the path %s has more than %d bytes: name a shorter folder with -state", path, longest)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	on, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil { // its folder is the user's alone, too
		return nil, errors.Join(fmt.Errorf("open control socket: %w", err), on.Close())
	}
	l := &Listener{on: on}
	l.all.Go(func() { l.accept(h) })
	return l, nil
}

func (l *Listener) accept(h *Hub) {
	for {
		with, err := l.on.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many files are open, say: it is tried again
			time.Sleep(50 * time.Millisecond)
			continue
		}
		l.all.Go(func() { h.Serve(with) })
	}
}

// Close removes the socket, and waits for its connections: the Hub must be closed.
func (l *Listener) Close() {
	_ = l.on.Close() // removes it
	l.all.Wait()
}
