package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"udpchat/cmd/internal/jobcontrol"
	"udpchat/cmd/internal/plain"
)

// usage lines of the prompt's commands, in the order in which help lists them.
var usage = []struct{ name, form, what string }{
	{"send", "send NAME TEXT", "send TEXT to NAME"},
	{"send_all", "send_all TEXT", "send TEXT to the channel"},
	{"to", "to [NAME]", "what is no command goes to NAME from now on;\nto all: to the channel; to: to nobody"},
	{"@", "@NAME [TEXT]", "send TEXT to NAME; without TEXT as to NAME"},
	{"peers", "peers", "list the client table"},
	{"status", "status", "the server, the way to everyone, and what waits and why"},
	{"history", "history [NAME] [N]", "the last N lines, up to 1000, with NAME or all; without N 20"},
	{"search", "search WORDS", "the newest lines that have all the words"},
	{"verify", "verify NAME", "a number to compare with NAME, that nobody is between you"},
	{"trust", "trust NAME", "accept the key that NAME has now"},
	{"reg", "reg [NAME]", "come back; with another NAME go on as NAME"},
	{"dereg", "dereg [NAME]", "go offline; messages are kept for you"},
	{"help", "help", "print this"},
	{"quit", "quit", "go offline and leave"},
}

// input is a line that was typed, taken apart.
type input struct {
	command, name, text string
	number              int // of lines
}

// parse takes a typed line apart. The text keeps its spaces: one character separates it from what stands before it. A line that is
// no command goes to whom plain text is for, and to make sure that it is none it may begin with a space, which is left out. Without
// such a one it gives what to print instead. A slash may stand before a command, and never begins anything else: two begin a text that
// has one.
func parse(line string, to aim) (in input, wrong string) {
	if !to.none() && strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
		return to.input(line[1:]), ""
	}
	command, rest := cutWord(line)
	if name, ok := strings.CutPrefix(command, "@"); ok && name != "" {
		if strings.TrimSpace(rest) == "" {
			return input{command: "to", name: name}, ""
		}
		return aimAt(name).input(rest), ""
	}
	if slashed, ok := strings.CutPrefix(command, "/"); ok {
		switch {
		case isCommand(slashed):
			return parseCommand(slashed, rest)
		case to.none():
			return in, noCommand(command, "")
		case strings.HasPrefix(slashed, "/"):
			return to.input(strings.Replace(line, "/", "", 1)), ""
		}
		return in, noCommand(command, " With two slashes it is text.")
	}
	if in, wrong = parseCommand(command, rest); wrong != "" && !to.none() {
		return to.input(line), ""
	}
	return in, wrong
}

// isCommand tells whether a word, without a slash before it, is a command.
func isCommand(word string) bool { return word != "@" && usageLine(word) != "" }

func noCommand(command, besides string) string {
	return fmt.Sprintf("[Unknown command %s: help lists all.%s]", plain.Name(command), besides)
}

// input is a text for whom plain text is for.
func (a aim) input(text string) input {
	if a.all {
		return input{command: "send_all", text: text}
	}
	return input{command: "send", name: a.name, text: text}
}

func parseCommand(command, rest string) (in input, wrong string) {
	in.command = command
	ok := true
	switch command {
	case "":
	case "send":
		in.name, in.text = cutWord(rest)
		ok = in.name != "" && in.text != ""
	case "send_all":
		in.text = rest
		ok = rest != ""
	case "history":
		in, ok = parseHistory(strings.Fields(rest))
	case "search":
		in.text, in.number = rest, foundLines
		ok = strings.TrimSpace(rest) != ""
	case "to", "reg", "dereg":
		in.name, rest = cutWord(rest)
		ok = strings.TrimSpace(rest) == ""
	case "verify", "trust":
		in.name, rest = cutWord(rest)
		ok = in.name != "" && strings.TrimSpace(rest) == ""
	case "peers", "status", "help", "quit":
		ok = strings.TrimSpace(rest) == ""
	default:
		return in, noCommand(command, "")
	}
	switch {
	case ok:
		return in, ""
	case command == "history":
		return in, fmt.Sprintf("%s, N from 1 to %d", usageLine(command), historyMost)
	}
	return in, usageLine(command)
}

// parseHistory: a number alone is one of lines.
func parseHistory(words []string) (in input, ok bool) {
	in = input{command: "history", number: historyLines}
	if n := len(words); n > 0 {
		if lines, err := strconv.Atoi(words[n-1]); err == nil {
			in.number, words = lines, words[:n-1]
		}
	}
	if len(words) == 1 {
		in.name = words[0]
	}
	return in, len(words) < 2 && in.number > 0 && in.number <= historyMost
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

// helpLines explain the commands at the prompt, and the keys where there are some.
func helpLines(keys bool) string {
	var b strings.Builder
	for _, u := range usage {
		fmt.Fprintf(&b, "%-18s %s\n", u.form, strings.ReplaceAll(u.what, "\n", "\n"+strings.Repeat(" ", 19)))
	}
	if keys {
		fmt.Fprintf(&b, "%-18s %s\n%-18s %s\n", "Tab", "complete a command or a name", "Up, Down, Ctrl-R", "what was typed before, and a search in it")
		if jobcontrol.Supported {
			fmt.Fprintf(&b, "%-18s %s\n", "Ctrl-Z", "back to the shell; fg returns")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
