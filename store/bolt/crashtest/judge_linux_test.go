package crashtest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// state names one power loss: the same again gives the same files.
type state struct {
	cut    int // so many ops had come
	seed   uint64
	chance chance
}

// Verdicts on a state.
var (
	errRefused = errors.New("refused")
	errLost    = errors.New("lost")
	errHalf    = errors.New("as it never was")
	errBroken  = errors.New("broken")
)

// trial is a journal with what its states are compared with.
type trial struct {
	task
	*journal
	plan    plan // of the identity that the journal's store has
	syncing syncing
	first   func(identity string) (digest string) // what is in a store that nobody was told of
	look    func(path string) (string, error)     // counts files before they are opened; optional

	mu   sync.Mutex
	bad  map[string]int // how many states there were, and of which verdicts
	list []string       // the first ones
}

// newTrial needs a journal in which the store was opened.
func newTrial(k task, j *journal) *trial {
	t := &trial{task: k, journal: j, bad: map[string]int{}}
	t.plan = subjects[k.Kind].plan(k.Seed, k.Changes, t.said(len(j.ops)).identity)
	t.first = func(identity string) string { return subjects[k.Kind].plan(k.Seed, 0, identity).digests[0] }
	return t
}

// said is what was promised before a cut.
func (t *trial) said(cut int) (p promise) {
	for _, o := range t.ops[:cut] {
		if o.kind == marked {
			p.note(string(o.data))
		}
	}
	return p
}

// random draws states.
func (t *trial) random(n int, seed uint64) (list []state) {
	r := rand.New(rand.NewPCG(seed, 4))
	for range n {
		list = append(list, state{r.IntN(len(t.ops) + 1), r.Uint64(), someChance(r)})
	}
	return list
}

// lossy draws states in which there is something to lose, and something is lost: for controls.
func (t *trial) lossy(n int, seed uint64) []state {
	return slices.DeleteFunc(t.random(n, seed), func(s state) bool { return s.chance.p == 1 || t.said(s.cut).floor == 0 })
}

// every is each cut, with nothing kept of what was not synced, with all of it, and n times with some.
func (t *trial) every(n int, seed uint64) (list []state) {
	r := rand.New(rand.NewPCG(seed, 5))
	for cut := range len(t.ops) + 1 {
		list = append(list, state{cut: cut}, state{cut: cut, chance: chance{p: 1}})
		for range n {
			list = append(list, state{cut, r.Uint64(), someChance(r)})
		}
	}
	return list
}

// run judges states, each processor a run of neighbouring ones.
func (t *trial) run(tb testing.TB, states []state) {
	tb.Helper()
	slices.SortFunc(states, func(a, b state) int { return a.cut - b.cut })
	var wait sync.WaitGroup
	for part := range slices.Chunk(states, len(states)/runtime.GOMAXPROCS(0)+1) {
		dir := tb.TempDir()
		wait.Go(func() { t.runSome(filepath.Join(dir, "disk"), part) })
	}
	wait.Wait()
}

func (t *trial) runSome(dir string, states []state) {
	d, at := newDisk(t.journal, t.syncing), 0
	var said promise
	for i, s := range states {
		for ; at < s.cut; at++ {
			if d.apply(t.ops[at]); t.ops[at].kind == marked {
				said.note(string(t.ops[at].data))
			}
		}
		err := os.RemoveAll(dir)
		if err == nil {
			err = d.leave(dir, rand.New(rand.NewPCG(s.seed, 6)), s.chance)
		}
		if err == nil {
			said := said
			err = inTime(func() error { return t.judge(filepath.Join(dir, t.Path), said, i%16 == 0) })
		}
		t.note(s, err)
	}
}

// inTime gives up on what does not end: a control breaks files in more than one place, and bbolt can go round in one for ever.
func inTime(do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		return fmt.Errorf("%w: it takes for ever", errBroken)
	}
}

