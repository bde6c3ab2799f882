package play

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// StartServer starts the server, at the same place as before, and waits until it can be used.
func (s *Stage) StartServer(ctx context.Context) (err error) {
	if s.port == 0 {
		if s.port, err = FreePort(); err != nil {
			return err
		}
	}
	cmd := exec.Command(s.Binary, "server", "-host", "127.0.0.1", "-p", strconv.Itoa(s.port), "-db", filepath.Join(s.Dir, "server.db"))
	cmd.Env = Environ(s.Dir)
	var log Screen
	cmd.Stderr = &log
	if s.server, err = Launch(cmd, log.End); err != nil {
		return err
	}
	if !log.Until(ctx, Listening) {
		s.server.Kill()
		return fmt.Errorf("the server does not listen:\n%s", strings.Join(log.Lines(), "\n"))
	}
	return nil
}

// Listening finds the log line with which a server can be used.
func Listening(log []string) bool {
	for _, line := range log {
		if strings.Contains(line, "listening") {
			return true
		}
	}
	return false
}

func (s *Stage) stopServer(ctx context.Context) error {
	if err := s.server.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	code, err := s.server.Exit(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("the server ended with exit code %d, not 0", code)
	}
	return err
}

// KillServer ends the server as a power failure would.
func (s *Stage) KillServer() { s.server.Kill() }

// Client gives the command of a client that its caller starts, and ends.
func (s *Stage) Client(name string) *exec.Cmd { return s.command(&seat{name: name}) }

func (s *Stage) command(at *seat) *exec.Cmd {
	cmd := exec.Command(s.Binary, "client", "-n", at.name, "-i", "127.0.0.1", "-p", strconv.Itoa(s.port), "-c", strconv.Itoa(at.port),
		"-state", filepath.Join(s.Dir, "clients"))
	cmd.Env = Environ(s.Dir)
	return cmd
}

// StartClient starts a client, at its seat if it had one.
func (s *Stage) StartClient(name string) (err error) {
	at := s.seats[name]
	if at == nil {
		at = &seat{name: name}
		if at.port, err = FreePort(); err != nil {
			return err
		}
	}
	open := s.Open
	if open == nil {
		open = func(cmd *exec.Cmd) (Desk, error) { return OpenPipes(cmd) }
	}
	desk, err := open(s.command(at))
	if err != nil {
		return err
	}
	if at.desk == nil {
		if s.seats == nil {
			s.seats = map[string]*seat{}
		}
		s.seats[name] = at
		s.order = append(s.order, name)
	} else {
		at.earlier, at.seen = s.Lines(name), 0
	}
	at.desk = desk
	return nil
}

// Desk gives the desk of a client that was started.
func (s *Stage) Desk(name string) Desk { return s.seats[name].desk }

// Lines gives all that a client has printed, in all its runs.
func (s *Stage) Lines(name string) []string {
	at := s.seats[name]
	return append(slices.Clip(at.earlier), at.desk.Screen().Lines()...)
}

// Screens writes each client's screen under a heading.
func (s *Stage) Screens(w io.Writer, title string) {
	for _, name := range s.order {
		fmt.Fprintf(w, "\n--- %s, client %s ---\n%s\n", title, name, strings.Join(s.Lines(name), "\n"))
	}
}

// Close ends everything at once.
func (s *Stage) Close() {
	for _, at := range s.seats {
		at.desk.Process().Kill()
	}
	if s.server != nil {
		s.server.Kill()
	}
}

var (
	portPattern   = regexp.MustCompile(`(127\.0\.0\.1:|Port->)([0-9]+)`)
	wordsPattern  = regexp.MustCompile(`(first use: |key was: |is now: |In words: )[a-z]{3,7}(?: [a-z]{3,7}){5,11}`)
	digitsPattern = regexp.MustCompile(`[0-9]{5}(?: [0-9]{5}){5}`)
	timePattern   = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2}\.[0-9]{6})?`)
)

// Timeless replaces times of sending by the word TIMESTAMP.
func Timeless(line string) string { return timePattern.ReplaceAllLiteralString(line, "TIMESTAMP") }

// Keyless replaces what a key looks like by the word WORDS, or DIGITS.
func Keyless(line string) string {
	if !strings.HasPrefix(line, "[") { // nothing that someone wrote
		return line
	}
	return wordsPattern.ReplaceAllString(digitsPattern.ReplaceAllLiteralString(line, "DIGITS"), "${1}WORDS")
}

// normal gives lines with the ports of the transcripts, and without times.
func (s *Stage) normal(lines []string) []string {
	known := map[string]int{strconv.Itoa(s.port): ports[""]}
	for name, at := range s.seats {
		known[strconv.Itoa(at.port)] = ports[name]
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = Keyless(Timeless(portPattern.ReplaceAllStringFunc(line, func(found string) string {
			parts := portPattern.FindStringSubmatch(found)
			if port, ok := known[parts[2]]; ok {
				return parts[1] + strconv.Itoa(port)
			}
			return found
		})))
	}
	return out
}
