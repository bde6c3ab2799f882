package peer

import (
	"io"
	"time"

	"golang.org/x/exp/slog"

	"udpchat/wire"
	"udpchat/wire/link"
)

// Config is what whoever runs a client decides. The zero value of each duration and count means the default beside it.
type Config struct {
	Name       string
	Mode       wire.Mode // how the client is there (protocol.md §8.10); a Sender knows nobody but those it was asked to write to, and receives nothing
	Server     link.Path
	ServerKey  wire.Key      // the server's identity, and
	Static     [32]byte      // the key to make a session with it
	AckTimeout time.Duration // 500 ms: a direct message's deadline, and the spacing of tries that someone waits for
	Retries    int           // 5: further tries of what a typed command waits for; below 0: none
	Keepalive  time.Duration // 25 s, ± 20 %: how often the server hears from an idle client (protocol.md §8)
	Hold       time.Duration // 10 s: how long a later message waits for an earlier one (protocol.md §6)
	Seed       uint64        // of nonces and jitter
	Log        *slog.Logger  // silence

	// Unprinted tells of a line that was not noted as shown whether it was not on the screen for certain; nil: that is never known.
	Unprinted func(line uint64) bool

	Trace func(link.Traced) // is told of every datagram, one at a time; nil: nobody watches

	// For tests.
	Wall   func(now time.Time) time.Time // the clock on the wall, which may be wrong and jump: dates that leave the process, or outlive it, are its; nil: now
	Broken Broken                        // a safeguard that is missing
}

const (
	defaultAckTimeout = 500 * time.Millisecond
	defaultRetries    = 5
	defaultKeepalive  = 25 * time.Second
	defaultHold       = 10 * time.Second

	// directTries is how many copies of a message go out within the ack timeout: at 20 % loss 95 % are acknowledged.
	directTries = 3
	// laneWindow is how many parts to one recipient the server may have refused before nothing further is offered.
	laneWindow = 32
	// downAfter misses in a row make a client go straight to the mailbox for downFirst, then twice as long, up to downCap.
	downAfter = 2
	downFirst = 30 * time.Second
	downCap   = 5 * time.Minute
	// backoffCap bounds the spacing of tries that nobody waits for.
	backoffCap = 30 * time.Second
	// fullCap bounds the spacing of what a server's full disk refused: it has room again when somebody made some, and then a text goes
	// within 5 s.
	fullCap = 3 * time.Second
	// maxAnswers bounds the answers that are owed for one text whose commit is late: its sender needs one.
	maxAnswers = 4
	// maxEpochs is how many epochs of a sender, one of each run, are remembered, by first sight and never by a clock.
	maxEpochs = 64
	// endPause is the least time between two look-ups for mail that is closed since its recipient can't open it, and maxEnded how many
	// pieces are closed with each: the server may make them up.
	endPause = 10 * time.Second
	maxEnded = 16
	// minLeap is the least by which the epoch of a run is above that of the one before, and half of the most: 40 bits of it are random,
	// and there is room for millions of runs.
	minLeap = 1 << 40
)

// MaxUnshown bounds the texts that came and were not said to be shown (Client.Shown): with so many nothing more is taken, and senders
// wait (protocol.md §12).
const MaxUnshown = 4096

func (cfg *Config) defaults() {
	if cfg.AckTimeout == 0 {
		cfg.AckTimeout = defaultAckTimeout
	}
	if cfg.Retries == 0 {
		cfg.Retries = defaultRetries
	}
	if cfg.Keepalive == 0 {
		cfg.Keepalive = defaultKeepalive
	}
	if cfg.Hold == 0 {
		cfg.Hold = defaultHold
	}
	if cfg.Wall == nil {
		cfg.Wall = func(now time.Time) time.Time { return now }
	}
	if cfg.Unprinted == nil {
		cfg.Unprinted = func(uint64) bool { return false }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	}
}

// tries is how often something is tried in all.
func (cfg *Config) tries() int { return 1 + max(cfg.Retries, 0) }
