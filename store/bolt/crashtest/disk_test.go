package crashtest

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// disk is what a power loss can leave: what is surely there, and what came after it.
type disk struct {
	files map[int]*content
	dirs  map[int]*listing
	isDir map[int]bool
	sync  syncing
}

// syncing is what a sync is worth.
type syncing uint8

const (
	honest   syncing = iota
	ignored          // nothing
	oneShort         // it makes durable what came before the sync before
)

// content is a file. data may be shorter than the file: the rest is zero.
type content struct {
	data    []byte
	size    int64
	pending []op
	old     int // of those: came before the last sync
}

// listing is a directory.
type listing struct {
	names   map[string]int
	pending []op
	old     int
}

func newDisk(j *journal, s syncing) *disk {
	d := &disk{files: map[int]*content{}, dirs: map[int]*listing{}, isDir: j.dirs, sync: s}
	for node, data := range j.before {
		d.files[node] = &content{data: slices.Clone(data), size: int64(len(data))}
	}
	for node, names := range j.tree {
		d.dirs[node] = &listing{names: maps.Clone(names)}
	}
	return d
}

func (d *disk) file(node int) *content {
	if d.files[node] == nil {
		d.files[node] = &content{}
	}
	return d.files[node]
}

func (d *disk) dir(node int) *listing {
	if d.dirs[node] == nil {
		d.dirs[node] = &listing{names: map[string]int{}}
	}
	return d.dirs[node]
}

// apply takes the next op in.
func (d *disk) apply(o op) {
	switch o.kind {
	case written, resized:
		f := d.file(o.node)
		f.pending = append(f.pending, o)
	case named:
		l := d.dir(o.node)
		l.pending = append(l.pending, o)
	case synced:
		if d.isDir[o.node] {
			l := d.dir(o.node)
			n := d.worth(len(l.pending), l.old)
			l.settle(n)
			l.old = len(l.pending)
		} else {
			f := d.file(o.node)
			n := d.worth(len(f.pending), f.old)
			f.settle(n)
			f.old = len(f.pending)
		}
	}
}

// worth is how many of the pending ops a sync makes durable.
func (d *disk) worth(all, old int) int {
	switch d.sync {
	case ignored:
		return 0
	case oneShort:
		return old
	}
	return all
}

func (l *listing) settle(n int) {
	for _, o := range l.pending[:n] {
		rename(l.names, o)
	}
	l.pending = slices.Clone(l.pending[n:])
}

func rename(names map[string]int, o op) {
	for name, node := range o.names {
		if names[name] = node; node == 0 {
			delete(names, name)
		}
	}
}

func (f *content) settle(n int) {
	for _, o := range f.pending[:n] {
		f.data = put(f.data, o, func() bool { return true })
		f.size = sizeAfter(f.size, o)
	}
	f.data = f.data[:min(int64(len(f.data)), f.size)]
	f.pending = slices.Clone(f.pending[n:])
}

func sizeAfter(size int64, o op) int64 {
	if o.kind == resized {
		return o.at
	}
	return max(size, o.at+int64(len(o.data)))
}

// put changes those sectors of an op that are kept. What a smaller size cuts off is zero if the file grows again.
func put(data []byte, o op, kept func() bool) []byte {
	end := o.at + int64(len(o.data))
	if o.kind == resized {
		end = int64(len(data))
	}
	if end > int64(len(data)) {
		data = append(data, make([]byte, end-int64(len(data)))...)
	}
	for at := o.at; at < end; {
		next := min(end, (at/sector+1)*sector)
		switch {
		case !kept():
		case o.kind == resized:
			clear(data[at:next])
		default:
			copy(data[at:next], o.data[at-o.at:next-o.at])
		}
		at = next
	}
	return data
}

// chance is how likely it is that what was not synced was kept; whole: writes are kept whole or not at all.
type chance struct {
	p       float64
	whole   bool
	ordered bool // names: the first so many, as a file system with a journal has it; else any
}

func someChance(r *rand.Rand) chance {
	return chance{p: []float64{0, 0.05, 0.3, 0.5, 0.7, 0.95, 1}[r.IntN(7)], whole: r.IntN(4) == 0, ordered: r.IntN(2) == 0}
}

// after is the file as it is found. Its size is one that it had since the last sync, and earlier versions of a sector may have
// outlived later ones.
func (f *content) after(r *rand.Rand, c chance) (data []byte, size int64) {
	data = slices.Clone(f.data)
	sizes := []int64{f.size}
	for _, o := range f.pending {
		kept := func() bool { return r.Float64() < c.p }
		if c.whole {
			all := kept()
			kept = func() bool { return all }
		}
		data = put(data, o, kept)
		if s := sizeAfter(sizes[len(sizes)-1], o); s != sizes[len(sizes)-1] {
			sizes = append(sizes, s)
		}
	}
	size = sizes[pick(r, c, len(sizes))]
	return data[:min(int64(len(data)), size)], size
}

// pick is 0 with a chance of 0, and the last one with a chance of 1.
func pick(r *rand.Rand, c chance, n int) int {
	switch c.p {
	case 0:
		return 0
	case 1:
		return n - 1
	}
	return r.IntN(n)
}

func (l *listing) after(r *rand.Rand, c chance) map[string]int {
	names := maps.Clone(l.names)
	first := pick(r, c, len(l.pending)+1)
	for i, o := range l.pending {
		if c.ordered && i < first || !c.ordered && r.Float64() < c.p {
			rename(names, o)
		}
	}
	return names
}

// leave writes what a power loss left into a directory.
func (d *disk) leave(path string, r *rand.Rand, c chance) error {
	return d.leaveDir(path, root, r, c, map[int]bool{})
}

func (d *disk) leaveDir(path string, node int, r *rand.Rand, c chance, above map[int]bool) error {
	if above[node] { // a directory has one place
		return nil
	}
	above[node] = true
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	names := d.dir(node).after(r, c)
	for _, name := range slices.Sorted(maps.Keys(names)) { // a seed gives the same state again
		to := filepath.Join(path, name)
		if child := names[name]; d.isDir[child] {
			if err := d.leaveDir(to, child, r, c, above); err != nil {
				return err
			}
		} else if err := d.leaveFile(to, child, r, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *disk) leaveFile(path string, node int, r *rand.Rand, c chance) error {
	data, size := d.file(node).after(r, c)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	return os.Truncate(path, size)
}