func (t *trial) count(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bad[what]++
}

func (t *trial) note(s state, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bad["states"]++
	if err == nil {
		return
	}
	what := "other"
	for _, e := range []error{errRefused, errLost, errHalf, errBroken} {
		if errors.Is(err, e) {
			what = e.Error()
		}
	}
	t.bad[what]++
	t.bad["bad"]++
	if len(t.list) < 5 {
		last := ""
		if s.cut > 0 {
			last = t.ops[s.cut-1].String()
		}
		t.list = append(t.list, fmt.Sprintf("%+v, after %.60s: %v", s, last, err))
	}
}

// judge opens what is left, as the program does.
func (t *trial) judge(path string, said promise, thoroughly bool) (err error) {
	defer func() { // bbolt alone panics on what is broken
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errBroken, p)
		}
	}()
	if t.look != nil {
		what, err := t.look(path)
		if err != nil {
			return fmt.Errorf("%w: %w", errBroken, err)
		}
		t.count(what)
	}
	s, err := subjects[t.Kind].open(path)
	if err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	err = t.compare(s, said)
	if err == nil && thoroughly {
		err = t.goOn(s)
	}
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	if err == nil && thoroughly {
		err = check(path)
	}
	return err
}

func (t *trial) compare(s subject, said promise) error {
	identity, err := s.identity()
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	digest, err := s.digest()
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	if !said.opened {
		if digest != t.first(identity) {
			return fmt.Errorf("%w: nobody knows it yet", errHalf)
		}
		return nil
	}
	if identity != said.identity {
		return fmt.Errorf("%w: everything: it is another one, %s and not %s", errLost, identity, said.identity)
	}
	if slices.Contains(t.plan.digests[said.floor:said.ceiling+1], digest) {
		return nil
	}
	if at := slices.Index(t.plan.digests, digest); at >= 0 {
		return fmt.Errorf("%w: %d changes, and %d were promised (%d submitted)", errLost, at, said.floor, said.ceiling)
	}
	return fmt.Errorf("%w, between %d and %d", errHalf, said.floor, said.ceiling)
}

// goOn does some changes more: what is free and what is used must not have been mixed up.
func (t *trial) goOn(s subject) error {
	p := subjects[t.Kind].plan(t.Seed+1, 20, t.said(len(t.ops)).identity)
	answers := make(chan error, len(p.changes))
	for _, c := range p.changes {
		s.submit(c, func(err error) { answers <- err })
	}
	for range p.changes {
		if err := <-answers; err != nil {
			return fmt.Errorf("%w: it takes no more: %w", errBroken, err)
		}
	}
	if _, err := s.digest(); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return nil
}

// check is bbolt's own view of a file's structure.
func check(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	defer func() { _ = db.Close() }()
	return db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("%w: %w", errBroken, err)
			}
		}
		return first
	})
}

// report prints the figures, and fails the test when a state was not good.
func (t *trial) report(tb testing.TB, began time.Time) {
	tb.Helper()
	var words []string
	for _, what := range slices.Sorted(maps.Keys(t.bad)) {
		words = append(words, fmt.Sprint(t.bad[what], " ", what))
	}
	what := []string{"", "control, syncs are ignored: ", "control, syncs are one too short: "}[t.syncing]
	tb.Logf("%s%s: %d ops of %d changes; %s; %.0f %% bad; %.1f s", what, t.Kind, len(t.ops), t.Changes,
		strings.Join(words, ", "), 100*float64(t.bad["bad"])/float64(t.bad["states"]), time.Since(began).Seconds())
	if t.syncing == honest && t.bad["bad"] > 0 {
		tb.Errorf("power losses that were not survived:\n%s", strings.Join(t.list, "\n"))
	}
}

// add counts another trial's states too.
func (t *trial) add(other *trial) {
	for what, n := range other.bad {
		t.bad[what] += n
	}
	t.list = append(t.list, other.list...)
}
