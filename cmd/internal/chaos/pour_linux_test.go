package chaos

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A flood comes from a process of its own: a thread that stands behind those that it disturbs must not hold up the emulator, which
// would be in the same process. It is this program again, with a flag that says what it is to be.

// fileThree is where such a process finds what it writes to.
const fileThree = 3

// attacker is such a process, if it is one.
func attacker() (is bool, err error) {
	switch {
	case *pouring > 0:
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, unix.SIGTERM)
		return true, pourOn(*pouring, stop)
	case *applying > 0:
		return true, applyOn(*applying)
	}
	return false, nil
}

// attack runs such a process until it ends, or ctx: then it is asked to. It gives what the process said.
func attack(ctx context.Context, t testing.TB, to *os.File, input io.Reader, args ...string) string {
	defer func() { _ = to.Close() }()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = input, &said, os.Stderr, []*os.File{to}
	mortal(cmd)
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		t.Errorf("the flood: %v", err)
	}
	return said.String()
}

// lag is how far a flood may fall behind before what it missed is given up: an attacker is not held up, and does not catch up.
const lag = 5 * time.Millisecond

// pour writes packets to a host, over and over, so many a second or as many as it can, until ctx ends. It gives how many it wrote a second.
func pour(ctx context.Context, t testing.TB, h *host, packets []packet, perSecond int) (reached float64) {
	var load bytes.Buffer
	for _, p := range packets {
		load.Write(binary.BigEndian.AppendUint16(nil, uint16(len(p))))
		load.Write(p)
	}
	raw, err := h.tun.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	copied, failed := -1, error(nil)
	if err := raw.Control(func(fd uintptr) { copied, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	said := attack(ctx, t, os.NewFile(uintptr(copied), device), &load, "-pour", fmt.Sprint(perSecond))
	if _, err := fmt.Sscan(said, &reached); err != nil {
		t.Errorf("the flood says %q", said)
	}
	return reached
}

// pourOn is that process. It ends with SIGTERM.
func pourOn(perSecond int, stop <-chan os.Signal) error {
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, floodNice) // it runs all the same
	load, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var packets [][]byte
	for len(load) > 0 {
		end := 2 + int(binary.BigEndian.Uint16(load))
		packets = append(packets, load[2:end])
		load = load[end:]
	}
	n, begun := 0, time.Now()
	for due := begun; len(stop) == 0; due = due.Add(time.Millisecond) {
		now := time.Now()
		if now.Before(due) {
			<-time.After(due.Sub(now))
		} else if now.Sub(due) > lag {
			due = now
		}
		for range perSecond / 1000 {
			_, _ = unix.Write(fileThree, packets[n%len(packets)])
			n++
		}
	}
	_, err = fmt.Println(float64(n) / time.Since(begun).Seconds())
	return err
}
