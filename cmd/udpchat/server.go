package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/exp/slog"

	"udpchat/cmd/internal/config"
	"udpchat/server"
	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/wire"
	"udpchat/wire/link"
)

// serverSettings are the flags of udpchat server.
type serverSettings struct {
	host, db         string
	port             int
	log              logSettings
	ackTimeout       time.Duration
	retries          int
	maxMessage       int64
	texts, pairTexts int
	bytes, pairBytes int64
	nameTTL          time.Duration
	channelKeep      time.Duration
	channelBytes     int64
	authorBytes      int64
	tableClients     int
}

func (env *environment) serverCommand() *command {
	var s serverSettings
	f := config.New("udpchat server")
	f.Example = "udpchat server -p 9999"
	f.About = "Keeps the directory of clients, a mailbox for each, and a channel. SIGTERM, SIGINT and SIGHUP stop it; kill -9 loses nothing that was acknowledged."
	f.Exits = []config.Exit{{Code: "0", When: "stopped by SIGTERM, SIGINT or SIGHUP"},
		{Code: "1", When: "the database is damaged, foreign, newer, in use or not writable, or the port is taken: one line says which"}, exitsOfUsage}
	f.Port(&s.port, "p", "port", 9999, "listen on this UDP `PORT`")
	f.String(&s.host, "", "host", "", "listen on this `ADDRESS` of this machine only; empty: on all, IPv4 and IPv6")
	f.String(&s.db, "", "db", "", "keep everything in this `FILE`; empty: $XDG_STATE_HOME/udpchat/server.db")
	s.log.register(f, "info")
	f.Milliseconds(&s.ackTimeout, "", "ack-timeout", 500*time.Millisecond, 10*time.Millisecond, time.Minute, "time between the tries that a client's presence is judged by")
	f.Count(&s.retries, "", "retries", 5, 0, 100, "further tries before a client that does not answer counts as offline")
	f.Size(&s.maxMessage, "", "max-message", wire.MaxText, 1, wire.MaxText, "longest text, in bytes")
	f.Count(&s.texts, "", "mailbox-texts", 200000, 0, 1<<30, "most texts that may wait for one client; 0: no limit")
	f.Size(&s.bytes, "", "mailbox-bytes", 256<<20, 0, 0, "most bytes of text that may wait for one client; 0: no limit")
	f.Count(&s.pairTexts, "", "pair-texts", 100000, 0, 1<<30, "most texts of one sender that may wait for one client; 0: no limit")
	f.Size(&s.pairBytes, "", "pair-bytes", 64<<20, 0, 0, "most bytes of one sender that may wait for one client; 0: no limit")
	f.Duration(&s.channelKeep, "", "channel-keep", 180*24*time.Hour, 0, 0, "how long posts wait for members who are away; posts that all have go after a week; 0: no limit")
	f.Size(&s.channelBytes, "", "channel-bytes", 8<<30, 0, 0, "most bytes of posts that are kept, on disk: the oldest make way; 0: no limit")
	f.Size(&s.authorBytes, "", "author-bytes", 256<<20, 0, 0, "most bytes that one author may post in a day, on disk; 0: no limit")
	f.Duration(&s.nameTTL, "", "name-ttl", 180*24*time.Hour, time.Millisecond, 0, "how long a name stays its owner's without being used; longer while anything waits for the owner")
	f.Count(&s.tableClients, "", "table-clients", 0, 0, 1<<30, "with more clients, each sees only those that it has to do with; 0: all see all, however many")
	c := &command{name: "server", short: "keep the directory, the mailbox and the channel", flags: f}
	c.exec = func(ctx context.Context, _ []string) error { return env.serve(ctx, s, f) }
	return c
}

