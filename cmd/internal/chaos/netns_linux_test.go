package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// namespace is a network of its own. It has no name, so nothing of it can stay behind: the kernel drops it with the last file and
// process that is in it.
type namespace struct{ file *os.File }

// ownNamespace opens the namespace of the thread.
func ownNamespace() (*os.File, error) { return os.Open("/proc/thread-self/ns/net") }

func newNamespace(t testing.TB) *namespace {
	t.Helper()
	n := &namespace{}
	err := aside(func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("unshare: %w", err)
		}
		n.file, err = ownNamespace()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.file.Close() })
	n.ip(t, "link set lo up")
	return n
}

// aside runs f on a thread that may go to another namespace, and brings the thread back.
func aside(f func() error) error {
	runtime.LockOSThread()
	home, err := ownNamespace()
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() { _ = home.Close() }()
	err = f()
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back) // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return err
}

// do runs f in the namespace: sockets that it opens and processes that it starts are there.
func (n *namespace) do(f func() error) error {
	return aside(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter namespace: %w", err)
		}
		return f()
	})
}

// ip runs ip with these words.
func (n *namespace) ip(t testing.TB, words string) {
	t.Helper()
	if err := n.try("ip " + words); err != nil {
		t.Fatal(err)
	}
}

// try runs a command in the namespace.
func (n *namespace) try(words string) error {
	args := strings.Fields(words)
	cmd := exec.Command(args[0], args[1:]...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := n.do(cmd.Start); err != nil {
		return fmt.Errorf("start %s: %w", words, err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", words, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// mortal makes a process end with the test, however that ends.
func mortal(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// measures skips a test whose figures say nothing here.
func measures(t testing.TB) {
	t.Helper()
	if testing.Short() || raceDetector {
		t.Skip("what is measured under load says nothing in short mode or under the race detector")
	}
	needs(t)
}

// needs skips the test where there can be no namespaces.
func needs(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is not installed (Debian: iproute2)")
	}
	if err := aside(func() error { return unix.Unshare(unix.CLONE_NEWNET) }); err != nil {
		t.Skipf("no network namespaces here: %v", err)
	}
	if f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		t.Skipf("no TUN devices here: %v", err)
	} else {
		_ = f.Close()
	}
}
