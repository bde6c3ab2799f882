package server

import (
	"io"
	"time"

	"golang.org/x/exp/slog"

	"udpchat/store"
	"udpchat/wire"
)

// Config is what whoever runs a server decides. The zero value of each field means the default beside it.
type Config struct {
	AckTimeout   time.Duration // 500 ms: spacing of the tries that presence is judged by
	Retries      int           // 5: further tries before a silent client counts as gone; below 0: none
	MaxMessage   int           // wire.MaxText: bytes of a text
	Quota        store.Quota   // no limit; its Longest is MaxMessage
	NameTTL      time.Duration // 180 days: a name that nobody used for so long, and for which nothing waits, is free again (protocol.md §8.1)
	ChannelKeep  time.Duration // 180 days: posts go from the channel's log at that age, whoever has not had them (protocol.md §11.4); below 0: never for that
	ChannelSpare time.Duration // 7 days: posts that every member has stay so long, for a member whose profile comes back older
	ChannelBytes uint64        // the log has no more (store.Text.Room): the oldest posts make way; 0: no limit
	AuthorBytes  uint64        // one author posts no more in a day; 0: no limit
	Lease        time.Duration // 90 s: a client is offline when nothing was heard for so long (protocol.md §8)
	TableClients int           // with more clients each is told only of those that concern it (protocol.md §8.12); 0: never
	Seed         uint64        // of the jitter and of a renewed store's id
	Log          *slog.Logger  // silence

	// For tests.
	Wall   func(now time.Time) time.Time // the clock on the wall, which may be wrong and jump: dates that outlive the process are its; nil: now
	Broken Broken                        // a safeguard that is missing
	level  bool                          // orders and revisions do not leap at the start: literals in this package's tests
}

const (
	defaultAckTimeout = 500 * time.Millisecond
	defaultRetries    = 5
	defaultLease      = 90 * time.Second
	defaultNameTTL    = 180 * 24 * time.Hour
	defaultKeep       = 180 * 24 * time.Hour
	defaultSpare      = 7 * 24 * time.Hour

	// tablePause is the least time between two table updates of one client: what changes meanwhile is told together then.
	tablePause = 100 * time.Millisecond
	// tableRate is how many updates go out in a second at most, in the long run: where there are more than 400 clients the pause is longer.
	tableRate = 4000
	// minLeap is the least by which orders and revisions leap at a start; the most is twice that. It is far more than any run gives out,
	// and 2^64 has room for millions of starts. That a number given out twice goes unnoticed takes two leaps that differ by less than a
	// run gives out: with a million numbers, one chance in a million.
	minLeap = 1 << 40
	// askAtOnce is how many clients a server that starts again waits for at once, of those that it asked whether they are there: enough for
	// round trips of 50 ms at 2,500 handshakes a second, and few enough that mail waits not much more than 10 ms behind them. Who has not
	// answered within askPatience is waited for no more, so that those who are gone or far away do not hold up the others: at least 850 are
	// asked in a second.
	askAtOnce   = 128
	askPatience = 150 * time.Millisecond
	// maxPatience is the longest time for which one is waited for where many answer late: then at least 210 are asked in a second.
	maxPatience = 600 * time.Millisecond
	// returnRate is how many in a second a restarted server asks at least on a machine that is busy with other things: a third of what it can.
	returnRate = 500
	// readPage is how many rows of the directory are read at once.
	readPage = 1024
	// mailPage is how many items are read at once for one client, and wait here for their turn.
	mailPage = 256
	// backoffCap bounds the spacing of tries that nobody waits for (house rule: cap the backoff).
	backoffCap = 30 * time.Second
	// patientTries is after how many tries something waits so long for the next one that a word of the client's comes before it.
	patientTries = 3
	// searchCap bounds the spacing of pings to a client that does not answer and whose lease lives.
	searchCap = 8 * time.Second
	// cursorPause is how long channel cursors may stay unwritten: what is lost with them is only sent again.
	cursorPause = time.Second
	// cursorsAtOnce is how many of them are written together, and cursorsGap the time to the next ones: 10,000 a second at most, far below
	// maxWaiting at a time.
	cursorsAtOnce = 1024
	cursorsGap    = 100 * time.Millisecond
	// trimPause is how often it is looked what may go from the channel's log, and so how exact ages are.
	trimPause = time.Hour
	// firstTrim is when a run looks first, so that short runs do too.
	firstTrim = time.Minute
	// trimGap is the time between two steps of that: a step reads cursorsAtOnce cursors, 0.3 ms, or removes trimAtOnce posts, as many
	// as a full disk has room for (store/bolt, space.go). So 100,000 members are looked through in 2 s, and some 1,200 posts go in a second.
	trimGap    = 20 * time.Millisecond
	trimAtOnce = 32
	// spentTime is how long what an author posted counts.
	spentTime = 24 * time.Hour
)

func (cfg *Config) defaults() {
	if cfg.AckTimeout == 0 {
		cfg.AckTimeout = defaultAckTimeout
	}
	if cfg.Retries == 0 {
		cfg.Retries = defaultRetries
	}
	if cfg.MaxMessage == 0 {
		cfg.MaxMessage = wire.MaxText
	}
	cfg.Quota.Longest = uint64(cfg.MaxMessage)
	if cfg.NameTTL == 0 {
		cfg.NameTTL = defaultNameTTL
	}
	if cfg.ChannelKeep == 0 {
		cfg.ChannelKeep = defaultKeep
	}
	if cfg.ChannelSpare == 0 {
		cfg.ChannelSpare = defaultSpare
	}
	if cfg.Lease == 0 {
		cfg.Lease = defaultLease
	}
	if cfg.Wall == nil {
		cfg.Wall = func(now time.Time) time.Time { return now }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	}
}