// serve runs a server until a signal ends it; a second signal ends it at once.
func (env *environment) serve(ctx context.Context, s serverSettings, f *config.Flags) (err error) {
	if err := s.check(f); err != nil {
		return err
	}
	if s.db, err = env.stateFile(s.db, "server.db"); err != nil {
		return err
	}
	log := s.log.logger(env.stderr)
	db, err := bolt.OpenServer(s.db, bolt.Options{})
	if err != nil {
		return writable(err, "-db")
	}
	defer func() {
		if closing := db.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close database: %w", closing)
		}
	}()
	key, _, err := server.Identity(db)
	if err != nil {
		return err
	}
	invitation := newInvitation(key)
	socket, err := link.Listen(s.host, s.port)
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return f.Wrong("host", "%v", err)
	}
	if err != nil {
		return err
	}
	heeded := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // by nohup: it is to outlive the terminal
		heeded = append(heeded, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(ctx, heeded...)
	defer stop()
	context.AfterFunc(ctx, stop) // from now on a signal has its ordinary effect
	srv := server.New(s.config(log), socket, db)
	var wg sync.WaitGroup
	wg.Go(func() { collectSoon(ctx, func() { rest(log, db) }) })
	err = srv.Run(ctx, func() {
		log.Info("listening", "addr", socket.LocalAddr(), "db", s.db)
		log.Info("limits by which posts and names are deleted", deletes(f)...)
		invitation.log(log, s.host, socket.LocalAddr().Port())
		warnOfBuffer(log, socket)
	})
	stop()
	wg.Wait()
	if err == nil {
		log.Info("stopped")
	}
	return err
}

// check finds what each setting alone can't show.
func (s serverSettings) check(f *config.Flags) error {
	if s.host != "" {
		if _, err := netip.ParseAddr(strings.Trim(s.host, "[]")); err != nil {
			return f.Wrong("host", "%q is not an IP address: use one of this machine's, or leave it out for all", s.host)
		}
	}
	for _, limit := range []struct {
		long        string
		bytes, most int64
	}{
		{"mailbox-bytes", s.bytes, s.maxMessage}, // else its sender would try it for ever
		{"pair-bytes", s.pairBytes, s.maxMessage},
		{"channel-bytes", s.channelBytes, longestPost(s.maxMessage)},
	} {
		if limit.bytes > 0 && limit.bytes < limit.most {
			return f.Wrong(limit.long, "%d bytes are less than the longest message takes: %d at least, or 0 for no limit", limit.bytes, limit.most)
		}
	}
	return nil
}

// deletes are the settings, and their values, that delete what people wrote or have: a mistake in one is seen here before it is felt.
func deletes(f *config.Flags) (pairs []any) {
	for _, long := range []string{"channel-keep", "channel-bytes", "name-ttl"} {
		text := f.Text(long)
		if text == "0" || text == "0s" {
			text = "no limit"
		}
		pairs = append(pairs, long, text)
	}
	return pairs
}

// warnOfBuffer says when the system gives the socket less room than a server with many clients needs.
func warnOfBuffer(log *slog.Logger, socket *link.Socket) {
	if got, _ := socket.Buffers(); got > 0 && got < wantedBuffer {
		log.Warn("small receive buffer: bursts may be lost and sent again; raise net.core.rmem_max", "bytes", got, "wanted", wantedBuffer)
	}
}

// rest gives the memory of pages back that the database has read and does not need now.
func rest(log *slog.Logger, db *bolt.Server) {
	if err := db.Rest(); err != nil {
		log.Debug("pages of the database stay in memory", "err", err)
	}
}

func (s *serverSettings) config(log *slog.Logger) server.Config {
	return server.Config{
		AckTimeout: s.ackTimeout, Retries: retries(s.retries), MaxMessage: int(s.maxMessage), NameTTL: s.nameTTL, TableClients: s.tableClients,
		ChannelKeep: keep(s.channelKeep), ChannelBytes: uint64(s.channelBytes), AuthorBytes: uint64(s.authorBytes),
		Quota: store.Quota{Texts: uint64(s.texts), Bytes: uint64(s.bytes), PairTexts: uint64(s.pairTexts), PairBytes: uint64(s.pairBytes)},
		Seed:  uint64(time.Now().UnixNano()), Log: log,
	}
}

// keep is how long posts are kept; 0 of the flag is no limit.
func keep(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// longestPost is the most that a text of so many bytes takes of the channel's log. One that has less room makes way for itself, and its author
// is told that it is stored.
func longestPost(text int64) int64 {
	parts := (text + wire.PartSize - 1) / wire.PartSize
	part := store.Text{Body: make([]byte, min(text, wire.PartSize)+wire.MaxCover)}
	return parts * int64(part.Room())
}

// wantedBuffer is what a server with many clients needs to hold the answers that come at once, in bytes.
const wantedBuffer = 1 << 20
