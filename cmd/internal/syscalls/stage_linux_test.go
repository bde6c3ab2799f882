package syscalls

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"udpchat/cmd/internal/play"
)

// patience bounds every wait. Only a machine that is very busy comes near it.
const patience = 30 * time.Second

var more = flag.Int("cases", 0, "try every call from the 1st to this one, in place of some")

var (
	binary    string // the program
	prepared  string // a folder in which x and y have registered, and y left
	forbidden string // why nothing can be traced here
)

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "syscalls-")
	if err == nil {
		err = prepare(dir)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// prepare builds the program, and finds out whether it can be traced.
func prepare(dir string) error {
	if out, err := exec.Command("strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpid", "true").CombinedOutput(); err != nil {
		forbidden = fmt.Sprintf("strace does not work here: %v %s", err, out)
		return nil
	}
	binary, prepared = filepath.Join(dir, "udpchat"), filepath.Join(dir, "prepared")
	if out, err := exec.Command("go", "build", "-o", binary, "udpchat/cmd/udpchat").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	s := &stage{dir: prepared, runs: map[string][]*play.Pipes{}}
	defer s.close()
	err := s.start("server", "")
	for _, name := range []string{"x", "y"} {
		if err == nil {
			err = s.start(name, "")
		}
		if err == nil && !s.sees(name, 1, "[Welcome") {
			err = errors.New(name + " is not welcome")
		}
		if err == nil {
			err = s.leaves(name)
		}
	}
	return err
}

// stage is where a case is played: a server, x and y.
type stage struct {
	dir  string
	port int
	runs map[string][]*play.Pipes // by name, all that were started
}

func newStage(t *testing.T, dir string) (*stage, error) {
	t.Helper()
	return &stage{dir: dir, runs: map[string][]*play.Pipes{}}, os.CopyFS(dir, os.DirFS(prepared))
}

func (s *stage) close() {
	for _, runs := range s.runs {
		for _, p := range runs {
			p.Process().Kill()
		}
	}
}

// start starts someone, with a fault in strace's words, or none. A server that does not listen has ended.
func (s *stage) start(name, fault string) (err error) {
	if s.port == 0 {
		if s.port, err = play.FreePort(); err != nil {
			return err
		}
	}
	port := strconv.Itoa(s.port)
	// A server that fails may be long in coming back, on a busy machine: it is not given up.
	args := []string{binary, "client", "-n", name, "-i", "127.0.0.1", "-p", port, "-state", filepath.Join(s.dir, "clients"), "-retries", "100"}
	if name == "server" {
		args = []string{binary, "server", "-host", "127.0.0.1", "-p", port, "-db", filepath.Join(s.dir, "server.db")}
	}
	if fault != "" {
		call, _, _ := strings.Cut(fault, ":")
		// -D: the program is this one's child, and strace a bystander.
		args = append([]string{"strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", "inject=" + fault}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = play.Environ(s.dir)
	p, err := play.OpenPipes(cmd)
	if err != nil {
		return err
	}
	s.runs[name] = append(s.runs[name], p)
	if name == "server" {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if !p.Stderr.Until(ctx, play.Listening) && fault == "" {
			return fmt.Errorf("the server does not listen:\n%s", strings.Join(p.Stderr.Lines(), "\n"))
		}
	}
	return nil
}

// at is the present run of someone.
func (s *stage) at(name string) *play.Pipes {
	runs := s.runs[name]
	return runs[len(runs)-1]
}

// dead tells whether someone's present run has ended.
func (s *stage) dead(name string) bool { return s.at(name).Process().Ended() }

// lines are all that someone has printed, in all runs.
func (s *stage) lines(name string) (all []string) {
	for _, p := range s.runs[name] {
		all = append(all, p.Screen().Lines()...)
	}
	return all
}

func count(lines []string, text string) (n int) {
	for _, l := range lines {
		if strings.Contains(l, text) {
			n++
		}
	}
	return n
}

// sees waits until the runs of someone have printed n lines with a text; false when that does not come about.
func (s *stage) sees(name string, n int, text string) bool {
	return s.seesOr(name, n, text, "")
}

// seesOr ends early, too, when another one has ended.
func (s *stage) seesOr(name string, n int, text, other string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()
	if other != "" {
		process := s.at(other).Process()
		watch.Go(func() {
			_, _ = process.Exit(ctx)
			cancel()
		})
	}
	present, before := s.at(name).Screen(), 0
	for _, p := range s.runs[name][:len(s.runs[name])-1] {
		before += count(p.Screen().Lines(), text)
	}
	present.Until(ctx, func(lines []string) bool { return before+count(lines, text) >= n })
	return before+count(present.Lines(), text) >= n
}

func (s *stage) types(name, line string) { _ = s.at(name).Send(line) } // who has ended hears nothing

// leaves ends a client, which says all that it has to say before.
func (s *stage) leaves(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = s.at(name).CloseInput()
	if code, err := s.at(name).Process().Exit(ctx); err != nil || code != 0 {
		return fmt.Errorf("%s: exit code %d, %w", name, code, err)
	}
	return nil
}

// onceEach wants every text of someone's on a screen once; a marked line may stand beside it, or in its place.
func onceEach(lines []string, from, what string, n int, may func(i int) bool) error {
	for i := range n {
		plain, marked := 0, 0
		for _, line := range lines {
			text, again := strings.CutPrefix(play.Timeless(line), "↻ ")
			text = strings.Replace(strings.Replace(text, "(late) ", "", 1), "TIMESTAMP ", "", 1)
			switch {
			case text != fmt.Sprintf("%s: %s %d", from, what, i):
			case again:
				marked++
			default:
				plain++
			}
		}
		if plain > 1 || plain+marked == 0 && !may(i) {
			return fmt.Errorf("%s %d of %s was shown %d times, and %d times with a mark", what, i, from, plain, marked)
		}
	}
	return nil
}

// together runs cases, a few at a time: they wait much more than they work.
func together(t *testing.T, faults []string, run func(s *stage, fault string, i int) (fired bool, err error)) {
	t.Helper()
	if forbidden != "" {
		t.Skip(forbidden)
	}
	turns := make(chan struct{}, 4)
	var all sync.WaitGroup
	var mu sync.Mutex
	fired, dirs := 0, t.TempDir()
	for i, fault := range faults {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			s, err := newStage(t, filepath.Join(dirs, strconv.Itoa(i)))
			hit := false
			if err == nil {
				hit, err = run(s, fault, i)
			}
			s.close()
			mu.Lock()
			defer mu.Unlock()
			if hit {
				fired++
			}
			if err != nil {
				t.Errorf("%s, case %d: %v\n%s", fault, i, err, s.report())
			}
		})
	}
	all.Wait()
	t.Logf("%d of %d faults came about", fired, len(faults))
	if 2*fired < len(faults) && *more == 0 {
		t.Error("these are too few: other calls are to be chosen")
	}
}

func (s *stage) report() string {
	var b strings.Builder
	for name, runs := range s.runs {
		for _, p := range runs {
			fmt.Fprintf(&b, "--- %s\n%s\n%s\n", name, strings.Join(p.Screen().Lines(), "\n"), strings.Join(p.Stderr.Lines(), "\n"))
		}
	}
	return b.String()
}
