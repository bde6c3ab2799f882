// Command udpchat-bench measures udpchat: a server process, clients of package peer, real sockets, everything encrypted,
// acknowledged and durable as in use. What each number means is in docs/performance.md.
//
//	udpchat-bench [flags] w1 | w1d | w2 | w2d | w3 | w4 | w5 | w6 | w7 | scale | limits
//
// It writes one JSON line per case to standard output.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// bench is what a workload gets.
type bench struct {
	ctx     context.Context
	binary  string  // udpchat's
	dir     string  // for databases, on the disk to be measured
	scale   float64 // of the amount of work
	clients int     // of the workload scale
	out     io.Writer
	profile string
	folder  string // of the present case, in dir
	cases   int
}

type workload struct {
	name, what string
	run        func(b *bench) error
}

// workloads is a function since receive, which a workload starts, is among them.
func workloads() []workload {
	return []workload{
		{"w1", "direct message until its acknowledgement is back, one in flight, no history", (*bench).oneInFlight},
		{"w1d", "the same with history", (*bench).oneInFlightDurable},
		{"w2", "64 in flight, 1 and 8 pairs, no history", (*bench).manyInFlight},
		{"w2d", "64 in flight, one pair, history", (*bench).manyInFlightDurable},
		{"w3", "one sender in a channel of 10, 100 and 1,000", (*bench).channel},
		{"w4", "to someone who is away, 1, 64 and 512 in flight", (*bench).mailbox},
		{"w5", "return to 100,000 waiting messages", (*bench).drain},
		{"w6", "10,000 clients register; memory; a join while 1,000 are there", (*bench).storm},
		{"w7", "kill -9 with 100,000 clients and 1,000,000 messages", (*bench).restart},
		{"scale", "many clients that are there at once, idle and when the server is killed (-clients)", (*bench).scaled},
		{"limits", "UDP and bbolt alone", (*bench).limits},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)   // a second one has its ordinary effect
	signal.Ignore(syscall.SIGPIPE) // who reads the figures may leave: the write says so, and the servers are stopped
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.As(err, new(usageError)):
		fmt.Fprintln(os.Stderr, "udpchat-bench:", err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "udpchat-bench:", err)
		os.Exit(1)
	}
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	b := &bench{ctx: ctx, out: stdout}
	f := flag.NewFlagSet("udpchat-bench", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&b.binary, "udpchat", beside("udpchat"), "the `FILE` of udpchat, whose server is measured")
	f.StringVar(&b.dir, "dir", os.TempDir(), "make databases in this `FOLDER`: its disk is measured")
	f.StringVar(&b.profile, "cpuprofile", "", "write a profile of the bench's own processor time to this `FILE`, and one of the receivers to FILE.receive")
	f.Float64Var(&b.scale, "scale", 1, "do this `PART` of the work")
	f.IntVar(&b.clients, "clients", 100000, "scale has `N` clients, from 1 to 200,000")
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		usage(f, stdout)
		return err
	case err != nil:
		return usageError{err}
	case b.scale <= 0 || b.scale > 100:
		return usageError{fmt.Errorf("flag -scale: %v is not above 0 and at most 100", b.scale)}
	case b.clients < 1 || b.clients > 200000:
		return usageError{fmt.Errorf("flag -clients: %d is not from 1 to 200,000", b.clients)}
	case f.NArg() > 0 && f.Arg(0) == herdCommand:
		return runHerd(ctx, f.Args()[1:], stdin, stdout)
	case f.NArg() > 0 && f.Arg(0) == receiveCommand:
		return profiled(b.profile, func() error { return receive(ctx, f.Args()[1:], stdin, stdout) })
	case f.NArg() > 0 && f.Arg(0) == echoCommand:
		return echo(stdin, stdout)
	case f.NArg() != 1:
		return usageError{errors.New("give one workload; -h lists them")}
	}
	for _, w := range workloads() {
		if w.name == f.Arg(0) {
			return b.in(w)
		}
	}
	return usageError{fmt.Errorf("there is no workload %q; -h lists them", f.Arg(0))}
}

// in runs a workload in a folder of its own, which is removed.
func (b *bench) in(w workload) (err error) {
	if b.dir, err = os.MkdirTemp(b.dir, "udpchat-bench-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := profiled(b.profile, func() error { return w.run(b) }); err != nil {
		return fmt.Errorf("%s: %w", w.name, err)
	}
	return nil
}

func usage(f *flag.FlagSet, w io.Writer) {
	var b strings.Builder
	fmt.Fprintln(&b, "usage: udpchat-bench [flags] workload")
	for _, w := range workloads() {
		fmt.Fprintf(&b, "  %-7s %s\n", w.name, w.what)
	}
	f.SetOutput(&b)
	f.PrintDefaults()
	fmt.Fprint(w, b.String())
}

// beside is a file in the folder of this program.
func beside(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}

// await waits until done has something, or is closed, for so long at most; missing says what did not happen then.
func (b *bench) await(done <-chan struct{}, long time.Duration, missing func() string) error {
	select {
	case <-done:
		return nil
	case <-b.ctx.Done():
		return errors.New("interrupted")
	case <-time.After(long):
		return errors.New(missing())
	}
}

// part is how long something lasts that takes d.
func (b *bench) part(d time.Duration) time.Duration { return time.Duration(float64(d) * b.scale) }

// n is an amount of work.
func (b *bench) n(full int) int { return max(1, int(float64(full)*b.scale)) }
