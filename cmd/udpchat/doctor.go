package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/wire/link"
	"udpchat/wire/words"
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
	f.String(&s.host, "i", "ip", "127.0.0.1", "the server's `ADDRESS` or host name, or an invite to it; without it, and without a port, the server that the name had last", config.NotEmpty)
	f.Port(&s.port, "p", "port", 9999, "the server's `PORT`; an invite has it")
	f.String(&s.serverKey, "", "server-key", "", "the server's `KEY`, 52 characters, as an invite has it")
	f.String(&s.state, "", "state", "", "the `FOLDER` of your profiles; empty: $XDG_STATE_HOME/udpchat/clients")
	f.String(&with, "", "peer", "", "check the way to `NAME` too: your own profile must not be in use")
	f.Duration(&s.ackTimeout, "", "ack-timeout", 500*time.Millisecond, 10*time.Millisecond, time.Minute, "the time between tries")
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
	profile  *bolt.Profile // nil: it is not there, or in use
	worst    int           // the exit code
	broken   error         // of the output
}

// say prints the line of a check.
func (d *checkup) say(state, check, format string, args ...any) {
	_, err := fmt.Fprintf(d.out, "%-4s %s: %s\n", state, check, fmt.Sprintf(format, args...))
	d.broken = errors.Join(d.broken, err)
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
			return config.Errorf("flag -name: %v", err)
		}
	}
	if d.with != "" && s.name == "" {
		return config.Errorf("flag -peer: the way to someone begins at you: give your name with -n NAME")
	}
	if host, port, ok := splitServer(l.Servers[s.name]); ok && f.Source("ip") == config.Default && f.Source("port") == config.Default {
		s.host, s.port = host, port
	}
	d.rule, err = s.rule(f)
	return err
}

// readProfile reads what the profile knows of servers. None is made.
func (d *checkup) readProfile(context.Context) bool {
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
		d.say("skip", "profile", "a client of %s runs and has it: type status there, or udpchat status -n %s", d.settings.name, d.settings.name)
		return true
	}
	var loaded store.Loaded
	if err == nil {
		d.profile = p
		loaded, err = p.Load()
	}
	if err != nil {
		d.bad(exitFailed, "profile", oneLine(err), "it is kept apart from the network: the rest is checked without it")
		return true
	}
	d.pins = loaded.Servers
	d.say("ok", "profile", "%s, %s that wait to be sent", d.settings.name, count((&opened{loaded: loaded}).kept(), "message"))
	return true
}

func (d *checkup) buffers(context.Context) bool {
	socket, err := link.Listen("", 0)
	if err != nil {
		d.bad(exitFailed, "buffers", oneLine(err), "this machine gives no UDP port: look for limits of this user, or of its container")
		return false
	}
	receive, _ := socket.Buffers()
	if err := socket.Close(); err != nil {
		d.say("warn", "buffers", "%s", oneLine(err))
		return true
	}
	switch {
	case receive == 0:
		d.say("skip", "buffers", "this system does not tell")
	case receive < 1<<20:
		d.say("ok", "buffers", "%d KiB to receive with: enough for a client; a server with many wants 4096 (sysctl -w net.core.rmem_max=4194304)", receive>>10)
	default:
		d.say("ok", "buffers", "%d KiB to receive with", receive>>10)
	}
	return true
}

func (d *checkup) resolve(ctx context.Context) bool {
	server, err := link.Resolve(ctx, d.settings.host, d.settings.port)
	switch {
	case err != nil:
		d.bad(exitUsage, "resolve", oneLine(err), "look at the spelling, ask your name server, or give the address itself with -i")
		return false
	case server.Addr().IsUnspecified():
		d.bad(exitUsage, "resolve", fmt.Sprintf("%v is no machine's address", server.Addr()), "give the server's with -i, or 127.0.0.1 for this machine")
		return false
	}
	d.server = server
	d.say("ok", "resolve", "%s is %v", d.settings.host, server)
	return true
}

func (d *checkup) route(context.Context) bool {
	from := link.LocalFor(d.server)
	if !from.IsValid() {
		d.bad(exitSilent, "route", fmt.Sprintf("this machine knows no way to %v", d.server.Addr()), "connect it to that network, or to a gateway")
		return false
	}
	d.say("ok", "route", "from %v", from)
	return true
}

