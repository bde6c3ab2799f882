// Package completion writes what a shell needs to complete the program's command line, from the same definitions that read its
// flags: commands, flags, the words of choices, files and folders where they belong.
package completion

import (
	"fmt"
	"regexp"
	"strings"

	"udpchat/cmd/internal/config"
)

// Shells are those that there are scripts for.
var Shells = []string{"bash", "zsh", "fish"}

// Script is what completes in a shell, one of Shells.
func Script(shell string, commands []config.Command) (string, error) {
	switch shell {
	case "bash":
		return bash(commands), nil
	case "zsh":
		return zsh(commands), nil
	case "fish":
		return fish(commands), nil
	}
	return "", config.Errorf("%q is no shell that is known: use %s", shell, strings.Join(Shells, ", "))
}

// value is what may follow a flag.
type value uint8

const (
	nothing value = iota // it is a switch
	anything
	file
	folder
	words
)

func valueOf(o config.Option) value {
	switch {
	case o.Placeholder == "":
		return nothing
	case len(o.Values) > 0:
		return words
	case o.Placeholder == "FILE":
		return file
	case o.Placeholder == "FOLDER":
		return folder
	}
	return anything
}

// choice is how the words of an argument are written: bash|zsh|fish. In NAME [TEXT|-] there is none.
var choice = regexp.MustCompile(`^[a-z]+(\|[a-z]+)+$`)

// operand is what a command's arguments may be: words, as in bash|zsh|fish, the commands where COMMAND stands, files where FILE does.
func operand(f *config.Flags, commands []config.Command) (all []string, kind value) {
	_, operands := f.Line()
	switch name := strings.Trim(operands, "[]."); {
	case operands == "":
		return nil, nothing
	case choice.MatchString(name):
		return strings.Split(name, "|"), words
	case name == "COMMAND":
		for _, c := range commands {
			all = append(all, c.Name)
		}
		return all, words
	case name == "FILE":
		return nil, file
	}
	return nil, anything
}

// brief is the first clause of a text, for a list beside the words.
func brief(s string) string {
	for _, end := range []string{": ", "; ", " ("} {
		s, _, _ = strings.Cut(s, end)
	}
	return s
}

// names are a flag as it is typed.
func names(o config.Option) []string {
	if o.Short == "" {
		return []string{"-" + o.Long}
	}
	return []string{"-" + o.Short, "-" + o.Long}
}

// helpOption is the flag that every command has beside its own.
var helpOption = config.Option{Short: "h", Long: "help", Help: "show a help text"}

func options(c config.Command) []config.Option { return append(c.Flags.Options(), helpOption) }

// single quotes a word for any of the shells; fish escapes otherwise.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func commandNames(commands []config.Command) []string {
	var all []string
	for _, c := range commands {
		all = append(all, c.Name)
	}
	return all
}

func header(b *strings.Builder, shell, where string) {
	fmt.Fprintf(b, "# Completes udpchat in %s. Made by: udpchat completion %s\n# %s\n\n", shell, shell, where)
}
