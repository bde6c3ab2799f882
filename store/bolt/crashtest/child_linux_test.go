package crashtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// childEnv holds the task of a test binary that is started as a child.
const childEnv = "UDPCHAT_CRASHTEST_CHILD"

// task is what a child does.
type task struct {
	Kind    string // of subjects
	Mount   string // where it mounts the volume
	Path    string // the store's file, within
	Seed    uint64
	Changes int
}

func TestMain(m *testing.M) {
	text := os.Getenv(childEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	var t task
	err := json.Unmarshal([]byte(text), &t)
	if err == nil {
		err = t.mount()
	}
	if err != nil {
		fmt.Println("refused:", err)
		return
	}
	fmt.Println("mounted")
	if err := t.live(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// mount puts the volume that the parent serves on descriptor 3 into this process's own mount namespace.
func (t task) mount() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	options := fmt.Sprintf("fd=3,rootmode=40000,user_id=%d,group_id=%d", os.Getuid(), os.Getgid())
	if err := syscall.Mount("crashtest", t.Mount, "fuse", syscall.MS_NOSUID|syscall.MS_NODEV, options); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	return syscall.Close(3) // when the parent ends, the mount fails, and so does this process
}

// live opens the store and does the changes of its plan that are not done yet, with one more opening in the middle.
func (t task) live() error {
	marks, err := os.OpenFile(filepath.Join(t.Mount, marksName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	w := &worker{marks: marks, rand: rand.New(rand.NewPCG(t.Seed, 1))}
	for half := 1; half <= 2 && w.err == nil; half++ {
		w.turn(t, t.Changes*half/2)
	}
	return w.err
}

// worker submits changes and says so.
type worker struct {
	marks *os.File
	rand  *rand.Rand

	mu  sync.Mutex
	err error // the first one
}

// mark says something in the order of the journal.
func (w *worker) mark(format string, args ...any) {
	_, err := fmt.Fprintf(w.marks, format+"\n", args...)
	w.note(err)
}

func (w *worker) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *worker) turn(t task, until int) {
	s, err := subjects[t.Kind].open(filepath.Join(t.Mount, t.Path))
	if err != nil {
		w.note(err)
		return
	}
	defer func() { w.note(s.Close()) }()
	identity, p, at, err := t.find(s)
	if err != nil {
		w.note(err)
		return
	}
	w.mark("open %d %s", at, identity)
	var wait sync.WaitGroup
	for at < until {
		for range min(until-at, 1+w.rand.IntN(16)) {
			at++
			n := at
			w.mark("submit %d", n)
			wait.Add(1)
			s.submit(p.changes[n-1], func(err error) {
				defer wait.Done()
				if w.note(err); err == nil {
					w.mark("done %d", n)
				}
			})
		}
		if w.rand.IntN(3) > 0 {
			wait.Wait()
		}
	}
	wait.Wait()
}

// find tells how many of the plan's changes are in the store.
func (t task) find(s subject) (identity string, p plan, at int, err error) {
	if identity, err = s.identity(); err != nil {
		return "", p, 0, err
	}
	if t.Changes == 0 {
		return identity, p, 0, nil
	}
	p = subjects[t.Kind].plan(t.Seed, t.Changes, identity)
	digest, err := s.digest()
	if err != nil {
		return "", p, 0, err
	}
	for at = len(p.digests) - 1; at >= 0; at-- {
		if p.digests[at] == digest {
			return identity, p, at, nil
		}
	}
	return "", p, 0, fmt.Errorf("after a kill the store is as it never was")
}
