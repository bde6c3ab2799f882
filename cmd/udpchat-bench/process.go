package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// target is a server, as clients know it.
type target struct {
	path   link.Path
	key    wire.Key
	static [32]byte
}

// process is a server process.
type process struct {
	target
	cmd     *exec.Cmd
	started time.Time
	log     *bytes.Buffer
	ended   chan struct{}
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// fresh gives the bench a new folder for the next case.
func (b *bench) fresh() error {
	b.cases++
	b.folder = filepath.Join(b.dir, strconv.Itoa(b.cases))
	return os.Mkdir(b.folder, 0o700)
}

// serve starts a server on the database in the case's folder, and returns when it answers. The port that it is to have is free at first; now and then
// another program, or a client of this one, is given it before the server is there.
func (b *bench) serve(flags ...string) (*process, error) {
	for tries := 1; ; tries++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		p, err := b.serveAt(port, flags...)
		if err == nil || tries == 3 || !strings.Contains(err.Error(), "is in use") {
			return p, err
		}
	}
}

func (b *bench) serveAt(port int, flags ...string) (*process, error) {
	args := append([]string{"server", "-host", "127.0.0.1", "-p", strconv.Itoa(port), "-db", filepath.Join(b.folder, "server.db"),
		"-log-level", "warn", "-mailbox-texts", "0", "-mailbox-bytes", "0", "-pair-texts", "0", "-pair-bytes", "0"}, flags...)
	p := &process{cmd: exec.CommandContext(b.ctx, b.binary, args...), started: time.Now(), log: new(bytes.Buffer), ended: make(chan struct{})}
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start server (flag -udpchat names it): %w", err)
	}
	go func() { // stop waits for it
		_ = p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	p.path.Remote = loopback(port)
	if err := p.meet(b); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// meet asks the server for its key until it answers. Each question has a socket of its own, so that none waits for the time at which
// an earlier one, which nobody heard, is asked again; each waits longer than the one before it, since the server may have much to do.
func (p *process) meet(b *bench) error {
	wait := 20 * time.Millisecond
	for end := time.Now().Add(5 * patience); time.Now().Before(end) && b.ctx.Err() == nil; {
		socket, err := link.Listen("127.0.0.1", 0)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(b.ctx, wait)
		wait = min(wait*9/8, 2*time.Second)
		key, card, err := link.AskKey(ctx, socket, p.path)
		cancel()
		if err == nil {
			p.key, p.static = key, card.Static
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended: %s", bytes.TrimSpace(p.log.Bytes()))
		default:
		}
	}
	return errors.New("the server does not answer")
}

// stop kills the server and waits for its end.
func (p *process) stop() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// child is another process of this program.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Scanner
}

// spawn starts this program again, and returns after its first line of output.
func (b *bench) spawn(args ...string) (*child, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.CommandContext(b.ctx, self, args...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	c := &child{cmd, stdin, bufio.NewScanner(stdout)}
	if !c.out.Scan() {
		return nil, "", errors.Join(fmt.Errorf("start %s", strings.Join(args, " ")), c.stop())
	}
	return c, c.out.Text(), nil
}

// stop ends it by closing its standard input.
func (c *child) stop() error {
	return errors.Join(c.stdin.Close(), c.cmd.Wait())
}

func freePort() (int, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	return conn.LocalAddr().(*net.UDPAddr).Port, conn.Close()
}
