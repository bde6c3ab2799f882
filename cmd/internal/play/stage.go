package play

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience bounds every wait. Only a machine that is very busy comes near it.
const patience = 30 * time.Second

// Stage runs plays. Close ends all that runs on it.
type Stage struct {
	// Binary is the program.
	Binary string
	// Dir is an empty folder, for the database and the profiles.
	Dir string
	// Open starts a client; OpenPipes when it is nil.
	Open func(cmd *exec.Cmd) (Desk, error)
	// Noise allows tables that no step awaits, as after a server's sudden death.
	Noise bool
	// Before, if set, is called before each step but the first.
	Before func(i int, s Step) error

	server *Process
	port   int
	seats  map[string]*seat
	order  []string // of first arrival
}

// seat is the place of one client, through all its runs.
type seat struct {
	name    string
	port    int
	desk    Desk
	earlier []string // lines of runs that have ended
	seen    int      // lines of the present run that belong to steps that are over
}

// Play performs a script. The error names the step, the screen and the first line that is missing or out of place.
func (s *Stage) Play(ctx context.Context, script Script) error {
	for i, step := range script.Steps {
		if s.Before != nil && i > 0 {
			if err := s.Before(i, step); err != nil {
				return fmt.Errorf("before %s: %w", step, err)
			}
		}
		if err := s.play(ctx, step); err != nil {
			return fmt.Errorf("%s, when %s: %w", script.Title, step, err)
		}
	}
	for _, name := range s.order {
		if err := s.over(s.seats[name]); err != nil {
			return fmt.Errorf("%s: %w", script.Title, err)
		}
	}
	return nil
}

func (s *Stage) play(ctx context.Context, step Step) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.act(ctx, step); err != nil {
		return err
	}
	for _, name := range s.order {
		if err := s.watch(ctx, s.seats[name], step.strands[name]); err != nil {
			return err
		}
	}
	if step.what == clientInterrupts || step.what == clientEnds {
		return s.ended(ctx, s.seats[step.who], step.code)
	}
	return nil
}

func (s *Stage) act(ctx context.Context, step Step) error {
	switch step.what {
	case serverStarts:
		return s.StartServer(ctx)
	case serverStops:
		return s.stopServer(ctx)
	case clientStarts:
		if at := s.seats[step.who]; at != nil {
			if err := s.over(at); err != nil {
				return err
			}
		}
		return s.StartClient(step.who)
	case clientTypes:
		return s.seats[step.who].desk.Type(step.text)
	case clientInterrupts:
		return s.seats[step.who].desk.Interrupt()
	}
	return nil
}

// watch waits until a screen shows a step.
func (s *Stage) watch(ctx context.Context, at *seat, strands []strand) error {
	if len(strands) == 0 {
		return nil
	}
	var r result
	content := at.desk.Screen().Until(ctx, func(lines []string) bool {
		r = match(s.normal(lines[min(at.seen, len(lines)):]), strands, s.Noise)
		return r.wrong || r.missing == ""
	})
	switch {
	case r.wrong:
		return fmt.Errorf("screen of %s: out of place: %q (awaited: %q)", at.name, r.stray, r.missing)
	case !content:
		return fmt.Errorf("screen of %s: missing: %q", at.name, r.missing)
	}
	at.seen += r.used
	return nil
}

// ended waits for the end of a client.
func (s *Stage) ended(ctx context.Context, at *seat, want int) error {
	code, err := at.desk.Process().Exit(ctx)
	if err != nil {
		return err
	}
	if code != want {
		return fmt.Errorf("%s ended with exit code %d, not %d", at.name, code, want)
	}
	return nil
}

// over fails when a screen has lines after those of the last step.
func (s *Stage) over(at *seat) error {
	lines := s.normal(at.desk.Screen().Lines())
	rest := lines[min(at.seen, len(lines)):]
	for len(rest) > 0 && (rest[0] == strings.TrimSpace(Prompt) || rest[0] == "" || s.Noise && rest[0] == updated) {
		rest = rest[tableLength(rest):] // a prompt that is left behind, or a table
	}
	if len(rest) > 0 {
		return fmt.Errorf("screen of %s: out of place: %q (nothing more was awaited)", at.name, rest[0])
	}
	return nil
}

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
		if s.seats == nil {
			s.seats = map[string]*seat{}
		}
		s.seats[name] = at
		s.order = append(s.order, name)
	}
	if at.desk != nil {
		at.earlier, at.seen = s.Lines(name), 0
	}
	cmd := s.command(at)
	if s.Open != nil {
		at.desk, err = s.Open(cmd)
	} else {
		at.desk, err = OpenPipes(cmd)
	}
	return err
}

// Desk gives the desk of a client that was started.
func (s *Stage) Desk(name string) Desk { return s.seats[name].desk }

// Lines gives all that a client has printed, in all its runs.
func (s *Stage) Lines(name string) []string {
	at := s.seats[name]
	return append(at.earlier[:len(at.earlier):len(at.earlier)], at.desk.Screen().Lines()...)
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
		if at.desk != nil {
			at.desk.Process().Kill()
		}
	}
	if s.server != nil {
		s.server.Kill()
	}
}

var (
	portPattern = regexp.MustCompile(`(127\.0\.0\.1:|Port->)([0-9]+)`)
	timePattern = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}`)
)

// Timeless replaces times of sending by the word TIMESTAMP.
func Timeless(line string) string { return timePattern.ReplaceAllLiteralString(line, "TIMESTAMP") }

// normal gives lines with the ports of the transcripts, and without times.
func (s *Stage) normal(lines []string) []string {
	known := map[string]int{strconv.Itoa(s.port): ports[""]}
	for name, at := range s.seats {
		known[strconv.Itoa(at.port)] = ports[name]
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = Timeless(portPattern.ReplaceAllStringFunc(line, func(found string) string {
			parts := portPattern.FindStringSubmatch(found)
			if port, ok := known[parts[2]]; ok {
				return parts[1] + strconv.Itoa(port)
			}
			return found
		}))
	}
	return out
}
