package play

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// Process is a program that runs. It is waited for from the beginning, so that none is left behind as a zombie.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once it has ended and its output was read
	err  error         // of waiting; set before done is closed
}

// Launch starts a command. After it has ended, its output is read to the end, then finish is called.
func Launch(cmd *exec.Cmd, finish func()) (*Process, error) {
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() { // Kill and Exit wait for it
		p.err = cmd.Wait()
		if finish != nil {
			finish()
		}
		close(p.done)
	}()
	return p, nil
}

// Signal sends a signal to a process that may have ended.
func (p *Process) Signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.cmd.Path, err)
	}
	return nil
}

// Kill ends it with SIGKILL and waits. A process that has ended stays so.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may be gone
	<-p.done
}

// Ended tells whether it has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Exit waits for the end and gives the exit code; -1 means that a signal ended it.
func (p *Process) Exit(ctx context.Context) (int, error) {
	select {
	case <-p.done:
	case <-ctx.Done():
		return 0, fmt.Errorf("%s has not ended: %w", p.cmd.Path, ctx.Err())
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		return 0, p.err
	}
	return p.cmd.ProcessState.ExitCode(), nil
}

// lastPort makes ports different within a process, and most likely between processes.
var lastPort atomic.Uint32

// FreePort gives a UDP port of this machine that nobody uses, from below those that systems give to clients by themselves.
func FreePort() (int, error) {
	lastPort.CompareAndSwap(0, 1+rand.Uint32N(20000))
	for range 1000 {
		port := 10000 + int(lastPort.Add(1)%20000)
		c, err := net.ListenUDP("udp", &net.UDPAddr{Port: port})
		if err != nil {
			continue
		}
		return port, c.Close()
	}
	return 0, errors.New("no UDP port is free")
}

// Environ is the environment for a program that keeps its state below a folder and hears nothing of the user's settings.
func Environ(home string) []string {
	var environ []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "HOME" || name == "XDG_STATE_HOME" || name == "TERM" || strings.HasPrefix(name, "UDPCHAT_") {
			continue
		}
		environ = append(environ, v)
	}
	environ = append(environ, "HOME="+home, "XDG_STATE_HOME="+home, "TERM=xterm-256color")
	if os.Getenv("GORACE") == "" {
		environ = append(environ, "GORACE=atexit_sleep_ms=0") // a program with the race detector sleeps a second at its end
	}
	return environ
}
