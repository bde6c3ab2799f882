package completion

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/config"
)

// bash writes one function. What follows a flag is decided by command and flag; it works without the package bash-completion, and
// with the bash of macOS, 3.2. With an equals sign bash cuts -history=o into three words.
func bash(commands []config.Command) string {
	var b strings.Builder
	header(&b, "bash", "Once: source <(udpchat completion bash). For good: in ~/.local/share/bash-completion/completions/udpchat")
	fmt.Fprintf(&b, `_udpchat() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} flags= kind= operand= words=
	COMPREPLY=()
	if [ "$cur" = "=" ]; then
		cur=
	elif [ "$prev" = "=" ]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W %s -- "$cur"))
		return
	fi
	case $prev in --?*) prev=${prev#-} ;; esac
	case $command in
`, single(strings.Join(commandNames(commands), " ")))
	for _, c := range commands {
		bashCommand(&b, c, commands)
	}
	b.WriteString(`	*) return ;;
	esac
	if [ -z "$kind" ]; then
		case $cur in
		--*) flags=" $flags"; COMPREPLY=($(compgen -W "${flags// -/ --}" -- "$cur")); return ;;
		-*) COMPREPLY=($(compgen -W "$flags" -- "$cur")); return ;;
		esac
	fi
	case ${kind:-$operand} in
	words) COMPREPLY=($(compgen -W "$words" -- "$cur")); return ;;
	file) kind=-f ;;
	folder) kind=-d ;;
	*) return ;;
	esac
	compopt -o filenames 2>/dev/null
	while IFS= read -r cur; do COMPREPLY+=("$cur"); done < <(compgen "$kind" -- "$cur")
}
complete -F _udpchat udpchat
`)
	return b.String()
}

// bashCommand writes what belongs to a command.
func bashCommand(b *strings.Builder, c config.Command, commands []config.Command) {
	var all []string
	for _, o := range options(c) {
		all = append(all, names(o)...)
	}
	fmt.Fprintf(b, "\t%s)\n\t\tflags=%s\n", c.Name, single(strings.Join(all, " ")))
	if ws, kind := operand(c.Flags, commands); kind == words {
		fmt.Fprintf(b, "\t\toperand=words words=%s\n", single(strings.Join(ws, " ")))
	} else if kind == file {
		b.WriteString("\t\toperand=file\n")
	}
	b.WriteString("\t\tcase $prev in\n")
	for _, o := range options(c) {
		pattern := strings.Join(names(o), "|")
		switch valueOf(o) {
		case words:
			fmt.Fprintf(b, "\t\t%s) kind=words words=%s ;;\n", pattern, single(strings.Join(o.Values, " ")))
		case file:
			fmt.Fprintf(b, "\t\t%s) kind=file ;;\n", pattern)
		case folder:
			fmt.Fprintf(b, "\t\t%s) kind=folder ;;\n", pattern)
		case anything:
			fmt.Fprintf(b, "\t\t%s) kind=anything ;;\n", pattern)
		}
	}
	b.WriteString("\t\tesac\n\t\t;;\n")
}
