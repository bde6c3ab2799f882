package chaos

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/store/bolt"
)

// patience bounds what should happen soon in a good network.
const patience = 30 * time.Second

// world is a network with a server and people in it.
type world struct {
	t       testing.TB
	net     *emulator
	ledger  *ledger
	server  *seat
	clients []*seat
	read    map[*seat]uint64 // the last line of each history that was looked at
}

// newWorld makes a network with a server that has these addresses.
func newWorld(t testing.TB, seed uint64, people []string, addresses ...string) *world {
	t.Helper()
	w := &world{t: t, net: newEmulator(t, seed), ledger: newLedger(people...), read: map[*seat]uint64{}}
	w.server = server(w.net.addHost(t, "server", addresses...), t.TempDir())
	w.server.sits(t)
	if err := until(t.Context(), patience, func() bool { return strings.Contains(w.server.errs.String(), "listening") }); err != nil {
		t.Fatalf("the server does not listen: %s", &w.server.errs)
	}
	return w
}

// joins makes the next of the people a client, on a host of its own with an address, and lets it register.
func (w *world) joins(address, server string) {
	w.t.Helper()
	w.joinsAt(w.net.addHost(w.t, w.next(), address), server)
}

func (w *world) next() string { return w.ledger.people[len(w.clients)] }

func (w *world) joinsAt(h *host, server string) {
	w.t.Helper()
	s := client(w.next(), h, w.t.TempDir(), server, w.ledger)
	w.clients = append(w.clients, s)
	welcome := make(chan struct{}, 1000)
	heard := s.line
	s.line = func(run int, line string) {
		heard(run, line)
		if strings.HasPrefix(line, "SERVER: [Welcome") {
			select {
			case welcome <- struct{}{}:
			default:
			}
		}
	}
	s.sits(w.t)
	select {
	case <-welcome:
	case <-time.After(patience):
		w.t.Fatalf("%s is not welcome: %s", s.name, &s.errs)
	}
}

// meet waits until everyone who has come has everyone in the table.
func (w *world) meet() {
	w.t.Helper()
	err := until(w.t.Context(), patience, func() bool {
		w.ledger.mu.Lock()
		defer w.ledger.mu.Unlock()
		for _, a := range w.clients {
			for _, b := range w.clients {
				if !w.ledger.met[a.name+" "+b.name] {
					return false
				}
			}
		}
		return true
	})
	if err != nil {
		w.t.Fatalf("not everyone sees everyone: %v", w.ledger.met)
	}
}

// says types a new text; to is "" for the channel.
func (w *world) says(from *seat, to string, random uint64, size int) *message {
	m := w.ledger.writes(from.name, to, random, size)
	if to == "" {
		from.types(w.t.Context(), "send_all "+m.text)
	} else {
		from.types(w.t.Context(), "send "+to+" "+m.text)
	}
	return m
}

// reads tells whether all who should have read these texts.
func (w *world) reads(list ...*message) bool {
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, m := range list {
		for _, who := range w.ledger.readers(m) {
			if m.shown[who] == 0 {
				return false
			}
		}
	}
	return true
}

// expect waits until texts are read.
func (w *world) expect(d time.Duration, list ...*message) {
	w.t.Helper()
	if until(w.t.Context(), d, func() bool { return w.reads(list...) }) != nil {
		list = slices.DeleteFunc(list, func(m *message) bool { return w.reads(m) })
		w.ledger.mu.Lock()
		defer w.ledger.mu.Unlock()
		w.t.Fatalf("not read after %v: %d texts, the first is %v; wrong: %q; traffic: %+v", d, len(list), list[0], w.ledger.wrong, w.net.traffic)
	}
}

// survey looks at what is on a client's disk, while it runs: at a copy that was made while it stood still. It notes what was accepted,
// and gives how many parts are in the outbox.
func (w *world) survey(s *seat) (open int, err error) {
	dir := w.t.TempDir()
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "profile.db")
	err = s.still(func() error {
		for _, end := range []string{"", ".id", ".wal"} {
			if err := copyFile(path+end, s.profile()+end); err != nil && (end != ".wal" || !errors.Is(err, fs.ErrNotExist)) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return w.inspect(s, path)
}

// inspect notes what a profile holds as sent, and gives how many parts are in its outbox.
func (w *world) inspect(s *seat, path string) (open int, err error) {
	p, err := bolt.OpenProfile(path, bolt.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { _ = p.Close() }()
	for {
		var list []store.Line
		list, err = p.History(w.read[s], 64)
		if err != nil || len(list) == 0 {
			break
		}
		for _, line := range list {
			if w.read[s] = line.Order; line.Out {
				w.ledger.accepts(s.name, line.Text)
			}
		}
	}
	if err != nil {
		return 0, err
	}
	loaded, err := p.Load()
	return len(loaded.Outbox), err
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
}

// closes lets all leave in good order, and checks everything: the exit codes, the disks, and the ledger.
func (w *world) closes() {
	w.t.Helper()
	for _, s := range append(w.clients, w.server) {
		if code, err := s.leaves(w.t.Context()); err != nil || (code != 0) != s.undone.Load() || code > 1 {
			w.t.Errorf("%s leaves with exit code %d, %v: %s", s.name, code, err, &s.errs)
		}
		for _, code := range s.ends {
			if code != 0 && (code != 1 || s == w.server) {
				w.t.Errorf("%s ended by itself with exit code %d: %s", s.name, code, &s.errs)
			}
		}
	}
	for _, s := range w.clients {
		if open, err := w.inspect(s, s.profile()); err != nil || open > 0 {
			w.t.Errorf("%s has %d parts in its outbox, %v", s.name, open, err)
		}
	}
	w.report(w.ledger.audit())
}

// report prints what is wrong, each kind a few times.
func (w *world) report(wrong []string) {
	w.t.Helper()
	const most = 10
	kinds := map[string]int{}
	for _, what := range wrong {
		kind, _, _ := strings.Cut(what, ":")
		if kinds[kind]++; kinds[kind] <= most {
			w.t.Error(what)
		}
	}
	for kind, n := range kinds {
		if n > most {
			w.t.Errorf("%s: %d in all", kind, n)
		}
	}
}
