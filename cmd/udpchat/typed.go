package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	typedKept = 500     // lines that a file of typed lines comes back with
	typedMost = 1 << 20 // bytes from which on it is written anew, with no more than those
	typedLine = 4 << 10 // bytes of a line: what is longer was pasted, and is not kept
)

// typedLines is the file with what was typed under a name, one JSON string a line, readable for its owner only. Nil, and one without
// a path, keep nothing.
type typedLines struct {
	path   string
	failed bool // and it was said
}

// typedFile stands beside the profile.
func typedFile(state, name string) string {
	return filepath.Join(filepath.Dir(profileFile(state, name)), "typed")
}

// load gives the lines of earlier runs, the oldest first. What is no line is passed over.
func (t *typedLines) load() ([]string, error) {
	if t.path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var lines []string
	for in := bufio.NewReader(bytes.NewReader(content)); err == nil; {
		var raw []byte
		var line string
		if raw, err = in.ReadBytes('\n'); json.Unmarshal(raw, &line) == nil && line != "" {
			lines = append(lines, line)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	lines = lines[max(0, len(lines)-typedKept):]
	if len(content) > typedMost {
		return lines, t.rewrite(lines)
	}
	return lines, nil
}

// rewrite puts a file with these lines in the place of the present one.
func (t *typedLines) rewrite(lines []string) error {
	var all bytes.Buffer
	for _, line := range lines {
		all.Write(encoded(line))
	}
	return replaceFile(t.path, all.Bytes())
}

// add appends a line. One that begins with a space is not kept, as in a shell. Only the first error is given.
func (t *typedLines) add(line string) error {
	if t == nil || t.path == "" || t.failed || line == "" || len(line) > typedLine || strings.HasPrefix(line, " ") {
		return nil
	}
	err := t.write(encoded(line))
	t.failed = err != nil
	return err
}

func (t *typedLines) write(b []byte) error {
	f, err := os.OpenFile(t.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

func encoded(line string) []byte {
	b, _ := json.Marshal(line) // a string never fails
	return append(b, '\n')
}
