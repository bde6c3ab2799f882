package main

import (
	"context"
	"net/netip"
	"path/filepath"
	"time"

	"udpchat/cmd/internal/config"
	"udpchat/wire"
	"udpchat/wire/link"
)

// clientSettings are the flags of udpchat client.
type clientSettings struct {
	name, host string
	port       int
	clientPort int
	state      string
	history    string
	log        logSettings
	ackTimeout time.Duration
	retries    int
}

func (env *environment) clientCommand() *command {
	var s clientSettings
	f := config.New("udpchat client")
	f.Example = "udpchat client -n alice -i 127.0.0.1 -p 9999 -c 3001"
	f.String(&s.name, "n", "name", "", "your `NAME`: 1 to 32 letters and digits")
	f.String(&s.host, "i", "ip", "127.0.0.1", "the server's `ADDRESS` or host name", config.NotEmpty)
	f.Port(&s.port, "p", "port", 9999, "the server's `PORT`")
	f.AnyPort(&s.clientPort, "c", "client-port", 0, "your own UDP `PORT`; 0: any free one")
	f.String(&s.state, "", "state", "", "the `FOLDER` of your profiles (key, outbox, history); empty: $XDG_STATE_HOME/udpchat/clients")
	f.Choice(&s.history, "", "history", "on", "keep messages on disk; off: what is promised ends with the program", "on", "off")
	s.log.register(f, "warn")
	f.Duration(&s.ackTimeout, "", "ack-timeout", 500*time.Millisecond, 10*time.Millisecond, time.Minute, "how long a direct message waits for its acknowledgement, and the time between tries at the server")
	f.Count(&s.retries, "", "retries", 5, 0, 100, "further tries before the server counts as not responding")
	c := &command{name: "client", short: "register with a server and chat", flags: f}
	c.exec = func(ctx context.Context) error { return env.chat(ctx, s) }
	return c
}

// check completes the settings and refuses what can't work.
func (s *clientSettings) check(ctx context.Context, env *environment) (server netip.AddrPort, err error) {
	if s.name == "" {
		return server, config.Errorf("a name is needed: give one with -n NAME or UDPCHAT_NAME")
	}
	if err := wire.CheckName(s.name); err != nil {
		return server, config.Errorf("flag -name: %v", err)
	}
	if s.state == "" {
		dir, err := env.stateDir()
		if err != nil {
			return server, err
		}
		s.state = filepath.Join(dir, "clients")
	}
	server, err = link.Resolve(ctx, s.host, s.port)
	if err != nil {
		return server, config.Errorf("flag -ip: %v", err)
	}
	if server.Addr().IsUnspecified() {
		return server, config.Errorf("flag -ip: %s is no machine's address: give the server's, or 127.0.0.1 for this machine", server.Addr())
	}
	return server, nil
}

// retries is the number for a Config, where 0 means the default.
func retries(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// chat runs a client at the prompt, or for a script.
func (env *environment) chat(ctx context.Context, s clientSettings) error {
	server, err := s.check(ctx, env)
	if err != nil {
		return err
	}
	screen, err := env.openScreen()
	if err != nil {
		return err
	}
	defer screen.close()
	c := &chat{settings: s, server: server, screen: screen, log: s.log.logger(screen.logWriter(env.stderr))}
	return c.run(ctx)
}
