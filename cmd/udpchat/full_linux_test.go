package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"udpchat/cmd/internal/play"
)

// resumed is how soon all goes on once there is room.
const resumed = 5 * time.Second

// smallDisk mounts a disk of that size.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("udpchat", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skip("a small disk cannot be mounted (that needs root): ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp leaves that many bytes of a disk, and gives what is to be removed to have the others.
func fillUp(t *testing.T, dir string, but int64) (ballast string) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		t.Fatal(err)
	}
	ballast = filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, max(0, int64(s.Bavail)*s.Bsize-but)), 0o600); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// crowd is a server and clients, each with its state where the test wants it.
type crowd struct {
	t    *testing.T
	port string
	home string
}

func newCrowd(t *testing.T, db string) *crowd {
	t.Helper()
	port, err := play.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{t: t, port: strconv.Itoa(port), home: t.TempDir()}
	log := c.run("server", "-host", "127.0.0.1", "-p", c.port, "-db", db)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if !log.Stderr.Until(ctx, play.Listening) {
		t.Fatalf("the server does not listen:\n%s", strings.Join(log.Stderr.Lines(), "\n"))
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's log:\n%s", strings.Join(log.Stderr.Lines(), "\n"))
		}
	})
	return c
}

func (c *crowd) run(args ...string) *play.Pipes {
	c.t.Helper()
	cmd := exec.Command(program(c.t), args...)
	cmd.Env = play.Environ(c.home)
	p, err := play.OpenPipes(cmd)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(p.Process().Kill)
	return p
}

func (c *crowd) client(name, state string) *play.Pipes {
	return c.run("client", "-n", name, "-i", "127.0.0.1", "-p", c.port, "-state", state)
}

// sees waits for n lines that contain a text, and gives the time that it took.
func (c *crowd) sees(p *play.Pipes, within time.Duration, n int, text string) time.Duration {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), within)
	defer cancel()
	begin := time.Now()
	count := func(lines []string) (found int) {
		for _, l := range lines {
			if strings.Contains(l, text) {
				found++
			}
		}
		return found
	}
	if !p.Screen().Until(ctx, func(lines []string) bool { return count(lines) >= n }) {
		lines := p.Screen().Lines()
		c.t.Fatalf("%q was seen %d times of %d in %v; the last lines:\n%s\n%s", text, count(lines), n, within,
			strings.Join(lines[max(0, len(lines)-20):], "\n"), strings.Join(p.Stderr.Lines(), "\n"))
	}
	return time.Since(begin)
}

// leaves ends a client, which says with its exit code whether everything was sent.
func (c *crowd) leaves(p *play.Pipes, want int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	_ = p.Send("quit")
	if code, err := p.Process().Exit(ctx); err != nil || code != want {
		c.t.Errorf("exit code %d, %v", code, err)
	}
}

// script runs a command of a script, and wants it to end with an exit code after it said something on standard error.
func (c *crowd) script(code int, says, command, name, state string, args ...string) {
	c.t.Helper()
	p := c.run(append([]string{command, "-n", name, "-i", "127.0.0.1", "-p", c.port, "-state", state}, args...)...)
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	got, err := p.Process().Exit(ctx)
	said := p.Stderr.Until(ctx, func(lines []string) bool { return says == "" || slices.Contains(lines, "udpchat "+command+": "+says) })
	if err != nil || got != code || !said {
		c.t.Errorf("%s %.80q: exit code %d, %v, %q", command, args, got, err, p.Stderr.Lines())
	}
}

// numbers gives those of the texts of x that are on a screen, in their order there.
func numbers(p *play.Pipes) (list []int) {
	for _, l := range p.Screen().Lines() {
		from, text, ok := strings.Cut(play.Timeless(l), "x: ")
		if n, err := strconv.Atoi(strings.TrimRight(text[strings.LastIndexByte(text, ' ')+1:], ".")); ok && from == "" && err == nil {
			list = append(list, n)
		}
	}
	return list
}

