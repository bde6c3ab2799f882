package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/jobcontrol"
	"udpchat/cmd/internal/lineedit"
	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/tui"
	"udpchat/peer"
	"udpchat/wire/link"
)

// fullScreen is a screen of package tui on a terminal.
type fullScreen struct {
	program *tea.Program
	model   *tui.Model // the program's, until it has ended
	in, out *os.File
	wanted  *link.Queue[typed] // what the user wants, in order
	next    []typed            // what was taken of it and is not read yet
	opened  time.Time
	ended   chan struct{} // the program has ended, with failed
	failed  error

	closing chan struct{} // closed by close
	drawing sync.Mutex    // held while the terminal changes hands, and away:
	away    bool          // another program has it, at the end

	mu       sync.Mutex
	session  *session // the one that runs
	watching sync.WaitGroup

	me   string
	bell bell
	last []string // what to leave on the terminal: the lines that say why it ended
}

// checkFullScreen refuses a full screen that could not be seen. One that the environment or a file wishes for is meant for when there is
// a terminal, and a person before it.
func (s *clientSettings) checkFullScreen(env *environment, f *config.Flags) error {
	asked := f.Source("tui") == config.CommandLine
	switch {
	case !s.tui:
	case s.json && asked:
		return f.Wrong("json", "it is for a program, and -tui for people: leave one out")
	case !env.onTerminal() && asked:
		return f.Wrong("tui", "it needs a terminal for input and output: leave it out in scripts")
	case s.json || !env.onTerminal():
		s.tui = false
	case s.trace && term.IsTerminal(int(env.stderr.Fd())):
		return f.Wrong("trace", "with -tui its lines need another place than the terminal: add 2>trace.txt")
	}
	return nil
}

// openFullScreen begins to draw.
func (env *environment) openFullScreen(s clientSettings) *fullScreen {
	f := &fullScreen{in: env.stdin, out: env.stdout, bell: bell{setting: s.bell}, wanted: link.NewQueue[typed](), opened: time.Now(), ended: make(chan struct{}), closing: make(chan struct{})}
	f.model = tui.New(f, time.Now)
	f.program = tea.NewProgram(f.model, tea.WithInput(env.stdin), tea.WithOutput(env.stdout), tea.WithEnvironment(env.environ),
		tea.WithColorProfile(env.colours(s.colour)), tea.WithoutSignalHandler())
	go func() {
		defer close(f.ended)
		_, f.failed = f.program.Run()
	}()
	go jobcontrol.Continued(f.closing, f.continued)
	return f
}

// colours says which ones the terminal has, by the environment alone: the library would ask a running tmux too, with a process.
func (env *environment) colours(flag string) colorprofile.Profile {
	if flag == "never" || flag == "auto" && env.lookup("NO_COLOR") != "" { // whatever its value is (no-color.org)
		return colorprofile.ASCII
	}
	return colorprofile.Env(env.environ)
}

// running is the session that runs.
func (f *fullScreen) running() *session {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session
}

const (
	// glances is how often it is looked how things stand, and measures how often the server is asked, for its round trip; soon is
	// how often it is looked whether it can be.
	glances  = 2 * time.Second
	measures = 30 * time.Second
	soon     = 100 * time.Millisecond
)

// watch has the screen look how things stand, until the session ends or the screen is gone.
func (f *fullScreen) watch(s *session) {
	var measured time.Time
	for {
		if time.Since(measured) >= measures {
			status, err := s.client.Status(context.Background())
			if err != nil {
				return
			}
			if status.Standing == peer.StandsInside { // else nobody was asked
				measured = time.Now()
			}
		}
		f.program.Send(tui.Tick{})
		pause := glances
		if measured.IsZero() {
			pause = soon
		}
		select {
		case <-time.After(pause):
		case <-f.ended:
			return
		}
	}
}

func (f *fullScreen) read(ctx context.Context) typed {
	for {
		if f.next = append(f.next, f.wanted.Take()...); len(f.next) > 0 {
			t := f.next[0]
			f.next = f.next[1:]
			return t
		}
		select {
		case <-f.wanted.Ready:
		case <-f.ended:
			return typed{err: errors.Join(errors.New("the terminal is gone"), f.failed)}
		case <-ctx.Done():
			return typed{err: ctx.Err()}
		}
	}
}

func (f *fullScreen) where([]string) error { return nil } // the state row says it

func (f *fullScreen) begin(s *session) {
	f.mu.Lock()
	f.session = s
	f.mu.Unlock()
	f.me = s.name
	f.program.Send(tui.Began{Name: s.name, Key: s.client.Key()})
	f.watching.Go(func() { f.watch(s) })
}

func (f *fullScreen) tell(n peer.Notice, lines []string) error {
	switch n.(type) {
	case peer.Accepted: // it may be ending already
	case peer.Quit, peer.ServerSilent, peer.NotSent:
		f.last = append(f.last, lines...)
	case peer.Refused, peer.Left: // the client may end with it
		f.last = lines
	default:
		f.last = nil
	}
	f.program.Send(tui.Notice{Notice: n, Lines: lines, Bell: f.bell.rings(n, f.me)})
	return nil
}

func (f *fullScreen) println(line string) error {
	f.last = append(f.last, line)
	f.program.Send(tui.Line{Text: line})
	return nil
}

func (f *fullScreen) logWriter(stderr *os.File) io.Writer {
	if !term.IsTerminal(int(stderr.Fd())) {
		return stderr
	}
	return drawnLog{f}
}

// drawnLog shows log lines among the others.
type drawnLog struct{ screen *fullScreen }

func (l drawnLog) Write(b []byte) (int, error) {
	l.screen.program.Send(tui.Line{Text: strings.TrimRight(string(b), "\n"), Alarm: true})
	return len(b), nil
}

func (f *fullScreen) interactive() bool { return true }

// settle is how long a terminal has to answer what Bubble Tea asks it at the start. An answer to a program that has ended would stand
// at the shell's prompt.
const settle = 200 * time.Millisecond

// close gives the terminal back, as it was, and leaves on it what was said last, and what was being written.
func (f *fullScreen) close() {
	select {
	case <-time.After(time.Until(f.opened.Add(settle))):
	case <-f.ended:
	}
	close(f.closing)
	f.drawing.Lock() // until it is known who has the terminal
	defer f.drawing.Unlock()
	if !f.away {
		f.program.Quit()
		<-f.ended
		f.watching.Wait()
		f.last = append(f.last, draftLines(f.model.Drafts())...)
	}
	for _, line := range f.last {
		_, _ = io.WriteString(f.out, line+"\n") // the terminal may be gone
	}
}

// draftLines are what would be gone with the screen: at the prompt a line that is half typed stays where it is.
func draftLines(drafts []tui.Draft) (lines []string) {
	for _, d := range drafts {
		lines = append(lines, fmt.Sprintf("[Not sent, as you were writing it to %s:]", someone(d.To)), plain.Text(d.Text))
	}
	return lines
}

// Send, Enter, Seen, Leave and Interrupt are what a user does.

func (f *fullScreen) Send(ref uint64, to, body string) {
	f.wanted.Put(typed{text: &text{ref, to, body}})
}
func (f *fullScreen) Seen(lines []uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, line := range lines {
		f.session.hub.Printed(line)
	}
}

func (f *fullScreen) Enter(line string) { f.wanted.Put(typed{line: line}) }
func (f *fullScreen) Leave()            { f.wanted.Put(typed{err: io.EOF}) }
func (f *fullScreen) Interrupt()        { f.wanted.Put(typed{err: lineedit.ErrInterrupt}) }
