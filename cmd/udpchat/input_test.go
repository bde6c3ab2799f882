package main

import (
	"strings"
	"testing"
)

// The help of the prompt fits a terminal of the usual width.
func TestHelpFits(t *testing.T) {
	for line := range strings.Lines(helpLines(true)) {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
}

func TestParse(t *testing.T) {
	bob, all := aim{name: "bob"}, aim{all: true}
	for _, c := range []struct {
		line  string
		to    aim
		want  input
		wrong string
	}{
		{"send bob  two  spaces ", aim{}, input{command: "send", name: "bob", text: " two  spaces "}, ""},
		{"send bob a\nb", aim{}, input{command: "send", name: "bob", text: "a\nb"}, ""},
		{"/send bob hi", aim{}, input{command: "send", name: "bob", text: "hi"}, ""},
		{"@bob hi", aim{}, input{command: "send", name: "bob", text: "hi"}, ""},
		{"@bob hi", all, input{command: "send", name: "bob", text: "hi"}, ""},
		{"@all hi", bob, input{command: "send_all", text: "hi"}, ""},
		{"@bob ", aim{}, input{command: "to", name: "bob"}, ""},
		{"@", aim{}, input{command: "@"}, "[Unknown command @: help lists all.]"},
		{"@ home", bob, input{command: "send", name: "bob", text: "@ home"}, ""},
		{"to", bob, input{command: "to"}, ""},
		{"to all", aim{}, input{command: "to", name: "all"}, ""},
		{"to be honest", bob, input{command: "send", name: "bob", text: "to be honest"}, ""},
		{"to be honest", all, input{command: "send_all", text: "to be honest"}, ""},
		{"to be honest", aim{}, input{command: "to", name: "be"}, "Usage: to [NAME]"},
		{"/to be honest", bob, input{command: "to", name: "be"}, "Usage: to [NAME]"},
		{" quit", bob, input{command: "send", name: "bob", text: "quit"}, ""},
		{" quit", aim{}, input{command: "quit"}, ""},
		{"  ", bob, input{}, ""},
		{"", bob, input{}, ""},
		{"quit", bob, input{command: "quit"}, ""},
		{"quit smoking", bob, input{command: "send", name: "bob", text: "quit smoking"}, ""},
		{"/stauts", bob, input{}, "[Unknown command /stauts: help lists all. With two slashes it is text.]"},
		{"/stauts", all, input{}, "[Unknown command /stauts: help lists all. With two slashes it is text.]"},
		{"/stauts", aim{}, input{}, "[Unknown command /stauts: help lists all.]"},
		{"/@bob hi", bob, input{}, "[Unknown command /@bob: help lists all. With two slashes it is text.]"},
		{"/@ hi", bob, input{}, "[Unknown command /@: help lists all. With two slashes it is text.]"},
		{"/", bob, input{}, "[Unknown command /: help lists all. With two slashes it is text.]"},
		{"//etc/passwd  x", bob, input{command: "send", name: "bob", text: "/etc/passwd  x"}, ""},
		{"//quit", all, input{command: "send_all", text: "/quit"}, ""},
		{"//quit", aim{}, input{}, "[Unknown command //quit: help lists all.]"},
		{" /etc/passwd", bob, input{command: "send", name: "bob", text: "/etc/passwd"}, ""},
		{"@bob /quit", all, input{command: "send", name: "bob", text: "/quit"}, ""},
		{"one\ntwo", all, input{command: "send_all", text: "one\ntwo"}, ""},
		{"dereg", aim{}, input{command: "dereg"}, ""},
		{"dereg bob", aim{}, input{command: "dereg", name: "bob"}, ""},
		{"/dereg", bob, input{command: "dereg"}, ""},
		{"reg", aim{}, input{command: "reg"}, ""},
		{"reg bob carol", aim{}, input{command: "reg", name: "bob"}, "Usage: reg [NAME]"},
		{"verify", aim{}, input{command: "verify"}, "Usage: verify NAME"},
		{"history", aim{}, input{command: "history", number: historyLines}, ""},
		{"history 5", aim{}, input{command: "history", number: 5}, ""},
		{"history bob", aim{}, input{command: "history", name: "bob", number: historyLines}, ""},
		{"history 5 6", aim{}, input{command: "history", name: "5", number: 6}, ""},
		{"history bob 1001", aim{}, input{command: "history", name: "bob", number: 1001}, "Usage: history [NAME] [N], N from 1 to 1000"},
		{"history bob 1000", aim{}, input{command: "history", name: "bob", number: 1000}, ""},
		{"history of Rome", bob, input{command: "send", name: "bob", text: "history of Rome"}, ""},
		{"search two words", aim{}, input{command: "search", text: "two words", number: foundLines}, ""},
	} {
		got, wrong := parse(c.line, c.to)
		if wrong != c.wrong || wrong == "" && got != c.want {
			t.Errorf("%q to %+v: %+v, %q; want %+v, %q", c.line, c.to, got, wrong, c.want, c.wrong)
		}
	}
}

func TestComplete(t *testing.T) {
	names := []string{"Ann", "bob", "bobby", "日本"}
	for _, c := range []struct {
		before string
		from   int
		want   string
	}{
		{"", 0, "send send_all to @ peers status history search verify trust reg dereg help quit"},
		{"se", 0, "send send_all search"},
		{"/qu", 0, "/quit"},
		{"/", 0, "/send /send_all /to /peers /status /history /search /verify /trust /reg /dereg /help /quit"},
		{"x", 0, ""},
		{"send ", 5, "Ann bob bobby 日本"},
		{"send B", 5, "bob bobby"},
		{"send a", 5, "Ann"},
		{"send bob hello 日", 15, "日本"},
		{"@b", 0, "@bob @bobby"},
		{"thanks @an", 7, "@Ann"},
		{"to a", 3, "all Ann"},
		{"history ", 8, "all Ann bob bobby 日本"},
		{"reg ", 4, "me"},
		{"  to bo", 5, "bob bobby"},
	} {
		from, words := complete(c.before, "me", names)
		if got := strings.Join(words, " "); from != c.from || got != c.want {
			t.Errorf("%q: from %d %q, want %d %q", c.before, from, got, c.from, c.want)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"bob", true}, {"BOB!", true}, {"@bob, hi", true}, {"bobby", false}, {"a bobby, bob", true}, {"kabob", false}, {"_bob", false},
		{"éBob", false}, {"「bob」", true}, {"", false}, {"bobbob", false},
	} {
		if got := mentions(c.text, "Bob"); got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
	if mentions("anything", "") {
		t.Error("nobody is mentioned")
	}
}
