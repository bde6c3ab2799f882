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

// ErrNobody means that no client of the profile runs, or none that can be spoken with.
var ErrNobody = errors.New("no client of this profile runs")

// Dial connects with the client whose profile is in a folder. The error is ErrNobody when none listens there.
func Dial(folder string) (*Conn, error) {
	var with net.Conn
	err := named(folder, func(path string) (err error) {
		with, err = net.Dial("unix", path)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return NewConn(with), nil
}

// Listener is a client's socket.
type Listener struct {
	on   *net.UnixListener
	path string
	all  sync.WaitGroup
}

// Listen opens the socket in the folder of a profile that the caller has locked: what a killed client left there is in nobody's use.
// Only the user can open it.
func Listen(folder string, h *Hub) (*Listener, error) {
	l := &Listener{path: filepath.Join(folder, socketName)}
	err := os.Remove(l.path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = named(folder, l.open)
	}
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	if err := os.Chmod(l.path, 0o600); err != nil { // its folder is the user's alone, too
		return nil, errors.Join(fmt.Errorf("open control socket: %w", err), l.on.Close(), os.Remove(l.path))
	}
	l.all.Go(func() { l.accept(h) })
	return l, nil
}

func (l *Listener) open(path string) (err error) {
	if l.on, err = net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"}); err == nil {
		l.on.SetUnlinkOnClose(false) // the path may lead nowhere by then
	}
	return err
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

// Close removes the socket, while the caller has the profile locked still. Its connections go on.
func (l *Listener) Close() {
	_ = os.Remove(l.path) // first: who finds it is answered
	_ = l.on.Close()
}

// Wait waits for the connections of a closed one: the Hub must be closed too.
func (l *Listener) Wait() { l.all.Wait() }
