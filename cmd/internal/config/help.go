package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	helpWidth = 79 // a terminal of 80 columns without its last
	helpBreak = 26 // longer names put their text on the next line
)

// Usage is the help text: example, shape of the command line, every flag with
// its variable and default, and where values come from.
func (f *Flags) Usage() string {
	var b strings.Builder
	if f.Example != "" {
		b.WriteString("example:\n")
		for line := range strings.Lines(strings.TrimSpace(f.Example) + "\n") {
			b.WriteString("  " + strings.TrimLeft(line, " \t"))
		}
		b.WriteString("\n")
	}
	for paragraph := range f.paragraphs() {
		writeParagraph(&b, 0, paragraph)
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "usage:\n  %s [flags]", f.command)
	if f.operands != "" {
		b.WriteString(" " + f.operands)
	}
	b.WriteString("\n\nflags:\n")
	column := f.column()
	for _, o := range f.ordered() {
		writeFlag(&b, o.heading(), o.help, column)
		def := "default " + o.def
		if o.def == "" {
			def = "no default"
		}
		fmt.Fprintf(&b, "%*s[%s, %s]\n", column, "", o.variable(), def)
	}
	writeFlag(&b, "  -h, -help", "show this help", column)
	f.writeExits(&b)
	b.WriteString("\n" + Sources)
	return b.String()
}

// writeExits explains the exit codes.
func (f *Flags) writeExits(b *strings.Builder) {
	if len(f.Exits) == 0 {
		return
	}
	width := 0
	for _, e := range f.Exits {
		width = max(width, len(e.Code))
	}
	b.WriteString("\nexit codes:\n")
	for _, e := range f.Exits {
		fmt.Fprintf(b, "  %-*s  ", width, e.Code)
		writeParagraph(b, width+4, e.When)
	}
}

// Sources says where values come from, for every command.
const Sources = `A flag beats its variable, which beats the file, which beats the default.
Flags go before the arguments; one dash or two, -port 7 or -port=7. A switch
takes its value with an equals sign: -json=false. An empty variable counts as
not set. The file is TOML without tables; its keys are the long names:
port = 7, or name = "text" in quotes.
`

// heading is the flag as it is typed: "-p, -port PORT". Long names line up.
func (o *option) heading() string {
	h := "      -" + o.long
	if o.short != "" {
		h = fmt.Sprintf("  -%s, -%s", o.short, o.long)
	}
	if o.placeholder != "" {
		h += " " + o.placeholder
	}
	return h
}

// column is where the texts begin: two blanks behind the longest heading that
// is not too long.
func (f *Flags) column() int {
	column := 0
	for _, o := range f.options {
		if n := utf8.RuneCountInString(o.heading()); n <= helpBreak {
			column = max(column, n)
		}
	}
	return column + 2
}

func writeFlag(b *strings.Builder, heading, text string, column int) {
	if utf8.RuneCountInString(heading) > column-2 {
		fmt.Fprintf(b, "%s\n%*s", heading, column, "")
	} else {
		fmt.Fprintf(b, "%-*s", column, heading)
	}
	writeParagraph(b, column, text)
}

// writeParagraph breaks a text into lines that fit a terminal. The first one goes on at a column, the others begin there.
func writeParagraph(b *strings.Builder, column int, text string) {
	at := column
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > helpWidth:
			fmt.Fprintf(b, "\n%*s", column, "")
			at = column
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteString("\n")
}
