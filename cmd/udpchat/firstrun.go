package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/plain"
	"udpchat/wire/link"
	"udpchat/wire/words"
)

// last is what the last run of a client leaves for the next one: who it was, and each name's server, as host:port. It stands in
// the folder of the profiles, under a name that no profile has.
type last struct {
	Name    string            `json:"name"`
	Servers map[string]string `json:"servers"`
}

func lastFile(state string) string { return filepath.Join(state, "last.json") }

// readLast gives what the last run left; nothing when that is not there, or is not readable: it is a convenience.
func readLast(state string) (l last) {
	content, err := os.ReadFile(lastFile(state))
	if err != nil || json.Unmarshal(content, &l) != nil {
		return last{}
	}
	return l
}

// remember notes that a name was welcome at a server. Two clients that do so at once leave what one of them knows.
func remember(state, name, server string) error {
	l := readLast(state)
	if l.Name == name && l.Servers[name] == server {
		return nil
	}
	if l.Servers == nil {
		l.Servers = map[string]string{}
	}
	l.Name, l.Servers[name] = name, server
	content, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(lastFile(state), append(content, '\n'))
}

// replaceFile puts a file that is its owner's only in the place of the present one, in one step.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// complete takes the server that the name had last, when none is given, and asks someone at a terminal for what is lacking.
func (s *clientSettings) complete(ctx context.Context, env *environment, f *config.Flags) error {
	l := readLast(s.state)
	asks := s.asks && !s.json && term.IsTerminal(int(env.stdin.Fd())) && term.IsTerminal(int(env.stdout.Fd()))
	q := questions{in: env.stdin, out: env.stdout}
	if s.name == "" && asks {
		if err := s.askName(q, l.Name); err != nil {
			return err
		}
	}
	if s.name == "" {
		return config.Errorf("a name is needed: give one with -n NAME or UDPCHAT_NAME")
	}
	if f.Source("ip") != config.Default || f.Source("port") != config.Default {
		return nil
	}
	name, err := ownName(s.state, s.name)
	if err != nil {
		return f.Wrong("name", "%v", err)
	}
	if host, port, ok := splitServer(l.Servers[name]); ok {
		s.host, s.port, s.remembered = host, port, true
		return nil
	}
	if !asks {
		return nil // flag -ip has a default
	}
	return s.askServer(ctx, q, l.Servers[l.Name])
}

func (s *clientSettings) askName(q questions, before string) error {
	for {
		name, err := q.ask("Your name", before)
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		if s.name, err = ownName(s.state, name); err == nil {
			return nil
		}
		q.say("%v", err)
	}
}

func (s *clientSettings) askServer(ctx context.Context, q questions, before string) error {
	if before == "" {
		before = s.host
	}
	for {
		server, err := q.ask("The server's address, or an invite", before)
		if err != nil {
			return err
		}
		host, port, err := serverIn(server, s.port)
		if err == nil {
			_, err = resolve(ctx, host, port)
		}
		switch {
		case err == nil && strings.Contains(server, "://"): // its key is read where all are
			s.host = server
			return nil
		case err == nil:
			s.host, s.port = host, port
			return nil
		case ctx.Err() != nil:
			return err
		}
		q.say("%v", err)
	}
}

// serverIn takes the host and the port out of an invite or an address.
func serverIn(s string, usual int) (host string, port int, err error) {
	if !strings.Contains(s, "://") {
		return splitAddress(s, usual)
	}
	invite, err := words.ParseInvite(s)
	return invite.Host, int(invite.Port), err
}

// resolve finds the address of a server.
func resolve(ctx context.Context, host string, port int) (netip.AddrPort, error) {
	server, err := link.Resolve(ctx, host, port)
	if err == nil && server.Addr().IsUnspecified() {
		err = fmt.Errorf("%s is no machine's address: give the server's, or 127.0.0.1 for this machine", server.Addr())
	}
	return server, err
}

// splitServer takes HOST:PORT apart, as remember wrote it.
func splitServer(server string) (host string, port int, ok bool) {
	host, port, err := splitAddress(server, 0)
	return host, port, err == nil && port > 0 && !strings.Contains(server, "://")
}

// splitAddress takes an address apart that may have a port behind it; otherwise it is the one that is usual.
func splitAddress(address string, usual int) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(address)
	if err != nil { // a name or an address alone, which IPv6 fills with colons
		return address, usual, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	switch {
	case host == "":
		return "", 0, errors.New("there is no host before the colon")
	case err != nil || n == 0:
		return "", 0, fmt.Errorf("%q behind the colon is not a port: use a number from 1 to 65535", digits)
	}
	return host, int(n), nil
}

// questions are asked at a terminal before the prompt is there.
type questions struct {
	in  io.Reader
	out io.Writer
}

// ask gives the answer, without blanks around it; an empty one means what is suggested.
func (q questions) ask(what, suggested string) (string, error) {
	hint := ""
	if suggested != "" {
		hint = " [" + plain.Name(suggested) + "]"
	}
	if _, err := fmt.Fprintf(q.out, "%s%s: ", what, hint); err != nil {
		return "", fmt.Errorf("write output: %w", err)
	}
	line, err := q.line()
	if errors.Is(err, io.EOF) {
		_, _ = fmt.Fprintln(q.out)
		return "", config.Errorf("no answer: give a name with -n NAME, and the server with -i ADDRESS")
	}
	if err != nil {
		return "", fmt.Errorf("read input: %w", err)
	}
	if answer := strings.TrimSpace(line); answer != "" {
		return answer, nil
	}
	return suggested, nil
}

// line reads one line and not a byte more: what is typed ahead is for the prompt.
func (q questions) line() (string, error) {
	var line bytes.Buffer
	for b := make([]byte, 1); ; {
		n, err := q.in.Read(b)
		switch {
		case n == 1 && b[0] == '\n':
			return line.String(), nil
		case n == 1:
			line.WriteByte(b[0])
		case err != nil:
			return "", err
		}
	}
}

func (q questions) say(format string, args ...any) {
	_, _ = fmt.Fprintf(q.out, format+"\n", args...)
}
