package config

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml"
	"github.com/peterbourgon/ff/v3"
	"github.com/peterbourgon/ff/v3/fftoml"
)

// maxFile bounds the file, in bytes: a settings file has a few hundred, a
// database named by mistake has many more.
const maxFile = 1 << 20

// entry is one key of the file.
type entry struct {
	key   string // tables joined with dots, as fftoml joins them
	line  int
	value any
}

// fileParser reads the file once (it may be a pipe), checks all of its keys,
// and has fftoml set the ones of this command. The check has its own pass
// because fftoml gives no line numbers and passes over empty lists and tables.
func (f *Flags) fileParser(known Names) ff.ConfigFileParser {
	return func(r io.Reader, set func(name, value string) error) error {
		text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
		if err != nil {
			return err
		}
		if len(text) > maxFile {
			return Errorf("%s: larger than %d bytes: is it a settings file?", f.file, maxFile)
		}
		if !utf8.Valid(text) { // the parser would exchange what is wrong
			return Errorf("%s: not UTF-8: save it as UTF-8, as TOML has to be", f.file)
		}
		tree, err := toml.LoadBytes(text)
		if err != nil {
			return f.syntax(err)
		}
		entries := flatten(tree, "")
		// By line, so that of two mistakes the first is reported, always.
		slices.SortStableFunc(entries, func(a, b entry) int { return a.line - b.line })
		for _, e := range entries {
			if err := f.checkEntry(e, known); err != nil {
				return err
			}
		}
		return f.setAll(text, entries, set)
	}
}

// setAll passes the values on to ff in the order of the file.
func (f *Flags) setAll(text []byte, entries []entry, set func(name, value string) error) error {
	values := map[string]string{}
	err := fftoml.Parser(bytes.NewReader(text), func(name, value string) error {
		values[name] = value
		return nil
	})
	if err != nil {
		return Errorf("%s: %v", f.file, err)
	}
	for _, e := range entries {
		o := f.byName[e.key]
		if o == nil {
			continue // another command's
		}
		if err := set(e.key, values[e.key]); err != nil {
			return Errorf("%s: %v", f.at(e.line, e.key), o.failed)
		}
		f.lines[e.key] = e.line
	}
	return nil
}

// at is where a key stands.
func (f *Flags) at(line int, key string) string {
	return fmt.Sprintf("%s line %d, key %q", f.file, line, key)
}

// flatten lists the keys below prefix. An empty table counts as a key, so that
// a misspelt one is seen.
func flatten(t *toml.Tree, prefix string) []entry {
	var entries []entry
	for _, key := range t.Keys() {
		path := []string{key}
		value := t.GetPath(path)
		if sub, ok := value.(*toml.Tree); ok && len(sub.Keys()) > 0 {
			entries = append(entries, flatten(sub, prefix+key+".")...)
			continue
		}
		entries = append(entries, entry{prefix + key, t.GetPositionPath(path).Line, value})
	}
	return entries
}

func (f *Flags) checkEntry(e entry, known Names) error {
	at := fmt.Sprintf("%s line %d", f.file, e.line)
	if e.key == fileFlag {
		return Errorf("%s: key %q cannot be in the file itself: remove it", at, e.key)
	}
	if !f.Names()[e.key] && !known[e.key] {
		return f.unknownKey(at, e, known)
	}
	switch e.value.(type) {
	case string, bool, int64, uint64, float64:
		return nil
	case []any:
		return Errorf("%s, key %q: takes one value, not a list", at, e.key)
	case *toml.Tree, []*toml.Tree:
		return Errorf("%s, key %q: takes one value, not a table", at, e.key)
	}
	return Errorf("%s, key %q: put the value in quotes", at, e.key) // a date or a time
}

func (f *Flags) unknownKey(at string, e entry, known Names) error {
	last := e.key[strings.LastIndexByte(e.key, '.')+1:]
	remedy := "remove it"
	if last != e.key {
		remedy = "write the keys without tables"
	}
	if near := f.nearest(last, known); near != "" && near != fileFlag {
		remedy = fmt.Sprintf("did you mean %q?", near)
		if last != e.key {
			remedy += " Write the keys without tables"
		}
	}
	return Errorf("%s: unknown key %q: %s", at, e.key, remedy)
}

// position is how go-toml begins its messages: "(3, 7): " for line 3, column 7.
var position = regexp.MustCompile(`^\((\d+), \d+\): `)

func (f *Flags) syntax(err error) error {
	text := err.Error()
	at := f.file
	if m := position.FindStringSubmatch(text); m != nil {
		at, text = at+" line "+m[1], text[len(m[0]):]
	}
	return Errorf(`%s: not valid TOML: %s (write: key = value, with text in "quotes")`, at, text)
}
