//go:build unix

package main

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"udpchat/cmd/internal/play"
	"udpchat/peer"
	"udpchat/store/memory"
	"udpchat/wire/link"
)

// stranger runs a client that says whatever it likes to be called, until the server has refused it.
func stranger(ctx context.Context, t *testing.T, port int, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	at := link.Path{Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))}
	listen := func() *link.Socket {
		socket, err := link.Listen("127.0.0.1", 0)
		if err != nil {
			t.Fatal(err)
		}
		return socket
	}
	key, card, err := link.AskKey(ctx, listen(), at)
	if err != nil {
		t.Fatal(err)
	}
	config := peer.Config{Name: name, Server: at, ServerKey: key, Static: card.Static, Seed: 1}
	client, err := peer.New(config, listen(), memory.NewProfile([32]byte{1}, 1))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	go func() { done <- client.Run(running) }()
	client.Register()
	refused := false
	for !refused && ctx.Err() == nil {
		for _, n := range client.Notices(ctx) {
			_, is := n.(peer.Refused)
			refused = refused || is
		}
	}
	stop()
	if err := <-done; err != nil || !refused {
		t.Errorf("%q: refused %v, %v", name, refused, err)
	}
}

// A name with everything that steers a terminal is refused, and what the log says of it steers nothing.
func TestHostileNameInServerLog(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		port, err := play.FreePort()
		if err != nil {
			t.Fatal(err)
		}
		cmd := programCommand(t, "server", "-host", "127.0.0.1", "-p", strconv.Itoa(port), "-log-level", "debug", "-log-format", format)
		server, err := play.OpenPipes(cmd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Process().Kill)
		if !server.Stderr.Until(ctx, play.Listening) {
			t.Fatal(server.Stderr.Lines())
		}
		for i, evil := range []string{"\x1b]0;title\x07", "\u202egnp.exe", "\u009b31mred", "a\nlevel=ERROR", "b\u2028c"} {
			stranger(ctx, t, port, fmt.Sprintf("evil%d%s", i, evil))
		}
		for i := range 5 {
			if !server.Stderr.Until(ctx, func(lines []string) bool { return strings.Contains(strings.Join(lines, ""), fmt.Sprintf("evil%d", i)) }) {
				t.Errorf("%s: name %d is not in the log", format, i)
			}
		}
		for _, line := range server.Stderr.Lines() {
			if unfit(line) {
				t.Errorf("%s: %q", format, line)
			}
		}
		cancel()
	}
}

// What is typed or waited for before the server has said who it is can be interrupted.
func TestInterruptBeforeFirstUse(t *testing.T) {
	t.Parallel()
	port, err := play.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	at, err := openDesk(programCommand(t, "client", "-n", "x", "-p", strconv.Itoa(port), "-retries", "100"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(at.Process().Kill)
	if err := at.Type("send y hello"); err != nil {
		t.Fatal(err)
	}
	if err := at.Interrupt(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if code, err := at.Process().Exit(ctx); err != nil || code != exitInterrupted {
		t.Errorf("exit code %d, %v", code, err)
	}
}
