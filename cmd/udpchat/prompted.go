package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/term"

	"udpchat/cmd/internal/lineedit"
	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/name"
)

const prompt = ">>> "

// prompted is a screen with a line editor.
type prompted struct {
	editor   *lineedit.Editor
	settings clientSettings
	bell     bell

	mu      sync.Mutex // guards what follows: the editor asks for words, and lines are read, in goroutines of their own
	painter painter
	me      string
	names   []string // of the others in the table, sorted
	tabled  bool     // there was one
	typed   *typedLines
}

func newPrompted(env *environment, s clientSettings) (*prompted, error) {
	e, err := lineedit.Open(env.stdin, env.stdout, prompt)
	if err != nil {
		return nil, fmt.Errorf("open terminal: %w", err)
	}
	p := &prompted{editor: e, settings: s, bell: bell{setting: s.bell}, painter: newPainter(env, s.colour, true)}
	e.SetCompleter(p.complete)
	return p, nil
}

// read gives a typed line, and remembers it for the next run.
func (p *prompted) read(ctx context.Context) typed {
	line, err := p.editor.ReadLine(ctx)
	if err == nil {
		p.mu.Lock()
		lines := p.typed
		p.mu.Unlock()
		if bad := lines.add(line); bad != nil {
			p.editor.Println(fmt.Sprintf("[What you type is not remembered: %v]", bad))
		}
	}
	return typed{line: line, err: err}
}

func (p *prompted) where(lines []string) error { return p.tell(nil, lines) }

// begin brings back what was typed under the name.
func (p *prompted) begin(s *session) {
	lines := &typedLines{}
	if p.settings.history == "on" {
		lines.path = typedFile(p.settings.state, s.name)
	}
	old, err := lines.load()
	if err != nil {
		p.editor.Println(fmt.Sprintf("[What you typed is not remembered: %v]", err))
	}
	p.mu.Lock() // never around a call of the editor, which asks for words while it is locked itself
	before := p.me
	p.me, p.typed, p.names, p.tabled = s.name, lines, nil, false
	p.mu.Unlock()
	if before != "" && before != s.name {
		p.editor.Forget() // what was typed under another name
	}
	p.editor.Remember(old)
}

// aim shows whom plain text is for.
func (p *prompted) aim(a aim) {
	p.editor.SetPrompt(a.prefix() + prompt)
	p.mu.Lock()
	stranger := p.tabled && a.name != "" && a.name != p.me && !slices.ContainsFunc(p.names, func(n string) bool { return name.Same(n) == name.Same(a.name) })
	p.mu.Unlock()
	if stranger {
		p.editor.Println(fmt.Sprintf("[%s is not in the client table now.]", plain.Name(a.name)))
	}
}

func (p *prompted) tell(n peer.Notice, lines []string) error {
	p.mu.Lock()
	if t, ok := n.(peer.Table); ok {
		p.names, p.tabled = nil, true
		for _, row := range t.All {
			if row.Name != p.me {
				p.names = append(p.names, row.Name)
			}
		}
	}
	lines = p.painter.paint(n, lines)
	p.mu.Unlock()
	if p.bell.rings(n, p.me) && len(lines) > 0 {
		lines = append([]string{"\a" + lines[0]}, lines[1:]...)
	}
	for _, line := range lines {
		p.editor.Println(line)
	}
	return nil
}

// mark gives a line in which a name has the colour of its key.
func (p *prompted) mark(line, name string, k wire.Key) string { return p.painter.mark(line, name, k) }

func (p *prompted) println(line string) error {
	p.editor.Println(line)
	return nil
}

func (p *prompted) logWriter(stderr *os.File) io.Writer {
	if !term.IsTerminal(int(stderr.Fd())) {
		return stderr
	}
	return logLines{p.editor}
}

func (p *prompted) interactive() bool { return true }

func (p *prompted) close() { _ = p.editor.Close() } // the terminal is gone, then

// logLines prints log lines above the prompt.
type logLines struct{ editor *lineedit.Editor }

func (l logLines) Write(b []byte) (int, error) {
	l.editor.Println(strings.TrimRight(string(b), "\n"))
	return len(b), nil
}

// complete proposes commands and names: see lineedit.Completer.
func (p *prompted) complete(before string) (from int, words []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return complete(before, p.me, p.names)
}

// complete proposes a command for the first word of a line and names for the others. Of names, upper and lower case are the same.
func complete(before, me string, names []string) (from int, words []string) {
	from = strings.LastIndexFunc(before, unicode.IsSpace) + 1
	word := before[from:]
	first, _ := cutWord(before)
	command := strings.TrimPrefix(first, "/")
	lead := ""
	switch {
	case strings.HasPrefix(word, "@"):
		lead, word = "@", word[1:]
	case strings.TrimSpace(before[:from]) == "":
		slash := word[:len(word)-len(strings.TrimPrefix(word, "/"))]
		for _, u := range usage {
			if strings.HasPrefix(u.name, word[len(slash):]) && (slash == "" || u.name != "@") {
				words = append(words, slash+u.name)
			}
		}
		return from, words
	case command == "reg" || command == "dereg":
		names = []string{me}
	case command == "to" || command == "history":
		names = append([]string{"all"}, names...)
	}
	for _, n := range names {
		if len(n) >= len(word) && strings.EqualFold(n[:len(word)], word) {
			words = append(words, lead+plain.Name(n))
		}
	}
	return from, words
}
