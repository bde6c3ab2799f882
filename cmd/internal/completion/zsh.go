package completion

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/config"
)

// zsh writes a function for _arguments, to be loaded from $fpath or by source.
func zsh(commands []config.Command) string {
	var b strings.Builder
	b.WriteString("#compdef udpchat\n")
	header(&b, "zsh", "Once: source <(udpchat completion zsh). For good: as _udpchat in a folder of $fpath")
	b.WriteString("_udpchat() {\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t\t%s\n", single(c.Name+":"+c.Short))
	}
	b.WriteString("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe -t commands command commands\n\t\treturn\n\tfi\n" +
		"\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "\t(%s)\n\t\t_arguments", c.Name)
		for _, o := range options(c) {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", zshOption(o))
		}
		if spec := zshOperand(c, commands); spec != "" {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", single(spec))
		}
		b.WriteString("\n\t\t;;\n")
	}
	b.WriteString("\tesac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n\t_udpchat \"$@\"\nelse\n\tcompdef _udpchat udpchat\nfi\n")
	return b.String()
}

// zshOption is a flag as _arguments describes it: '(-n -name)'{-n,-name}'[your NAME]:NAME: '.
func zshOption(o config.Option) string {
	all := names(o)
	spec := all[0] // quoted together with what follows
	before := ""
	if len(all) > 1 {
		before = single("("+strings.Join(all, " ")+")") + "{" + strings.Join(all, ",") + "}"
		spec = ""
	}
	spec += "[" + zshText(brief(o.Help)) + "]"
	switch valueOf(o) {
	case words:
		spec += ":" + zshText(o.Long) + ":(" + strings.Join(o.Values, " ") + ")"
	case file:
		spec += ":file:_files"
	case folder:
		spec += ":folder:_files -/"
	case anything:
		spec += ":" + zshText(o.Placeholder) + ": "
	}
	return before + single(spec)
}

// zshOperand is what follows the flags; of what can't be completed zsh shows the name.
func zshOperand(c config.Command, commands []config.Command) string {
	ws, kind := operand(c.Flags, commands)
	switch kind {
	case words:
		return "1: :(" + strings.Join(ws, " ") + ")"
	case file:
		return "*:file:_files"
	case anything:
		_, operands := c.Flags.Line()
		return "*:" + zshText(operands) + ": "
	}
	return ""
}

// zshText keeps a text from ending the part that it stands in.
func zshText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}
