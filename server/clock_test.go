package server

import (
	"testing"
	"time"

	"udpchat/wire"
)

// protocol.md §8.11: the time by the wall clock, to whoever asks in a session. It is no sign of life.
func TestClock(t *testing.T) {
	wrong := 36 * time.Hour
	b := newBench(t, Config{Wall: func(now time.Time) time.Time { return now.Add(wrong) }})
	ann := b.person("ann")
	ask := func(why string) {
		t.Helper()
		b.recv(ann, &wire.Clock{Nonce: 7, Time: 1})
		b.want(why, ann, &wire.Clock{Nonce: 7, Time: b.now.Add(wrong).UnixMicro()})
	}
	ask("a stranger")
	if b.core.clients.Len() != 0 {
		t.Error("a stranger is remembered")
	}
	b.register(ann)
	ask("a client")
}

// What is beyond what may wait for the disk comes again: who asks for it hears that somebody is there, and the disk is asked for nothing.
func TestRegistrationsThatWaitAreBounded(t *testing.T) {
	b := newBench(t, Config{})
	ann := b.person("ann")
	b.core.waiting = maxWaiting
	b.recv(ann, ask(ann, 7))
	b.want("too many wait", ann, b.clock())
	if b.wantIdle("nothing else"); b.core.clients.Len() > 0 || len(b.rows()) > 0 {
		t.Error("it is remembered")
	}
	b.core.waiting = 0
	b.recv(ann, ask(ann, 7))
	b.want("there is room", ann, welcome(7, 1))
}

// clock is what a client hears that asks again for what is not on disk yet (protocol.md §7.3).
func (b *bench) clock() *wire.Clock { return &wire.Clock{Time: b.now.UnixMicro()} }
