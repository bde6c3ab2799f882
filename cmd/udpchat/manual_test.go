package main

import (
	"os/exec"
	"strings"
	"testing"

	"udpchat/cmd/internal/completion"
	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/manual"
)

func allCommands() []config.Command { return described(new(environment).commands()) }

// Every command explains itself: its help begins with an example.
func TestEveryCommandExplainsItself(t *testing.T) {
	for _, c := range allCommands() {
		if c.Short == "" || c.Flags.Example == "" {
			t.Errorf("%s has no example, or nothing to be listed with", c.Name)
		}
		if !strings.Contains(c.Flags.Example, "udpchat "+c.Name) {
			t.Errorf("the example of %s is for something else: %s", c.Name, c.Flags.Example)
		}
		if usage := c.Flags.Usage(); !strings.HasPrefix(usage, "example:\n") {
			t.Errorf("the help of %s begins with something else:\n%s", c.Name, usage)
		}
	}
}

// The examples that need nobody else, and no other program, do what they are examples of.
func TestExamplesThatStandAlone(t *testing.T) {
	ran := 0
	for _, c := range allCommands() {
		for line := range strings.SplitSeq(c.Flags.Example, "\n") {
			switch words := strings.Fields(line); {
			case strings.ContainsAny(line, "|<>~"):
			case c.Name == "decode" || c.Name == "lab" || c.Name == "version" || c.Name == "help":
				ran++
				cmd := programCommand(t, words[1:]...)
				cmd.Dir = t.TempDir()
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", line, err, out)
				}
			}
		}
	}
	if ran < 7 {
		t.Errorf("only %d were there", ran)
	}
}

// Every command and flag is in the completions of every shell and in the manual.
func TestCompletionsAndManualAreWhole(t *testing.T) {
	commands := allCommands()
	book := manual.Book{Version: "udpchat 1.2.3", Date: "2026-01-02", Commands: commands}
	for _, shell := range completion.Shells {
		script, err := completion.Script(shell, commands)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			for _, o := range c.Flags.Options() {
				if !strings.Contains(script, c.Name) || !strings.Contains(script, o.Long) {
					t.Errorf("%s: -%s of %s is missing", shell, o.Long, c.Name)
				}
			}
		}
		syntax(t, script, shell, "-n")
	}
	for _, c := range commands {
		page := book.Page(c)
		for _, o := range c.Flags.Options() {
			if !strings.Contains(page, strings.ReplaceAll(o.Long, "-", `\-`)) || !strings.Contains(page, o.Variable) {
				t.Errorf("-%s is not in the page of %s", o.Long, c.Name)
			}
		}
		if !strings.Contains(book.Overview(), c.Name) {
			t.Errorf("%s is not in the overview", c.Name)
		}
		syntax(t, page, "mandoc", "-Tlint", "-Wwarning")
	}
	syntax(t, book.Overview(), "mandoc", "-Tlint", "-Wwarning")
}

// syntax has a program look at a text, where it is installed: it must find nothing.
func syntax(t *testing.T, text, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("%s is not installed: what it would say is not looked at", program)
		return
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s: %v\n%s", program, err, out)
	}
}
