package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// bbolt follows page numbers without looking where they lead: one flipped bit in a branch page can make a page its own
// descendant, and a search there ends the process with a stack overflow, which no recover stops. So all branch pages are
// walked before bbolt looks at one. They are about a hundredth of the file; the leaves, where the records with their checksums
// are, are not read (those of the root, which name the buckets, are).
//
// A page begins with its number (8 bytes), its kind (2), its count of elements (2) and how many pages more it has (4). Elements
// of 16 bytes follow, then the keys and values, one behind the other. A branch element is: distance of its key from the
// element (4), length of the key (4), page (8). A leaf element is: flags (4), distance (4), length of the key (4) and of the value (4).
const (
	pageHeader  = 16
	elementSize = 16
	branchPage  = 1
	leafPage    = 2
	bucketFlag  = 1
	bucketSize  = 16 // a bucket's value begins with its root page (0: it is inline) and its sequence
)

// walker visits pages, each at most once.
type walker struct {
	from     io.ReaderAt
	pageSize int64
	seen     []bool // by page number
	page     []byte // the last page that was read
}

// checkTree walks the database whose newest header page is m.
func checkTree(from io.ReaderAt, m meta) error {
	w := &walker{from: from, pageSize: m.pageSize, seen: make([]bool, m.highWater)}
	var buckets []uint64
	leaves, err := w.tree(m.root)
	for _, id := range leaves {
		page, kind, readErr := w.read(id)
		if err == nil {
			err = readErr
		}
		if err == nil && kind != leafPage {
			err = fmt.Errorf("page %d is no leaf", id)
		}
		if err != nil {
			return err
		}
		buckets = append(buckets, roots(page)...)
	}
	for i := 0; err == nil && i < len(buckets); i++ {
		_, err = w.tree(buckets[i])
	}
	return err
}

// tree walks the branch pages below root, level by level, and gives the pages of the lowest level. All leaves of a tree are
// on one level.
func (w *walker) tree(root uint64) (leaves []uint64, err error) {
	level := []uint64{root}
	if err := w.claim(root); err != nil {
		return nil, err
	}
	for {
		if _, kind, err := w.read(level[0]); err != nil || kind == leafPage {
			return level, err
		}
		var below []uint64
		for _, id := range level {
			page, kind, err := w.read(id)
			if err != nil {
				return nil, err
			}
			if kind != branchPage {
				return nil, fmt.Errorf("page %d is of kind %d", id, kind)
			}
			children, err := branch(page)
			if err != nil {
				return nil, fmt.Errorf("page %d: %w", id, err)
			}
			for _, child := range children {
				if err := w.claim(child); err != nil {
					return nil, fmt.Errorf("page %d: %w", id, err)
				}
			}
			below = append(below, children...)
		}
		level = below
	}
}

// claim notes that a page has its place in the tree.
func (w *walker) claim(id uint64) error {
	if id < 2 || id >= uint64(len(w.seen)) {
		return fmt.Errorf("there is no page %d", id)
	}
	if w.seen[id] {
		return fmt.Errorf("page %d is in two places", id)
	}
	w.seen[id] = true
	return nil
}

// read reads a page with all that belongs to it, until the next one is read. A page with a wrong number, or without room for its elements, is an error.
func (w *walker) read(id uint64) (page []byte, kind uint16, err error) {
	if w.page == nil {
		w.page = make([]byte, w.pageSize)
	}
	page = w.page
	if _, err := w.from.ReadAt(page, int64(id)*w.pageSize); err != nil {
		return nil, 0, fmt.Errorf("read page %d: %w", id, err)
	}
	order := binary.NativeEndian
	more := uint64(order.Uint32(page[12:]))
	if order.Uint64(page) != id || id+more >= uint64(len(w.seen)) {
		return nil, 0, fmt.Errorf("page %d is not what it should be", id)
	}
	if more > 0 {
		page = make([]byte, (1+int64(more))*w.pageSize)
		if _, err := w.from.ReadAt(page, int64(id)*w.pageSize); err != nil {
			return nil, 0, fmt.Errorf("read page %d: %w", id, err)
		}
	}
	if pageHeader+count(page)*elementSize > len(page) {
		return nil, 0, fmt.Errorf("page %d has %d elements", id, count(page))
	}
	return page, order.Uint16(page[8:]), nil
}

func count(page []byte) int { return int(binary.NativeEndian.Uint16(page[10:])) }

// branch gives a branch page's children. Its keys must ascend, and lie one behind the other, which tells of a wrong count.
func branch(page []byte) (children []uint64, err error) {
	order := binary.NativeEndian
	end := pageHeader + count(page)*elementSize
	var last []byte
	for i := range count(page) {
		at := pageHeader + i*elementSize
		from, size := at+int(order.Uint32(page[at:])), int(order.Uint32(page[at+4:]))
		if from != end || size > len(page)-end {
			return nil, fmt.Errorf("key %d is not in its place", i)
		}
		end += size
		if key := page[from:end]; i > 0 && bytes.Compare(last, key) >= 0 {
			return nil, fmt.Errorf("key %d is out of order", i)
		} else {
			last = key
		}
		children = append(children, order.Uint64(page[at+8:]))
	}
	if len(children) == 0 {
		return nil, fmt.Errorf("it has no children")
	}
	return children, nil
}

// roots gives the root pages of the buckets that a leaf names. Other values there are bbolt's to refuse.
func roots(page []byte) (list []uint64) {
	order := binary.NativeEndian
	for i := range count(page) {
		at := pageHeader + i*elementSize
		value := uint64(at) + uint64(order.Uint32(page[at+4:])) + uint64(order.Uint32(page[at+8:]))
		if order.Uint32(page[at:])&bucketFlag == 0 || value+bucketSize > uint64(len(page)) {
			continue
		}
		if root := order.Uint64(page[value:]); root != 0 {
			list = append(list, root)
		}
	}
	return list
}
