// Package manual writes the manual pages of the program as roff (man macros), from the same definitions that read its flags and
// print its help: what a page says of a flag can't be out of date.
//
//	udpchat(1)  ──▶ udpchat-client(1), udpchat-server(1), …
package manual

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/config"
)

// Book is what all pages have in common.
type Book struct {
	Version  string           // "udpchat 0.1.0"
	Date     string           // of the version, as 2006-01-02; may be empty
	Commands []config.Command // all of them
}

// Name is that of a command's page; of the overview's for "".
func Name(command string) string {
	if command == "" {
		return "udpchat"
	}
	return "udpchat-" + command
}

// page is a page in the making.
type page struct{ strings.Builder }

func (p *page) head(b Book, name string) {
	fmt.Fprintf(p, ".TH %q 1 %q %q %q\n", strings.ToUpper(name), b.Date, b.Version, "User Commands")
	p.WriteString(".nh\n.ad l\n") // neither hyphens nor blanks that are not in the text
}

// macro writes a line that formats: a request or macro, with its arguments.
func (p *page) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`)
	}
	p.WriteString("\n")
}

// lineWidth is how long a line of the source is at most.
const lineWidth = 78

// say writes text, which roff fills into lines of its own; exactly writes a line.
func (p *page) say(s string) {
	line := ""
	for word := range strings.FieldsSeq(s) {
		if word = escape(word); line != "" && len(line)+1+len(word) > lineWidth {
			p.line(line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	p.line(line)
}

func (p *page) exactly(s string) { p.line(escape(s)) }

// line writes a line, and keeps it from being read as a request.
func (p *page) line(s string) {
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	p.WriteString(s + "\n")
}

// escape keeps roff from reading a text as anything else: backslashes, dashes that would become hyphens, and quotes that would
// become typographic ones.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\(rs`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
}

// Overview is the page of the program.
func (b Book) Overview() string {
	var p page
	p.head(b, Name(""))
	p.macro("SH", "NAME")
	p.say(`udpchat - chat without internet and without a cloud`)
	p.macro("SH", "SYNOPSIS")
	p.say("udpchat COMMAND [flags]")
	p.macro("SH", "EXAMPLES")
	p.examples("udpchat server -p 9999\nudpchat client -n alice -i 127.0.0.1 -p 9999 -c 3001")
	p.macro("SH", "DESCRIPTION")
	p.say("One binary is the server and the client. People message each other directly over UDP, encrypted from end to end; who is away gets it later; and every message ends visibly as delivered, stored, or failed, and why.")
	p.macro("SH", "COMMANDS")
	for _, c := range b.Commands {
		p.macro("TP")
		p.macro("B", c.Name)
		p.say(c.Short + ": " + Name(c.Name) + "(1)")
	}
	p.macro("SH", "CONFIGURATION")
	p.sources()
	p.macro("SH", "SEE ALSO")
	var all []string
	for _, c := range b.Commands {
		all = append(all, Name(c.Name)+"(1)")
	}
	p.say(strings.Join(all, ", "))
	return p.String()
}

// Page is the page of a command.
func (b Book) Page(c config.Command) string {
	var p page
	p.head(b, Name(c.Name))
	p.macro("SH", "NAME")
	p.say(Name(c.Name) + " - " + c.Short)
	line, operands := c.Flags.Line()
	p.macro("SH", "SYNOPSIS")
	p.say(strings.TrimSpace(line + " [flags] " + operands))
	if c.Flags.Example != "" {
		p.macro("SH", "EXAMPLES")
		p.examples(c.Flags.Example)
	}
	if about := c.Flags.Paragraphs(); len(about) > 0 {
		p.macro("SH", "DESCRIPTION")
		for i, text := range about {
			if i > 0 {
				p.macro("PP")
			}
			p.say(text)
		}
	}
	p.macro("SH", "OPTIONS")
	for _, o := range c.Flags.Options() {
		p.option(o)
	}
	p.macro("TP")
	p.macro("B", "-h, -help")
	p.say("show a help text")
	if len(c.Flags.Exits) > 0 {
		p.macro("SH", "EXIT STATUS")
		for _, e := range c.Flags.Exits {
			p.macro("TP")
			p.macro("B", e.Code)
			p.say(e.When)
		}
	}
	p.macro("SH", "CONFIGURATION")
	p.sources()
	p.macro("SH", "SEE ALSO")
	p.say(Name("") + "(1)")
	return p.String()
}

func (p *page) option(o config.Option) {
	p.macro("TP")
	short, value := "", ""
	if o.Short != "" {
		short = "-" + o.Short + ", "
	}
	if o.Placeholder != "" {
		value = " " + o.Placeholder
	}
	p.macro("B", short+"-"+o.Long+value)
	p.say(o.Help)
	p.macro("br")
	def := "no default"
	if o.Default != "" {
		def = "default " + o.Default
	}
	p.say(fmt.Sprintf("[%s, %s]", o.Variable, def))
}

// examples are lines to be typed, shown as they are.
func (p *page) examples(text string) {
	p.macro("nf")
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		p.exactly(strings.TrimSpace(line))
	}
	p.macro("fi")
}

func (p *page) sources() {
	p.say(config.Sources)
}
