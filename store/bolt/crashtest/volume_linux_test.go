package crashtest

import (
	"maps"
	"slices"
	"sync"
	"syscall"
)

// volume is a file system in memory that keeps its journal. It outlives the processes that use it: what was not synced when one is
// killed is there for the next, as it is with a kernel's cache.
type volume struct {
	mu    sync.Mutex
	files map[int][]byte
	dirs  map[int]map[string]int
	last  int // node
	journal

	until func(o op) bool // the process is killed at this op; nil: it is not
	kill  func()          // does not wait
	dead  bool            // it was: nothing more comes from it
}

// marksName is the file that the child writes its marks into. It is no part of the disk.
const marksName = "marks"

// newVolume has these files at its top from the start, durable.
func newVolume(files map[string][]byte) *volume {
	v := &volume{files: map[int][]byte{}, dirs: map[int]map[string]int{root: {}}, last: root}
	v.journal = journal{before: map[int][]byte{}, tree: map[int]map[string]int{}, dirs: map[int]bool{root: true}}
	for name, data := range files {
		v.last++
		v.dirs[root][name], v.files[v.last], v.before[v.last] = v.last, slices.Clone(data), slices.Clone(data)
	}
	v.tree[root] = maps.Clone(v.dirs[root])
	return v
}

// add keeps an op. The process may die of it, and never learn that it was done.
func (v *volume) add(o op) syscall.Errno {
	if v.dead {
		return syscall.EIO
	}
	if v.ops = append(v.ops, o); v.until != nil && v.until(o) {
		v.dead = true
		v.kill()
	}
	return 0
}

func (v *volume) isMarks(node int) bool { return node == v.dirs[root][marksName] }

func (v *volume) write(node int, data []byte, at int64) syscall.Errno {
	v.mu.Lock()
	defer v.mu.Unlock()
	o := op{kind: written, node: node, at: at, data: slices.Clone(data)}
	if v.isMarks(node) {
		o = op{kind: marked, data: o.data}
	}
	if errno := v.add(o); errno != 0 || o.kind == marked {
		return errno
	}
	f := v.files[node]
	if grow := at + int64(len(data)) - int64(len(f)); grow > 0 {
		f = append(f, make([]byte, grow)...)
	}
	copy(f[at:], data)
	v.files[node] = f
	return 0
}

func (v *volume) read(node int, to []byte, at int64) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	f := v.files[node]
	at = min(at, int64(len(f)))
	return to[:copy(to, f[at:])]
}

func (v *volume) resize(node int, size int64) syscall.Errno {
	v.mu.Lock()
	defer v.mu.Unlock()
	if errno := v.add(op{kind: resized, node: node, at: size}); errno != 0 {
		return errno
	}
	f := v.files[node]
	v.files[node] = append(slices.Clip(f[:min(size, int64(len(f)))]), make([]byte, max(0, size-int64(len(f))))...)
	return 0
}

// allocate gives a file room, which makes it larger at most.
func (v *volume) allocate(node int, end int64) syscall.Errno {
	if _, size, _ := v.stat(node); end <= int64(size) {
		return 0
	}
	return v.resize(node, end)
}

func (v *volume) sync(node int) syscall.Errno {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.add(op{kind: synced, node: node})
}

// name changes a directory's entries; 0 removes one.
func (v *volume) name(dir int, names map[string]int) syscall.Errno {
	v.mu.Lock()
	defer v.mu.Unlock()
	o := op{kind: named, node: dir, names: names}
	if _, marks := names[marksName]; marks {
		rename(v.dirs[dir], o)
		return 0
	}
	if errno := v.add(o); errno != 0 {
		return errno
	}
	rename(v.dirs[dir], o)
	return 0
}

// make makes a new node, which has no name yet.
func (v *volume) make(isDir bool) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last++
	if isDir {
		v.dirs[v.last], v.journal.dirs[v.last] = map[string]int{}, true
	} else {
		v.files[v.last] = nil
	}
	return v.last
}

// node finds a name; 0 when there is none.
func (v *volume) node(dir int, name string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dirs[dir][name]
}

// stat tells what a node is, its size and how many names it has.
func (v *volume) stat(node int) (isDir bool, size, names int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, isDir = v.dirs[node]; isDir {
		return true, 0, 2
	}
	for _, d := range v.dirs {
		for _, n := range d {
			if n == node {
				names++
			}
		}
	}
	return false, len(v.files[node]), names
}
