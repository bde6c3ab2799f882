package main

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/trace"
	"udpchat/wire"
	"udpchat/wire/words"
)

// clientSettings are the flags of udpchat client.
type clientSettings struct {
	asks       bool // someone at a terminal is asked for a name and a server that are lacking
	remembered bool // the server is the one that the name had last
	name, host string
	port       int
	clientPort int
	serverKey  string
	trustNew   bool
	state      string
	history    string
	colour     string
	bell       string
	tui, trace bool
	json       bool
	log        logSettings
	ackTimeout time.Duration
	retries    int
}

func (env *environment) clientCommand() *command {
	var s clientSettings
	f := config.New("udpchat client")
	f.Example = "udpchat client -n alice -i 127.0.0.1 -p 9999 -c 3001\nudpchat client -tui\necho 'send bob hello' | udpchat client -n alice\nudpchat client -n bot -json"
	f.About = "Registers NAME with a server and chats: with a prompt at a terminal, else with a command a line from standard input; help lists the commands."
	f.Exits = clientExits
	s.register(f)
	c := &command{name: "client", short: "register with a server and chat", flags: f}
	c.exec = func(ctx context.Context, _ []string) error {
		s.asks = true
		server, rule, err := s.check(ctx, env, f)
		if err != nil {
			return err
		}
		return env.chat(ctx, s, server, rule)
	}
	return c
}

func (s *clientSettings) register(f *config.Flags) {
	s.connection(f)
	f.AnyPort(&s.clientPort, "c", "client-port", 0, "your own UDP `PORT`; 0: any free one")
	f.Choice(&s.history, "", "history", "on", "keep messages on disk; off: what is promised ends with the program", "on", "off")
	f.Choice(&s.colour, "", "color", "auto", "names in colours, one for each key; auto: at a terminal, unless NO_COLOR is set", "auto", "always", "never")
	f.Choice(&s.bell, "", "bell", "direct", "what rings the terminal's bell: direct messages and posts with your name in them, all messages, or nothing", "direct", "all", "off")
	f.Bool(&s.tui, "", "tui", false, "use the whole terminal: talks, the open one, delivery marks, search, mouse; F1 lists the keys")
	f.Bool(&s.json, "", "json", false, "speak with a program: commands and what happens are JSON objects, one a line")
	f.Bool(&s.trace, "", "trace", false, "write a line to standard error for each datagram as it goes: time, direction, the messages inside, round trip; never a text")
}

// connection registers what every command needs that speaks as a client.
func (s *clientSettings) connection(f *config.Flags) {
	f.String(&s.name, "n", "name", "", "your `NAME`: 1 to 32 letters and digits")
	f.String(&s.host, "i", "ip", "127.0.0.1", "the server's `ADDRESS` or host name, also with :PORT behind it, or an invite to it, udpchat://HOST:PORT#KEY; without it, and without a port, the server that the name had last", config.NotEmpty)
	f.Port(&s.port, "p", "port", 9999, "the server's `PORT`, where the address has none")
	f.String(&s.serverKey, "", "server-key", "", "the server's `KEY`, 52 characters, as an invite has it; empty: the one that your profile knows, or on first use the one that the server says")
	f.Bool(&s.trustNew, "", "trust-new-server-key", false, "accept another key of the server than before; its words are shown")
	f.String(&s.state, "", "state", "", "the `FOLDER` of your profiles (key, outbox, history); empty: $XDG_STATE_HOME/udpchat/clients")
	s.log.register(f, "warn")
	f.Milliseconds(&s.ackTimeout, "", "ack-timeout", 500*time.Millisecond, 10*time.Millisecond, time.Minute, "how long a direct message waits for its acknowledgement, and the time between tries at the server")
	f.Count(&s.retries, "", "retries", 5, 0, 100, "further tries before the server counts as not responding")
}

// check completes the settings and refuses what can't work.
func (s *clientSettings) check(ctx context.Context, env *environment, f *config.Flags) (server netip.AddrPort, rule serverKey, err error) {
	if err = s.checkFullScreen(env, f); err != nil {
		return server, rule, err
	}
	if s.state, err = env.stateFile(s.state, "clients"); err != nil {
		return server, rule, err
	}
	if err = s.complete(ctx, env, f); err != nil {
		return server, rule, err
	}
	if s.name, err = ownName(s.state, s.name); err != nil {
		return server, rule, f.Wrong("name", "%v", err)
	}
	if rule, err = s.rule(f); err != nil {
		return server, rule, err
	}
	server, err = resolve(ctx, s.host, s.port)
	if err != nil && s.remembered {
		return server, rule, config.Errorf("the server that %s had last: %v; another one is given with -i", s.name, err)
	}
	if err != nil {
		return server, rule, f.Wrong("ip", "%v", err)
	}
	return server, rule, nil
}

// rule says which server is the right one, and takes an invite, or HOST:PORT, apart.
func (s *clientSettings) rule(f *config.Flags) (serverKey, error) {
	rule := serverKey{renew: s.trustNew}
	if s.trustNew && f.Source("trust-new-server-key") != config.CommandLine {
		return rule, f.Wrong("trust-new-server-key", "give it on the command line, once: elsewhere it would accept every key")
	}
	if s.serverKey != "" {
		key, err := words.ParseKey(s.serverKey)
		if err != nil {
			return rule, f.Wrong("server-key", "%v", err)
		}
		rule.given = (*wire.Key)(&key)
	}
	if strings.Contains(s.host, "://") {
		invite, err := words.ParseInvite(s.host)
		switch {
		case err != nil:
			return rule, f.Wrong("ip", "%v", err)
		case s.contradicts(f, int(invite.Port)):
			return rule, f.Wrong("port", "%d is not the invite's port, %d: leave it out", s.port, invite.Port)
		case rule.given != nil && *rule.given != invite.Key:
			return rule, f.Wrong("server-key", "it is not the key of the invite: leave it out")
		}
		s.host, s.port, rule.given = invite.Host, int(invite.Port), (*wire.Key)(&invite.Key)
	} else {
		host, port, err := splitAddress(s.host, s.port)
		switch {
		case err != nil:
			return rule, f.Wrong("ip", "%v", err)
		case s.contradicts(f, port):
			return rule, f.Wrong("port", "%d is not the port of the address, %d: leave it out", s.port, port)
		}
		s.host, s.port = host, port
	}
	rule.address = net.JoinHostPort(strings.ToLower(strings.Trim(s.host, "[]")), strconv.Itoa(s.port))
	return rule, nil
}

// contradicts tells whether the port of an address meets another one that is as strong as the address: a flag beats the
// environment, which beats the file.
func (s *clientSettings) contradicts(f *config.Flags, port int) bool {
	return port != s.port && f.Source("port") != config.Default && f.Source("port") >= f.Source("ip")
}

// retries is the number for a Config, where 0 means the default.
func retries(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// chat runs a client at the prompt, or for a script.
func (env *environment) chat(ctx context.Context, s clientSettings, server netip.AddrPort, rule serverKey) error {
	screen, err := env.openScreen(s)
	if err != nil {
		return err
	}
	defer screen.close()
	c := &chat{settings: s, server: server, rule: rule, screen: screen, log: s.log.logger(screen.logWriter(env.stderr))}
	if s.trace {
		c.tracer = trace.New(screen.logWriter(env.stderr), server, time.Now)
	}
	return c.run(ctx)
}
