package crashtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// record does a task on a new volume that has these files, and gives its journal. On the way the process is killed (not the power), at
// each of these moments, and the next one goes on with what it finds. Without FUSE the test is skipped.
func record(t *testing.T, k task, files map[string][]byte, kills ...func(o op) bool) *journal {
	t.Helper()
	k.Mount = t.TempDir()
	v := newVolume(files)
	for _, v.until = range append(kills, nil) {
		run(t, v, k)
	}
	return &v.journal
}

// after is the moment when a process has done so many ops.
func after(n int) func(op) bool {
	return func(op) bool { n--; return n == 0 }
}

// run starts the child and serves its volume until it ends.
func run(t *testing.T, v *volume, k task) {
	t.Helper()
	fd, err := syscall.Open("/dev/fuse", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("power losses need FUSE: open /dev/fuse: %v", err)
	}
	device := os.NewFile(uintptr(fd), "/dev/fuse")
	defer func() { _ = device.Close() }()

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a second where the disk is idle
	defer cancel()
	spec, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(spec), "GORACE=atexit_sleep_ms=0") // the race detector sleeps a second
	cmd.ExtraFiles = []*os.File{device}
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("power losses need FUSE and root, for a process with mounts of its own: %v", err)
	}
	v.dead, v.kill = false, func() { _ = cmd.Process.Kill() }
	word, _ := bufio.NewReader(out).ReadString('\n')
	served := make(chan error, 1)
	if word == "mounted\n" {
		go func() { served <- serveDevice(v, fd) }()
	} else {
		served <- nil
	}
	err = cmd.Wait() // closes the mount too
	if err := <-served; err != nil {
		t.Fatalf("serve the file system: %v", err)
	}
	if reason, ok := strings.CutPrefix(word, "refused: "); ok {
		t.Skip("power losses need FUSE: " + strings.TrimSpace(reason))
	}
	if err != nil && !v.dead {
		t.Fatalf("the child failed: %v, %s", err, said.String())
	}
}

// serveDevice leaves the descriptor that it was given alone.
func serveDevice(v *volume, fd int) error {
	own, err := syscall.Dup(fd)
	if err != nil {
		return err
	}
	return serve(v, fmt.Sprint("/dev/fd/", own))
}
