package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"udpchat/cmd/internal/config"
)

// staged are the exit codes that the scenes in testdata/script show, by command: "send 3".
func staged(t *testing.T) map[string]bool {
	t.Helper()
	scenes, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scenes) == 0 {
		t.Fatalf("no scenes: %v", err)
	}
	seen := map[string]bool{}
	for _, scene := range scenes {
		text, err := os.ReadFile(scene)
		if err != nil {
			t.Fatal(err)
		}
		stage(string(text), seen)
	}
	return seen
}

var (
	condition = regexp.MustCompile(`^\[[^]]*\] `)
	quotes    = regexp.MustCompile(`'[^']*'`)
)

// stage reads a scene.
func stage(scene string, seen map[string]bool) {
	scene, _, _ = strings.Cut(scene, "\n-- ")        // its files
	running := map[string]string{"server": "server"} // commands, by the names of their processes
	for line := range strings.Lines(scene) {
		words := append(strings.Fields(quotes.ReplaceAllString(condition.ReplaceAllString(line, ""), "'")), "", "", "", "")
		command, code := "", ""
		switch words[0] {
		case "client":
			running[words[1]] = "client"
		case "runs":
			running[words[1]] = words[2]
		case "ends":
			command, code = running[words[1]], words[2]
		case "exits":
			command, code = words[2], words[1]
		case "refuses":
			command, code = words[3], words[1]
		case "interrupts":
			command, code = words[3], words[2]
		case "exec":
			if words[1] == "udpchat" {
				command, code = words[2], "0"
			}
		}
		if command != "" && command[0] != '-' && code != "-1" { // -1: it was killed
			seen[command+" "+code] = true
		}
	}
}

// codes are those that a list of exits explains.
func codes(exits []config.Exit) (list []string) {
	for _, e := range exits {
		list = append(list, strings.Split(e.Code, ", ")...)
	}
	return list
}

// Every exit code that a command's help, and so its manual page, explains has a scene, and none that is in a scene is left out.
func TestEveryExitCodeHasAScene(t *testing.T) {
	seen := staged(t)
	known := map[string]bool{}
	for _, c := range new(environment).commands() {
		known[c.name] = true
		exits := codes(c.flags.Exits)
		if exits == nil {
			exits = []string{"0", "2"} // the help does not explain these
		}
		for _, code := range exits {
			if !seen[c.name+" "+code] {
				t.Errorf("%s: no scene ends with %s", c.name, code)
			}
			delete(seen, c.name+" "+code)
		}
	}
	for _, undocumented := range slices.Sorted(maps.Keys(seen)) {
		if command, _, _ := strings.Cut(undocumented, " "); known[command] {
			t.Errorf("no help explains %s", undocumented)
		}
	}
}

// row is a row of a table in which codes are explained.
var row = regexp.MustCompile(`(?m)^\| ([0-9][0-9, ]*) \|`)

// table gives the codes in the first table behind a line of a document.
func table(t *testing.T, document, behind string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", document))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), behind)
	if !ok {
		t.Fatalf("%s has no %q", document, behind)
	}
	rest, _, _ = strings.Cut(rest[strings.Index(rest, "|---|"):], "\n\n")
	for _, m := range row.FindAllStringSubmatch(rest, -1) {
		list = append(list, strings.Split(m[1], ", ")...)
	}
	return list
}

// The tables of the documents have the codes that the commands have, in order.
func TestTheTablesOfExitCodes(t *testing.T) {
	if got, want := table(t, "README.md", "| exit code of the client |"), codes(clientExits); !slices.Equal(got, want) {
		t.Errorf("README.md has %v, the client %v", got, want)
	}
	all := map[string]bool{}
	for _, c := range new(environment).commands() {
		if slices.Contains([]string{"send", "tail", "ask", "status"}, c.name) {
			for _, code := range codes(c.flags.Exits) {
				all[code] = true
			}
		}
	}
	want := slices.SortedFunc(maps.Keys(all), func(a, b string) int { return strings.Compare(fmt.Sprintf("%3s", a), fmt.Sprintf("%3s", b)) })
	got := table(t, "docs/scripting.md", "## Exit codes")
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(fmt.Sprintf("%3s", a), fmt.Sprintf("%3s", b)) })
	if !slices.Equal(got, want) {
		t.Errorf("docs/scripting.md has %v, the commands %v", got, want)
	}
}
