package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/exp/slog"

	"udpchat/cmd/internal/trace"
	"udpchat/peer"
	"udpchat/wire"
)

// chat is the loop between a user and a client. It owns the session; nothing here decides about messages.
type chat struct {
	settings clientSettings
	server   netip.AddrPort
	rule     serverKey
	screen   screen
	log      *slog.Logger
	tracer   *trace.Tracer // nil without -trace
	mode     wire.Mode     // how the client is there
	inside   net.Conn      // a command of this process that speaks with the client; nil for a user

	coming *arrival // until it is known who the server is
	id     identity // who it is
	asked  <-chan answer
	then   func(answer) error // what to do with the answer
	early  []typed            // lines that came while the answer was awaited
	unsent unsent
	fell   bool // the server fell silent: the client sends nothing any more

	aim       aim           // whom plain text is for
	unread    unread        // what came while the user was away
	recalled  chan []string // what was read for the user
	recalling int           // answers that are awaited from there

	cancel  context.CancelFunc // ends everything that run began
	session *session
	next    *opened // the profile that reg OTHER goes on with, once the present one has left
	behind  behind  // what is kept for names that were left
	started bool    // the first registration succeeded
	ended   bool    // the input is at its end
	undone  bool    // something that was typed was not done
	gaveUp  bool    // a text that was sent can't be delivered
	kept    bool    // something stays in an outbox at the end of a script, or was not sent
}

// firstSignal gives the first signal that asks to end. A second one has its ordinary effect: it ends a program that hangs.
func firstSignal() <-chan os.Signal {
	all, first := make(chan os.Signal, 1), make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // nohup, or a job in the background of a script, is to stay so
			signal.Notify(all, s)
		}
	}
	go func() {
		s := <-all
		signal.Stop(all)
		first <- s
	}()
	return first
}

// typed is what came from the user: a line as it is typed at the prompt, a text for someone, or the end.
type typed struct {
	line string
	text *text
	err  error
}

// text is one for someone, or for the channel, which is "". What becomes of it at first is told with its ref.
type text struct {
	ref      uint64
	to, text string
}

// run chats until the user leaves. The error carries the exit code.
func (c *chat) run(ctx context.Context) error {
	var signals <-chan os.Signal // of a command that has a client of its own it ends that
	if c.inside == nil {
		signals = firstSignal()
	}
	ctx, c.cancel = context.WithCancel(ctx)
	defer func() { _ = c.close() }()
	if err := c.arrive(ctx); err != nil {
		return err
	}
	c.recalled = make(chan []string)
	input := make(chan typed)
	go c.read(ctx, input) // it may stay behind in a read of standard input, which nothing portable ends; the program ends it
	for {
		var err error
		gathered, stop := c.gathered()
		select {
		case t := <-c.open(input):
			err = c.entered(ctx, t)
		case <-gathered:
			err = c.showUnread()
		case lines := <-c.recalled:
			c.recalling--
			err = c.printAll(lines)
		case a := <-c.asked:
			c.asked = nil
			err = c.then(a)
		case n := <-c.notices():
			err = c.noticed(ctx, n)
		case err = <-c.failed():
			c.unsent.take() // nobody knows which of them are on the disk: the error says that it can't be written
		case s := <-signals:
			err = c.signalled(s)
		case <-ctx.Done():
			err = ctx.Err()
		}
		stop()
		if err != nil {
			return c.ending(err)
		}
	}
}

// ending says what goes with the program when it ends: what was typed is on the disk at once, but for what waits for a registration, or for a name
// to be looked up, or was typed for a server that fell silent.
func (c *chat) ending(err error) error {
	_, unsaid := c.loseUnsent()
	return errors.Join(err, unsaid)
}

// open is the input, unless what is typed now is for the session to come, or a program has to wait.
func (c *chat) open(input <-chan typed) <-chan typed {
	if c.next != nil || c.ended || c.busy() && !c.screen.interactive() {
		return nil
	}
	return input
}

// busy tells whether a program that writes has to wait: for the server's answer, for what is read from the disk, or until more of its messages
// are taken. Someone at a terminal may interrupt that.
func (c *chat) busy() bool {
	return c.asked != nil || c.recalling > 0 || c.session != nil && c.session.client.Full()
}

func (c *chat) notices() <-chan peer.Notice {
	if c.session == nil {
		return nil
	}
	return c.session.notices
}

func (c *chat) failed() <-chan error {
	if c.session == nil {
		return nil
	}
	return c.session.failed
}

// close ends what runs, once, and lets go of the profile.
func (c *chat) close() error {
	if c.cancel != nil {
		c.cancel()
	}
	if c.asked != nil {
		<-c.asked
		c.asked = nil
	}
	for ; c.recalling > 0; c.recalling-- {
		<-c.recalled
	}
	err := c.endSession()
	if c.coming != nil {
		_ = c.coming.socket.Close() // it was never used
		_ = c.coming.profile.Close()
		c.coming = nil
	}
	if c.next != nil {
		_ = c.next.profile.Close()
		c.next = nil
	}
	return err
}

// endSession ends the client, and takes in what became of the texts that were still on their way to the disk.
func (c *chat) endSession() error {
	if c.session == nil {
		return nil
	}
	var err error
	for _, n := range c.session.close() {
		err = errors.Join(err, c.settled(n))
	}
	c.session = nil
	return err
}

// read passes typed lines on.
func (c *chat) read(ctx context.Context, to chan<- typed) {
	for {
		t := c.screen.read(ctx)
		select {
		case to <- t:
		case <-ctx.Done():
			return
		}
		if t.err != nil {
			return
		}
	}
}

func (c *chat) signalled(s os.Signal) error {
	return c.interrupted(signalCode(s))
}

// signalCode is the exit code that says which signal it was.
func signalCode(s os.Signal) int {
	switch s {
	case syscall.SIGTERM:
		return exitTerminated
	case syscall.SIGHUP:
		return exitHungUp
	}
	return exitInterrupted
}

// interrupted leaves without a word to anyone.
func (c *chat) interrupted(code int) error {
	if err := c.print("[Exiting]"); err != nil {
		return err
	}
	return &exitError{code: code}
}

func (c *chat) printAll(lines []string) error {
	for _, line := range lines {
		if err := c.print(line); err != nil {
			return err
		}
	}
	return nil
}

func (c *chat) print(line string) error {
	if err := c.screen.println(line); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}
