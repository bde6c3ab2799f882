package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/control"
	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
)

// pings is how many pings a server is examined with: at one each 20 ms they take half a second.
const pings = 20

func (env *environment) doctorCommand() *command {
	var s clientSettings
	var with string
	f := config.New("udpchat doctor")
	f.Example = "udpchat doctor -i 192.0.2.10 -p 9999\nudpchat doctor -n alice -peer bob"
	f.About = "Follows the way from this machine to the server, and with -peer on to someone, and says at which hop it ends and what helps. Each check is a line: " +
		"ok, warn, bad or skip, the check, and what was found; a remedy follows where there is one. It writes nothing to the server but, with -peer, a registration without presence."
	f.Exits = []config.Exit{{Code: "0", When: "nothing is bad"},
		{Code: "1", When: "the direct way to -peer does not work: messages go by the server; or the profile can't be read"}, exitsOfUsage,
		{Code: "4", When: "nobody has the name of -peer"},
		{Code: "5", When: "the server does not answer"},
		{Code: "7", When: "another server answers at the address than the one that is known, or that the invite or -server-key names; or your name belongs to another key"}}
	f.String(&s.name, "n", "name", "", "your `NAME`; empty: the one of the last run")
	f.String(&s.host, "i", "ip", "127.0.0.1", "the server's `ADDRESS` or host name, also with :PORT behind it, or an invite to it; without it, and without a port, the server that the name had last", config.NotEmpty)
	f.Port(&s.port, "p", "port", 9999, "the server's `PORT`, where the address has none")
	f.String(&s.serverKey, "", "server-key", "", "the server's `KEY`, 52 characters, as an invite has it")
	f.String(&s.state, "", "state", "", "the `FOLDER` of your profiles; empty: $XDG_STATE_HOME/udpchat/clients")
	f.String(&with, "", "peer", "", "check the way to `NAME` too, by the client of your profile if one runs", config.NotEmpty)
	f.Milliseconds(&s.ackTimeout, "", "ack-timeout", 500*time.Millisecond, 10*time.Millisecond, time.Minute, "the time between tries")
	f.Count(&s.retries, "", "retries", 5, 0, 100, "further tries before something counts as not responding")
	c := &command{name: "doctor", short: "find out at which hop the way to a server, or to someone, ends", flags: f}
	c.exec = func(ctx context.Context, _ []string) error { return env.examine(ctx, s, f, with) }
	return c
}

// checkup is an examination under way.
type checkup struct {
	out      io.Writer
	settings clientSettings
	with     string
	rule     serverKey
	server   netip.AddrPort
	said     identity
	examined peer.Examination
	pins     []store.ServerPin
	profile  *bolt.Profile   // nil: it is not there, or in use
	beside   *control.Conn   // with the client that has it; nil: none that can be spoken with
	runs     *control.Status // how that one stands; nil: it did not say
	worst    int             // the exit code
	broken   error           // of the output
}

// say prints the line of a check.
func (d *checkup) say(state, check, format string, args ...any) {
	_, err := fmt.Fprintf(d.out, "%-4s %s: %s\n", state, check, fmt.Sprintf(format, args...))
	if d.broken == nil {
		d.broken = err
	}
}

// bad prints what ends the way, and what helps.
func (d *checkup) bad(code int, check, what, remedy string) {
	d.say("bad", check, "%s; remedy: %s", what, remedy)
	d.worst = max(d.worst, code)
}

// examine does the checks in the order of the hops; one that ends the way ends them.
func (env *environment) examine(ctx context.Context, s clientSettings, f *config.Flags, with string) (err error) {
	d := &checkup{out: env.stdout, settings: s, with: with}
	if err := d.prepare(env, f); err != nil {
		return err
	}
	defer func() {
		if d.profile != nil {
			err = errors.Join(err, d.profile.Close())
		}
		if d.beside != nil {
			err = errors.Join(err, d.beside.Close())
		}
	}()
	left := []struct {
		name string
		run  func(ctx context.Context) (goOn bool)
	}{{"profile", d.readProfile}, {"buffers", d.buffers}, {"resolve", d.resolve}, {"route", d.route}, {"server", d.reach}, {"key", d.key},
		{"session", d.session}, {"clock", d.clock}, {"peer", d.peer}}
	for len(left) > 0 && left[0].run(ctx) {
		left = left[1:]
	}
	for i := 1; i < len(left); i++ {
		if left[i].name != "peer" || with != "" {
			d.say("skip", left[i].name, "after %s", left[0].name)
		}
	}
	if d.broken != nil {
		return fmt.Errorf("write output: %w", d.broken)
	}
	if d.worst != exitOK {
		return &exitError{code: d.worst}
	}
	return nil
}

// prepare takes the settings apart, and whatever is missing from the last run.
func (d *checkup) prepare(env *environment, f *config.Flags) (err error) {
	s := &d.settings
	if s.state, err = env.stateFile(s.state, "clients"); err != nil {
		return err
	}
	l := readLast(s.state)
	if s.name == "" {
		s.name = l.Name
	}
	if s.name != "" {
		if s.name, err = ownName(s.state, s.name); err != nil {
			return f.Wrong("name", "%v", err)
		}
	}
	if d.with != "" && s.name == "" {
		return f.Wrong("peer", "the way to someone begins at you: give your name with -n NAME")
	}
	if host, port, ok := splitServer(l.Servers[s.name]); ok && f.Source("ip") == config.Default && f.Source("port") == config.Default {
		s.host, s.port = host, port
	}
	d.rule, err = s.rule(f)
	return err
}

// readProfile reads what the profile knows of servers. None is made.
func (d *checkup) readProfile(ctx context.Context) bool {
	if d.settings.name == "" {
		d.say("skip", "profile", "no name is given: the server's key is compared with nothing (-n NAME)")
		return true
	}
	path := profileFile(d.settings.state, d.settings.name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		d.say("skip", "profile", "%s has none yet: the first start of udpchat client -n %s makes it", d.settings.name, d.settings.name)
		return true
	}
	p, err := bolt.OpenProfile(path, bolt.Options{})
	if errors.Is(err, store.ErrInUse) {
		if conn, err := control.Dial(filepath.Dir(path)); err == nil {
			d.beside = conn
			d.askBeside(ctx)
			return true
		}
		d.say("skip", "profile", "a client of %s runs and has it: type status there, or udpchat status -n %s", d.settings.name, d.settings.name)
		return true
	}
	var loaded store.Loaded
	if err == nil {
		d.profile = p
		loaded, err = p.Load()
	}
	if err != nil {
		d.say("bad", "profile", "%s; the rest is checked without it", oneLine(writable(err, "-state")))
		d.worst = max(d.worst, exitFailed)
		return true
	}
	d.pins = loaded.Servers
	d.say("ok", "profile", "%s, %s not delivered yet", d.settings.name, count((&opened{loaded: loaded}).undelivered(), "message"))
	return true
}
