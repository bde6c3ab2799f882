package crashtest

import (
	"fmt"
	"strings"
)

// kind of an op. What is known only from the journal's order is no op: reads, closes, locks.
type kind uint8

const (
	written kind = iota // data at an offset of a file
	resized             // a file's new size
	named               // entries of a directory, all at once
	synced              // a file or directory, completed
	marked              // a line of the child's
)

// op is what came down to the file system.
type op struct {
	kind  kind
	node  int // whose: a file or directory
	at    int64
	data  []byte
	names map[string]int // the node that has the name now; 0: none
}

func (o op) String() string {
	switch o.kind {
	case written:
		return fmt.Sprintf("write %d: %d bytes at %d", o.node, len(o.data), o.at)
	case resized:
		return fmt.Sprintf("resize %d: %d", o.node, o.at)
	case named:
		return fmt.Sprintf("names in %d: %v", o.node, o.names)
	case synced:
		return fmt.Sprintf("sync %d", o.node)
	}
	return "mark " + string(o.data)
}

// root is the top directory's node.
const root = 1

// journal is all that happened to a volume.
type journal struct {
	before map[int][]byte // content of files that were there from the start, durable
	tree   map[int]map[string]int
	ops    []op
	dirs   map[int]bool
}

// promise is what the child had said before the cut.
type promise struct {
	opened   bool
	identity string // that the store had when it was opened
	floor    int    // changes that were answered, or seen when the store was opened again
	ceiling  int    // changes that were submitted
}

// note takes a mark in: "open <changes> <identity>", "submit <changes>" or "done <changes>". A kill can cut one short.
func (p *promise) note(mark string) {
	line, whole := strings.CutSuffix(mark, "\n")
	if !whole {
		return
	}
	word, rest, _ := strings.Cut(line, " ")
	n, rest, _ := strings.Cut(rest, " ")
	var changes int
	if _, err := fmt.Sscan(n, &changes); err != nil {
		panic(fmt.Sprintf("mark %q: %v", mark, err))
	}
	switch word {
	case "open":
		p.opened, p.identity = true, rest
		p.floor, p.ceiling = max(p.floor, changes), changes
	case "submit":
		p.ceiling = changes
	case "done":
		p.floor = max(p.floor, changes)
	}
}