// reach asks the server who it is.
func (d *checkup) reach(ctx context.Context) bool {
	patience := time.Duration(1+d.settings.retries) * d.settings.ackTimeout
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	socket, err := d.listen()
	if err != nil {
		d.bad(exitFailed, "server", oneLine(err), "this machine gives no UDP port")
		return false
	}
	begun := time.Now()
	key, card, err := link.AskKey(asking, socket, link.Path{Remote: d.server})
	if err == nil {
		d.said = identity{key, card.Static}
		d.say("ok", "server", "answers at %v after %s", d.server, about(time.Since(begun)))
		return true
	}
	if refused, why := link.Refused(ctx, d.server); refused {
		d.bad(exitSilent, "server", fmt.Sprintf("no datagram gets to %v (%s)", d.server, oneLine(why)),
			fmt.Sprintf("the machine is there, or one before it, and nothing listens: start the server, or give its port with -p (it is %d here)", d.server.Port()))
		return false
	}
	d.bad(exitSilent, "server", fmt.Sprintf("nobody answers at %v for %s", d.server, about(patience)),
		fmt.Sprintf("see that the server runs there (it logs listening), and that every firewall on the way lets UDP port %d in", d.server.Port()))
	return false
}

func (d *checkup) listen() (*link.Socket, error) {
	return (&chat{server: d.server}).listen(0)
}

// key compares who the server says it is with who it should be.
func (d *checkup) key(context.Context) bool {
	fingerprint := words.Fingerprint(d.said.key)
	_, pinned := d.rule.pinned(d.pins)
	_, err := d.rule.said(d.pins, d.said)
	switch {
	case err != nil:
		d.bad(exitIdentity, "key", oneLine(err), "do not send anything before you know why")
		return false
	case d.rule.given != nil:
		d.say("ok", "key", "%s, as given", fingerprint)
	case pinned:
		d.say("ok", "key", "%s, as before", fingerprint)
	default:
		d.say("warn", "key", "%s, compared with nothing; remedy: ask those who run the server for its words, or for an invite", fingerprint)
	}
	return true
}

// session makes one with the server, as a stranger, and measures the way.
func (d *checkup) session(ctx context.Context) bool {
	socket, err := d.listen()
	var x peer.Examination
	if err == nil {
		x, err = peer.Examine(ctx, socket, link.Path{Remote: d.server}, d.said.key, d.said.static, pings)
	}
	d.examined = x
	switch {
	case err != nil:
		d.bad(exitFailed, "session", oneLine(err), "this machine's socket failed")
	case x.Answered == 0:
		d.bad(exitSilent, "session", "the server says who it is, and answers nothing that is encrypted", "it may be full, or a middlebox may let only the first datagrams pass: try again, and from another network")
	case x.Answered < x.Sent:
		d.say("warn", "session", "%d of %d pings were lost, round trip %s; remedy: it works, more slowly; look at the radio link or the cable", x.Sent-x.Answered, x.Sent, about(x.Median()))
		return true
	default:
		d.say("ok", "session", "round trip %s, %d of %d pings answered", about(x.Median()), x.Answered, x.Sent)
		return true
	}
	return false
}

// wrongClock is from when on a clock is called wrong: times are shown to people, who reckon in minutes.
const wrongClock = time.Minute

// clock compares this machine's clock with the server's.
func (d *checkup) clock(context.Context) bool {
	ahead := d.examined.Ahead
	way := "ahead of"
	if ahead < 0 {
		way = "behind"
	}
	switch {
	case !d.examined.Clock:
		d.say("skip", "clock", "the server does not tell the time: its program is older")
	case ahead.Abs() < time.Second:
		d.say("ok", "clock", "the same as the server's, within a second")
	case ahead.Abs() < wrongClock:
		d.say("ok", "clock", "%s %s the server's", about(ahead.Abs()), way)
	default:
		d.say("warn", "clock", "%s %s the server's: others see wrong times with what you write; remedy: set the one that is wrong, by NTP for good; nothing else depends on it", about(ahead.Abs()), way)
	}
	return true
}
