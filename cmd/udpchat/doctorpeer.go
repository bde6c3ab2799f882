package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"udpchat/cmd/internal/control"
	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/words"
)

func oneLine(err error) string { return strings.ReplaceAll(plain.Text(err.Error()), "\n", "; ") }

// peer registers without presence and tries the direct way to someone.
func (d *checkup) peer(ctx context.Context) bool {
	name := plain.Name(d.with)
	switch {
	case d.with == "":
		return true
	case d.profile == nil && d.beside == nil:
		d.bad(exitFailed, "peer", fmt.Sprintf("the way to %s begins at your profile, which is not there, or in use", name),
			"see above: start udpchat client once, or end the one that can't be spoken with")
		return false
	}
	try := d.tryPeer
	if d.beside != nil {
		try = d.tryBeside
	}
	reached, err := try(ctx)
	by := "; messages go by the server, and get there later"
	switch {
	case err != nil:
		d.bad(exitCode(err), "peer", oneLine(err), "see that you can chat with udpchat client first")
	case !reached.Known:
		d.bad(exitUnknown, "peer", fmt.Sprintf("the server knows no %s", name), "look at the spelling: peers lists all at the prompt")
	case reached.Blocked:
		d.bad(exitIdentity, "peer", fmt.Sprintf("%s has another key than before", name), "compare with verify at the prompt, accept with trust")
	case reached.Online && reached.Keyless:
		d.bad(exitFailed, "peer", fmt.Sprintf("no keys of %s are known", name), name+" must register once with this version of the program")
	case !reached.Online:
		d.say("warn", "peer", "%s is offline%s", name, by)
		return true
	case !reached.Answered:
		d.bad(exitFailed, "peer", fmt.Sprintf("%s is online and does not answer at %v%s", name, reached.Addr, by),
			fmt.Sprintf("let UDP port %d in at that machine and on the way there (a fixed one: udpchat client -c %d)", reached.Addr.Port(), reached.Addr.Port()))
	default:
		d.say("ok", "peer", "%s answers directly at %v, round trip %s", name, reached.Addr, wording.About(reached.RoundTrip))
		return true
	}
	return false
}

// exitCode is the one that an error names.
func exitCode(err error) int {
	if exit, ok := errors.AsType[*exitError](err); ok {
		return exit.code
	}
	return exitFailed
}

// askBeside asks the client that runs how it stands: the server that it is with is the right one at that address.
func (d *checkup) askBeside(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Duration(1+d.settings.retries)*d.settings.ackTimeout)
	defer cancel()
	e, err := d.hear(ctx, control.Command{Op: "status"})
	if d.runs = e.Status; err != nil || d.runs == nil {
		d.say("warn", "profile", "a client of %s runs and has it, and does not answer; remedy: look at its log", d.settings.name)
		return
	}
	d.say("ok", "profile", "a client of %s runs and has it, with the server at %s: what only that can try is tried by it", d.settings.name, d.runs.Server)
}

// besides are the pins of the client that runs, once it is known which server is examined.
func (d *checkup) besides() []store.ServerPin {
	if d.runs == nil || d.runs.Server != d.server.String() {
		return d.pins
	}
	key, err := words.ParseKey(d.runs.ServerKey)
	if err != nil {
		return d.pins
	}
	return []store.ServerPin{{Address: d.rule.address, Key: key}}
}

// hear gives a command to the client that runs, and its answer.
func (d *checkup) hear(ctx context.Context, m control.Command) (e control.Event, err error) {
	ended := errors.New("the client of this profile has ended")
	if d.beside.Do(m) != nil {
		return e, ended
	}
	for {
		select {
		case e, ok := <-d.beside.Events():
			switch {
			case !ok:
				return e, ended
			case e.Event == "error":
				return e, errors.New(e.Why)
			case e.Event == "status", e.Event == "reached":
				return e, nil
			}
		case <-ctx.Done():
			return e, ctx.Err()
		}
	}
}

// tryBeside has the client that runs try the way.
func (d *checkup) tryBeside(ctx context.Context) (reached peer.Reached, err error) {
	e, err := d.hear(ctx, control.Command{Op: "reach", Name: d.with})
	if err == nil {
		reached = e.Reached.Of()
	}
	return reached, err
}

// tryPeer runs a client for as long as it takes.
func (d *checkup) tryPeer(ctx context.Context) (reached peer.Reached, err error) {
	socket, err := link.Listen("", 0)
	if err != nil {
		return reached, err
	}
	// Registering and looking the name up take as long as typed commands do, each; so does the way itself.
	ctx, cancel := context.WithTimeout(ctx, 4*time.Duration(1+d.settings.retries)*d.settings.ackTimeout)
	defer cancel()
	client, err := peer.New(peer.Config{Name: d.settings.name, Mode: wire.Sender, Server: link.Path{Remote: d.server}, ServerKey: d.said.key, Static: d.said.static,
		AckTimeout: d.settings.ackTimeout, Retries: retries(d.settings.retries), Seed: random()}, socket, d.profile)
	if err != nil {
		return reached, errors.Join(err, socket.Close())
	}
	running, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() { failed = client.Run(running) })
	client.Register()
	if err = registered(ctx, client); err == nil {
		reached, err = client.Reach(ctx, d.with)
	}
	stop()
	wg.Wait()
	return reached, errors.Join(err, failed)
}

// registered waits for the server's answer to a registration.
func registered(ctx context.Context, client *peer.Client) error {
	for {
		notices := client.Notices(ctx)
		if len(notices) == 0 {
			return &exitError{exitSilent, errors.New("the server does not answer a registration")}
		}
		for _, n := range notices {
			switch n := n.(type) {
			case peer.Welcome:
				return nil
			case peer.Refused:
				return &exitError{exitIdentity, errors.New(refusal(n))}
			case peer.ServerSilent:
				return &exitError{exitSilent, errors.New("the server does not answer a registration")}
			}
		}
	}
}
