package lab

import (
	"errors"
	"fmt"
	"time"
)

// The limits of a Config.
const (
	MinClients = 2
	MaxClients = 8
	MaxLoss    = 0.9 // beyond it hardly anybody comes to be registered
)

// Config is what a conversation is played with.
type Config struct {
	Clients int           // MinClients to MaxClients
	Drop    float64       // probability that a datagram is lost, 0 to MaxLoss
	Dup     float64       // probability that one arrives twice, 0 to 1
	Delay   time.Duration // of every datagram, one way
	Jitter  time.Duration // up to this much more: they may overtake each other
	Seed    uint64
	Script  []Line // nil: the usual one, Conversation
	All     bool   // tell of the background too: registrations, tables, keepalives
}

// ErrNobody is a network on which the clients do not get as far as a conversation.
var ErrNobody = errors.New("after ten minutes some clients are not registered yet: lose fewer datagrams, delay them less, or give another seed")

const (
	patience  = 10 * time.Minute // for everybody to be registered
	afterLast = 3 * time.Minute  // for the messages, since the script's last line
	quiet     = 300 * time.Millisecond
	most      = 5 * time.Second // for the quiet after everything is decided
)

// Run plays a conversation. The error is about the config.
func Run(cfg Config) (*Story, error) {
	if cfg.Clients < MinClients || cfg.Clients > MaxClients {
		return nil, fmt.Errorf("%d clients: there can be %d to %d", cfg.Clients, MinClients, MaxClients)
	}
	if cfg.Script == nil {
		cfg.Script = Conversation(cfg.Clients)
	}
	if err := check(cfg.Script, Names(cfg.Clients)); err != nil {
		return nil, err
	}
	w := newWorld(cfg)
	for end := patience; !w.everybody(); {
		if w.at > end {
			return nil, ErrNobody
		}
		w.until(w.at + 10*time.Millisecond)
	}
	w.open()
	last := time.Duration(0)
	for _, l := range cfg.Script {
		w.after(l.At, func() { w.act(l) })
		last = max(last, l.At)
	}
	w.until(w.zero + last)
	for end := w.at + afterLast; w.at < end && !w.decided(); {
		w.until(w.at + 10*time.Millisecond)
	}
	for end := w.at + most; w.at < end && (w.flying > 0 || w.at < w.zero+w.lastSeen+quiet); {
		w.until(w.at + 10*time.Millisecond)
	}
	w.story.End = w.at - w.zero
	return w.story, nil
}

// Names are those of so many clients.
func Names(clients int) []string {
	return []string{"ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal"}[:clients]
}
