package main

import (
	"fmt"
	"strings"
	"unicode"

	"udpchat/cmd/internal/plain"
)

// usage lines of the prompt's commands, in the order in which help lists them.
var usage = []struct{ name, form, what string }{
	{"send", "send NAME TEXT", "send TEXT to NAME"},
	{"send_all", "send_all TEXT", "send TEXT to the channel"},
	{"peers", "peers", "list the client table"},
	{"verify", "verify NAME", "a number to compare with NAME, that nobody is between you"},
	{"trust", "trust NAME", "accept the key that NAME has now"},
	{"reg", "reg NAME", "register as NAME"},
	{"dereg", "dereg NAME", "go offline; messages are kept for you"},
	{"help", "help", "print this"},
	{"quit", "quit", "go offline and leave"},
}

// input is a line that was typed, taken apart.
type input struct{ command, name, text string }

// parse takes a typed line apart. The text keeps its spaces: one character separates it from what stands before it. A
// line that is no command gives what to print instead.
func parse(line string) (in input, wrong string) {
	command, rest := cutWord(line)
	in.command = command
	switch command {
	case "":
		return in, ""
	case "send":
		if in.name, in.text = cutWord(rest); in.name == "" || in.text == "" {
			return in, usageLine(command)
		}
	case "send_all":
		if in.text = rest; rest == "" {
			return in, usageLine(command)
		}
	case "reg", "dereg", "verify", "trust":
		var more string
		if in.name, more = cutWord(rest); in.name == "" || strings.TrimSpace(more) != "" {
			return in, usageLine(command)
		}
	case "peers", "help", "quit":
		if strings.TrimSpace(rest) != "" {
			return in, usageLine(command)
		}
	default:
		return in, fmt.Sprintf("[Unknown command %s: help lists all.]", plain.Name(command))
	}
	return in, ""
}

// cutWord gives the first word and what follows the one space after it.
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i+1:]
}

func usageLine(command string) string {
	for _, u := range usage {
		if u.name == command {
			return "Usage: " + u.form
		}
	}
	return ""
}

// helpLines explain the commands at the prompt.
func helpLines() string {
	var b strings.Builder
	for _, u := range usage {
		fmt.Fprintf(&b, "%-16s %s\n", u.form, u.what)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
