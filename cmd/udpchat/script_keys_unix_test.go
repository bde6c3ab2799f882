//go:build unix

package main

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	inviteLine = regexp.MustCompile(` invite=(udpchat://127\.0\.0\.1:[0-9]+#([a-z2-7]{52}))\n`)
	wordsLine  = regexp.MustCompile(` words="([a-z]{3,7}( [a-z]{3,7}){5})"\n`)
)

func invited(ts *testscript.TestScript, _ []string) {
	ctx, cancel := waiting()
	defer cancel()
	p := at(ts, "server")
	var invite, words []string
	if !p.Stderr.Until(ctx, func(lines []string) bool {
		log := strings.Join(lines, "\n") + "\n"
		invite, words = inviteLine.FindStringSubmatch(log), wordsLine.FindStringSubmatch(log)
		return invite != nil && words != nil
	}) {
		ts.Fatalf("no invite in\n%s", strings.Join(p.Stderr.Lines(), "\n"))
	}
	ts.Setenv("INVITE", invite[1])
	ts.Setenv("KEY", invite[2])
	ts.Setenv("WORDS", words[1])
}

// agree compares the last safety numbers, and the lines in words after them.
func agree(ts *testscript.TestScript, args []string) {
	need(ts, args, 2)
	var seen [2]string
	for i, name := range args[:2] {
		lines := at(ts, name).Screen().Lines()
		for j := len(lines) - 2; j >= 0 && seen[i] == ""; j-- {
			if _, number, ok := strings.Cut(lines[j], ": "); ok && strings.HasPrefix(lines[j], "[Safety number with ") {
				seen[i] = number + "\n" + lines[j+1]
			}
		}
	}
	if seen[0] == "" || seen[0] != seen[1] {
		ts.Fatalf("they see %q and %q", seen[0], seen[1])
	}
}

func private(ts *testscript.TestScript, args []string) {
	need(ts, args, 1)
	files := 0
	check(ts, filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if info.Mode().Perm() != want {
			ts.Fatalf("%s has mode %s, not %s", path, info.Mode().Perm(), want)
		}
		return nil
	}))
	if files == 0 {
		ts.Fatalf("there is nothing in %s", args[0])
	}
}
