package play

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
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
	// Before and During, if set, are called before each step but the first, and when it has begun and nothing was seen of it.
	Before, During func(i int, s Step) error

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
		if err := s.play(ctx, i, step); err != nil {
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

func (s *Stage) play(ctx context.Context, i int, step Step) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.act(ctx, step); err != nil {
		return err
	}
	if s.During != nil && i > 0 {
		if err := s.During(i, step); err != nil {
			return err
		}
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
