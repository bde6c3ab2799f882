package config

import (
	"iter"
	"slices"
	"strings"
)

// Command is a subcommand as those see it who write about it: help, manual pages, completions.
type Command struct {
	Name, Short string
	Flags       *Flags
}

// Exit is an exit code, or several of one kind, and when a command ends with it.
type Exit struct{ Code, When string }

// Option describes a setting. The placeholder of a file is FILE, that of a folder is FOLDER.
type Option struct {
	Short, Long string // without dashes; Short may be empty
	Placeholder string // empty for a switch
	Help        string
	Variable    string   // in the environment
	Default     string   // as it is written; empty when there is none
	Values      []string // of a choice
}

// Options are the settings in the order in which the help lists them.
func (f *Flags) Options() []Option {
	var all []Option
	for _, o := range f.ordered() {
		all = append(all, Option{Short: o.short, Long: o.long, Placeholder: o.placeholder, Help: o.help, Variable: o.variable(), Default: o.def, Values: o.values})
	}
	return all
}

// ordered are the options as a reader wants them: -config was registered first, and is the last to be looked for.
func (f *Flags) ordered() []*option { return slices.Concat(f.options[1:], f.options[:1]) }

// Line is the command as its user types it, "udpchat client", and what follows its flags, or nothing.
func (f *Flags) Line() (command, operands string) { return f.command, f.operands }

// paragraphs are those of About.
func (f *Flags) paragraphs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for p := range strings.SplitSeq(f.About, "\n\n") {
			if strings.TrimSpace(p) != "" && !yield(p) {
				return
			}
		}
	}
}

// Paragraphs are those of About, each in one line.
func (f *Flags) Paragraphs() (all []string) {
	for p := range f.paragraphs() {
		all = append(all, strings.Join(strings.Fields(p), " "))
	}
	return all
}
