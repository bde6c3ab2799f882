//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"udpchat/cmd/internal/play"
)

// lesson is a command of a document, and what it must show: lines, in their order.
type lesson struct {
	command string
	shows   []string
}

// lessons are the commands in the console blocks of a document.
func lessons(t *testing.T, file string) (all []lesson) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	inside := false
	for in := bufio.NewScanner(f); in.Scan(); {
		line := in.Text()
		command, is := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case is:
			all = append(all, lesson{command: command})
		default:
			last := &all[len(all)-1]
			last.shows = append(last.shows, line)
		}
	}
	return all
}

// What is not the point of a line: times, and how wide it is drawn.
var (
	someTime  = regexp.MustCompile(`\d+\.\d{3,4}\b|\b\d+(\.\d)? m?s\b|\b\d{3} B\b`)
	someWidth = regexp.MustCompile(`[ ─]+`)
)

func essence(line string) string {
	return strings.TrimSpace(someWidth.ReplaceAllString(someTime.ReplaceAllString(line, "TIME"), " "))
}

// shown looks for the lines of a lesson, one after another, in what a command wrote. In them … is any text.
func shown(wrote string, want []string) (missing string, ok bool) {
	lines := strings.Split(wrote, "\n")
	for _, w := range want {
		parts := strings.Split(regexp.QuoteMeta(essence(w)), "…")
		match := regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
		found := false
		for len(lines) > 0 && !found {
			found = match.MatchString(essence(lines[0]))
			lines = lines[1:]
		}
		if !found {
			return w, false
		}
	}
	return "", true
}

// TestTeaching does what docs/teaching.md says, in its order, in a folder of its own.
func TestTeaching(t *testing.T) {
	all := lessons(t, "../../docs/teaching.md")
	if len(all) < 12 {
		t.Fatalf("only %d commands", len(all))
	}
	port, err := play.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, l := range all {
		command := strings.ReplaceAll(l.command, "-p 9999", "-p "+strconv.Itoa(port))
		if background, ok := strings.CutSuffix(command, " &"); ok {
			startLesson(t, folder, background)
			continue
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		cmd.Dir, cmd.Env = folder, lessonEnviron(folder)
		out, err := cmd.Output()
		refuses := strings.Contains(strings.Join(l.shows, "\n"), " wrong ")
		if _, exit := errors.AsType[*exec.ExitError](err); refuses != exit || !exit && err != nil {
			t.Errorf("%s\n%v\n%s", command, err, out)
		}
		if missing, ok := shown(string(out), l.shows); !ok {
			t.Errorf("%s\ndoes not show, or not in this order:\n%s\nbut:\n%s", command, missing, out)
		}
	}
}

func lessonEnviron(folder string) []string {
	return append(play.Environ(filepath.Join(folder, "home")), "LC_ALL=C.UTF-8")
}

// startLesson starts a server, and waits until it listens.
func startLesson(t *testing.T, folder, command string) {
	t.Helper()
	args := strings.Fields(command)
	cmd := exec.Command(program(t), args[1:]...)
	cmd.Dir, cmd.Env = folder, lessonEnviron(folder)
	p, err := play.OpenPipes(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Process().Kill)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if !p.Stderr.Until(ctx, play.Listening) {
		t.Fatalf("%s does not listen:\n%s", command, strings.Join(p.Stderr.Lines(), "\n"))
	}
}
