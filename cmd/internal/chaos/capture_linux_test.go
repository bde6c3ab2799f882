package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"udpchat/cmd/internal/play"
)

// wiretap is all that a network's loopback interface carries.
type wiretap struct {
	mu    sync.Mutex
	heard []byte
	done  chan struct{}
}

// listen begins to capture; the function that it gives ends that.
func (n *namespace) listen(t testing.TB) (w *wiretap, end func()) {
	t.Helper()
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in network order
	fd := -1
	if err := n.do(func() (err error) {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, all)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) // what does not fit is missed by the control
	socket := os.NewFile(uintptr(fd), "loopback")
	w = &wiretap{done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for b := make([]byte, 1<<16); ; {
			size, err := socket.Read(b)
			if err != nil {
				return
			}
			w.mu.Lock()
			w.heard = append(w.heard, b[:size]...)
			w.mu.Unlock()
		}
	}()
	return w, func() {
		_ = socket.Close()
		<-w.done
	}
}

// times is how often something was heard.
func (w *wiretap) times(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Count(w.heard, []byte(what))
}

// opens starts the program in the namespace.
func (n *namespace) opens(t testing.TB, home string, args ...string) *play.Pipes {
	t.Helper()
	cmd := exec.Command(built, args...)
	cmd.Env = append(play.Environ(home), "UDPCHAT_ACK_TIMEOUT=20s") // no direct message misses its time
	var p *play.Pipes
	if err := n.do(func() (err error) { p, err = play.OpenPipes(cmd); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Process().Kill)
	return p
}

// docs/security.md, eavesdropper and stolen server disk: the real programs on a real interface. Neither texts nor names are in a capture of
// it, and no private text is in the server's database while it waits there.
func TestNothingIsReadOnTheLoopback(t *testing.T) {
	needs(t)
	t.Parallel()
	const ann, ben, direct, posted, mailed = "canary-ann", "canary-ben", "canary-direct-51", "canary-posted-52", "canary-mailed-53"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	n, home := newNamespace(t), t.TempDir()
	tap, end := n.listen(t)
	db := filepath.Join(home, "server.db")
	server := n.opens(t, home, "server", "-host", "127.0.0.1", "-p", "9999", "-db", db)
	if !server.Stderr.Until(ctx, play.Listening) {
		t.Fatal(server.Stderr.Lines())
	}
	come := func(name string) *play.Pipes {
		return n.opens(t, home, "client", "-n", name, "-i", "127.0.0.1", "-p", "9999")
	}
	sees := func(p *play.Pipes, text string) {
		t.Helper()
		if !p.Screen().Until(ctx, func(lines []string) bool {
			return slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, text) })
		}) {
			t.Fatalf("%q is not on\n%s", text, strings.Join(p.Screen().Lines(), "\n"))
		}
	}
	types := func(p *play.Pipes, line string) {
		if err := p.Send(line); err != nil {
			t.Fatal(err)
		}
	}
	a, b := come(ann), come(ben)
	sees(a, ben+" @ ")
	sees(b, ann+" @ ")
	types(a, "send "+ben+" "+direct)
	sees(b, direct)
	types(a, "send_all "+posted)
	sees(b, posted)
	types(b, "quit")
	sees(a, "is OFFLINE")
	types(a, "send "+ben+" "+mailed)
	sees(a, "SERVER: [Message received by the server and saved]")
	var kept []byte
	for _, path := range []string{db, db + ".wal"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, b...)
	}
	for text, there := range map[string]bool{direct: false, mailed: false, posted: true, ben: true} {
		if bytes.Contains(kept, []byte(text)) != there {
			t.Errorf("%s is in the database: %v", text, !there)
		}
	}
	sees(come(ben), mailed)
	if err := n.shout("canary-control"); err != nil {
		t.Fatal(err)
	}
	if err := until(ctx, time.Minute, func() bool { return tap.times("canary-control") > 0 }); err != nil {
		t.Errorf("the control was not heard: %v", err)
	}
	end()
	for _, canary := range []string{ann, ben, direct, posted, mailed} {
		if times := tap.times(canary); times > 0 {
			t.Errorf("%s is %d times in %d bytes of traffic", canary, times, len(tap.heard))
		}
	}
	t.Logf("%d bytes of traffic", len(tap.heard))
}

// shout sends something to nobody.
func (n *namespace) shout(text string) error {
	return n.do(func() error {
		c, err := net.Dial("udp", "127.0.0.1:9")
		if err != nil {
			return fmt.Errorf("shout: %w", err)
		}
		_, err = c.Write([]byte(text))
		return errors.Join(err, c.Close())
	})
}
