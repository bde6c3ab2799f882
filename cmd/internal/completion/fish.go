package completion

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/config"
)

// fishIs tells which command is being completed: in "help server" it is help.
const fishIs = `function __udpchat_is
	set -l typed (commandline -opc)
	test (count $typed) -gt 1; and test "$typed[2]" = "$argv[1]"
end
`

// fish writes one line for each thing that can be completed.
func fish(commands []config.Command) string {
	var b strings.Builder
	header(&b, "fish", "Once: udpchat completion fish | source. For good: in ~/.config/fish/completions/udpchat.fish")
	b.WriteString(fishIs + "complete -c udpchat -f\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "complete -c udpchat -n __fish_use_subcommand -a %s -d %s\n", c.Name, fishQuote(c.Short))
	}
	for _, c := range commands {
		in := fmt.Sprintf("complete -c udpchat -n '__udpchat_is %s'", c.Name)
		for _, o := range options(c) {
			fmt.Fprintf(&b, "%s%s -d %s\n", in, fishOption(o), fishQuote(brief(o.Help)))
		}
		if ws, kind := operand(c.Flags, commands); kind == words {
			fmt.Fprintf(&b, "%s -a %s\n", in, fishQuote(strings.Join(ws, " ")))
		} else if kind == file {
			fmt.Fprintf(&b, "%s -F\n", in)
		}
	}
	return b.String()
}

// fishOption is a flag: one dash before a long name is fish's old style. Short ones are told as such too, since to fish -na would else be
// -n with the value a.
func fishOption(o config.Option) string {
	s := " -o " + o.Long
	if o.Short != "" {
		s += " -o " + o.Short
	}
	switch valueOf(o) {
	case words:
		s += " -x -a " + fishQuote(strings.Join(o.Values, " "))
	case file:
		s += " -r -F"
	case folder:
		s += " -x -a '(__fish_complete_directories)'"
	case anything:
		s += " -x"
	}
	return s
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
