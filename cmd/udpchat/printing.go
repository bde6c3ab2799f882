package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"udpchat/store"
)

// printing notes, in a file beside the profile, which lines are on the screen, so that a program that follows one that was killed knows
// what may have been there. It is written with every line and never synced: what a killed process wrote, the system has. After a crash
// of the system it is not believed, which the system's own name for its run shows.
//
// A note is 8 bytes: the line's order, and how far its printing came. They are a ring: what fell out of it was noted in the profile, as
// shown, long before. nil notes nothing.
type printing struct {
	file *os.File
	at   int64 // the note that was written last
}

// progress is how far the printing of a line came.
type progress uint8

const (
	waits progress = iota // it was not begun
	begun
	done
)

const (
	// printingNotes is more than can be on the screen and not yet noted in the profile: some groups of its commits, of at most 4,096.
	printingNotes = 1 << 14
	// printingHead is the run of the system, and the last line that there was when the file was made.
	printingHead = bootSize + 8
	bootSize     = 36
)

func printingFile(profile string) string { return filepath.Join(filepath.Dir(profile), "printing") }

func (p progress) note(line uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, line<<2|uint64(p))
}

// lastPrinting is what such a file says.
type lastPrinting struct {
	lines   uint64 // that there were when it was made
	notes   map[uint64]progress
	from    uint64 // the lowest line in it,
	evicted bool   // when some fell out
}

// readPrinting reads the notes of the last run. There are none when it made none, or the system was started since.
func readPrinting(path string) (p lastPrinting, ok bool) {
	b, err := os.ReadFile(path)
	boot := bootID()
	if err != nil || len(b) != printingHead+8*printingNotes || boot == "" || string(b[:bootSize]) != boot {
		return p, false
	}
	p.lines, p.notes, p.evicted = binary.BigEndian.Uint64(b[bootSize:]), map[uint64]progress{}, true
	for b = b[printingHead:]; len(b) > 0; b = b[8:] {
		n := binary.BigEndian.Uint64(b)
		if n == 0 {
			p.evicted = false
			break
		}
		line := n >> 2
		p.notes[line] = max(p.notes[line], progress(n&3))
		if p.from == 0 || line < p.from {
			p.from = line
		}
	}
	return p, true
}

// of is how far the printing of a line came that the profile has as not shown. What nobody can know has begun.
func (p lastPrinting) of(line uint64) progress {
	if n, ok := p.notes[line]; ok {
		return n
	}
	if line <= p.lines || p.evicted && line < p.from {
		return begun // this is an older copy of the profile
	}
	return waits
}

// unshown takes out of what was loaded the lines that are on the screen, and says how far the others came.
func unshown(profile store.Profile, path string, loaded *store.Loaded) (map[uint64]progress, error) {
	last, ok := readPrinting(path)
	left := map[uint64]progress{}
	var shown []uint64
	var lines []store.Line
	for _, l := range loaded.Unshown {
		p := begun
		if ok {
			p = last.of(l.Order)
		}
		if p == done {
			shown = append(shown, l.Order)
			continue
		}
		left[l.Order] = p
		lines = append(lines, l)
	}
	if len(shown) == 0 {
		return left, nil
	}
	written := make(chan error, 1)
	profile.Submit(store.Shown{Lines: shown}, func(err error) { written <- err })
	if err := <-written; err != nil {
		return nil, fmt.Errorf("write profile: %w", err)
	}
	loaded.Unshown = lines
	return left, nil
}

// newPrinting begins the notes of a run, with what is known of the lines that are not shown yet. Without a name for the system's run there
// are none.
func newPrinting(path string, lines uint64, left map[uint64]progress) (*printing, error) {
	boot := bootID()
	if boot == "" {
		return nil, noPrinting(path)
	}
	b := make([]byte, 0, printingHead+8*printingNotes)
	b = binary.BigEndian.AppendUint64(append(b, boot...), lines)
	for line, p := range left {
		b = append(b, p.note(line)...)
	}
	last := int64(len(left)) - 1
	b = b[:cap(b)]
	if err := errors.Join(noPrinting(path), os.WriteFile(path+".new", b, 0o600), os.Rename(path+".new", path)); err != nil {
		return nil, errors.Join(err, noPrinting(path+".new"), noPrinting(path))
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, errors.Join(err, noPrinting(path))
	}
	return &printing{file, last}, nil
}

// noPrinting takes the notes of the last run away: the next one must not believe them.
func noPrinting(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// begin is called before a line is printed, end when it is and nobody else is to have it. After an error nothing is noted any more, and
// nothing of it is believed.
func (p *printing) begin(line uint64) error {
	if p != nil {
		p.at++
	}
	return p.note(begun, line)
}

func (p *printing) end(line uint64) error { return p.note(done, line) }

func (p *printing) note(to progress, line uint64) error {
	if p == nil || p.file == nil {
		return nil
	}
	if _, err := p.file.WriteAt(to.note(line), printingHead+8*(p.at%printingNotes)); err != nil {
		err = fmt.Errorf("note what is printed: %w", errors.Join(err, noPrinting(p.file.Name())))
		p.close()
		return err
	}
	return nil
}

func (p *printing) close() {
	if p != nil && p.file != nil {
		_ = p.file.Close() // what was written is with the system
		p.file = nil
	}
}
