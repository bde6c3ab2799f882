package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"unicode"
)

// UsageError is a mistake of the user in a flag, a variable or the file: print
// its one line to standard error and exit 2.
type UsageError struct{ line string }

func (e *UsageError) Error() string { return e.line }

// Errorf makes a UsageError, also for checks that a command does itself. It
// stays one printable line whatever is in a file name or a parser's message.
func Errorf(format string, args ...any) error {
	line := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, fmt.Sprintf(format, args...))
	return &UsageError{line}
}

// Wrong is Errorf for a value that only the command can check: it begins with
// where the value came from. The setting is named by its long name. After Parse.
func (f *Flags) Wrong(long, format string, args ...any) error {
	at := "flag -" + long // also for a default that does not fit: the flag is what changes it
	switch f.sources[long] {
	case Environment:
		at = variable(long)
	case File:
		at = f.at(f.lines[long], long)
	}
	return Errorf("%s: %s", at, fmt.Sprintf(format, args...))
}

// quote shows a value in an error; a pasted file would hide the message.
func quote(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit]) + "..."
	}
	return fmt.Sprintf("%q", s)
}

// explain turns what ff returned into a UsageError.
func (f *Flags) explain(err error, words scanned) error {
	if usage, ok := errors.AsType[*UsageError](err); ok {
		return usage
	}
	for _, o := range f.options {
		if o.failed != nil {
			return Errorf("flag -%s: %v", o.long, o.failed)
		}
	}
	path, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return Errorf("%v", err)
	}
	source := variable(fileFlag)
	if words.given[fileFlag] {
		source = "flag -" + fileFlag
	}
	return Errorf("%s: cannot read %s: %s", source, quote(path.Path), unreadable(path))
}

func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file; check the name"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; make it readable for this user"
	case errors.Is(err, syscall.EISDIR):
		return "it is a directory; name a TOML file"
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return err.Error() + "; name a readable TOML file"
}