func upTo(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// types types numbered texts of some length.
func types600(t *testing.T, p *play.Pipes, to string, from, through int) {
	t.Helper()
	for i := from; i < through; i++ {
		if err := p.Send(fmt.Sprintf("%s %s %d", to, strings.Repeat("text ", 120), i)); err != nil {
			t.Fatal(err)
		}
	}
}

// The server's disk fills up: what it can't take is kept by who sent it, names and posts too; what is there is delivered and deleted; and when there
// is room, all goes on by itself. Nothing is lost, and nothing comes twice.
func TestTheServersDiskIsFull(t *testing.T) {
	t.Parallel()
	disk, states := smallDisk(t, 4<<20), t.TempDir()
	ballast := fillUp(t, disk, 3<<19)
	c := newCrowd(t, filepath.Join(disk, "server.db"))
	y := c.client("y", states)
	c.sees(y, patience, 1, "[Welcome")
	c.leaves(y, 0)
	x := c.client("x", states)
	c.sees(x, patience, 1, "y @ ")
	const texts = 500
	types600(t, x, "send y", 0, texts)
	c.sees(x, patience, 1, "[The server's disk is full: the message to y is kept here and tried again.]")
	_ = x.Send("send_all to everyone")
	c.sees(x, patience, 1, "[The server's disk is full: the message to the channel is kept here and tried again.]")
	w := c.client("w", states)
	c.sees(w, patience, 1, "SERVER: ERROR: no room for a new name now: w is asked for again")

	c.script(exitRefused, "the server has no room for a new name now: nothing was sent", "send", "v", states, "-timeout", "2s", "y", "hi")
	c.script(exitNothing, "the server has no room for a new name now", "tail", "v", states, "-timeout", "2s")

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	t.Logf("w is welcome %v after there was room", c.sees(w, resumed, 1, "[Welcome"))
	t.Logf("the post and all texts were stored %v later", c.sees(x, resumed, texts+1, "[Message received by SERVER.]"))

	fillUp(t, disk, 0)
	y = c.client("y", states)
	c.sees(y, patience, 1, fmt.Sprintf(" %d", texts-1))
	c.sees(x, patience, texts, "[Message received by y.]")
	if got := numbers(y); !slices.Equal(got, upTo(texts)) {
		t.Errorf("y saw %v", got)
	}
	types600(t, x, "send y", texts, texts+1)
	c.sees(y, patience, 1, fmt.Sprintf(" %d", texts))
	c.leaves(w, 0)
	c.leaves(x, 0)
	c.leaves(y, 0)
}

// A client's disk fills up: what it can't keep it does not acknowledge, and what is typed is told not to be sent. When there is room, all goes on by
// itself.
func TestAClientsDiskIsFull(t *testing.T) {
	t.Parallel()
	disk, states := smallDisk(t, 8<<20), t.TempDir()
	c := newCrowd(t, filepath.Join(states, "server.db"))
	y := c.client("y", disk)
	c.sees(y, patience, 1, "[Welcome")
	x := c.client("x", states)
	c.sees(x, patience, 1, "y @ ")
	c.sees(y, patience, 1, "x @ ") // with a full disk it would come once only, when it is asked for
	ballast := fillUp(t, disk, 1<<17)
	const texts = 1000
	types600(t, x, "send y", 0, texts)
	c.sees(y, patience, 1, "[Your disk is full: messages to you wait until there is room.]")
	_ = y.Send("send x lost")
	c.sees(y, patience, 1, "[Not sent: your disk is full. Type the message to x again when there is room.]")
	_ = y.Send("peers")
	c.sees(y, patience, 2, "x @ ")

	c.sees(x, patience, 1, "[No ACK from y, message sent to server.]") // what is received has the time to be lost
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	t.Logf("y goes on %v after there was room", c.sees(y, resumed, 1, "[Your disk has room again.]"))
	_ = y.Send("send x kept")
	c.sees(x, resumed, 1, "y: kept")
	t.Logf("and has shown all %v later", c.sees(y, 2*patience, 1, fmt.Sprintf(" %d", texts-1)))
	c.sees(x, patience, texts, "[Message received by y.]")
	if got := numbers(y); !slices.Equal(got, upTo(texts)) {
		t.Errorf("y saw %v", got)
	}
	if strings.Contains(strings.Join(x.Screen().Lines(), "\n"), "y: lost") {
		t.Error("what was not sent came")
	}
	c.leaves(x, 0)
	c.leaves(y, 1) // "lost" was not sent
}
