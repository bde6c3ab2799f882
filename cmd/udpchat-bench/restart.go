package main

import (
	"fmt"
	"path/filepath"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
)

// crowd is from how many clients on each sees only those that it has to do with: a table of 100,000 rows for each newcomer is
// not what is measured here.
const crowd = "1000"

// restart measures a server that is killed and started again: from its start until a deposit of a new client is acknowledged.
func (b *bench) restart() error {
	if err := b.fresh(); err != nil {
		return err
	}
	clients, messages := b.n(100000), b.n(1000000)
	begin := time.Now()
	if err := b.fill(clients, messages); err != nil {
		return err
	}
	filled := time.Since(begin)
	server, err := b.serve("-table-clients", crowd)
	if err != nil {
		return err
	}
	away, err := b.goAway(server.target, nothing)
	if err != nil {
		return err
	}
	defer func() { _ = away.leave() }() // the work is done
	if err := b.depositOne(server.target, "before"); err != nil {
		return err
	}
	before := memoryOf(server.pid())
	port := int(server.path.Remote.Port())
	server.stop()
	begin = time.Now()
	server, err = b.serveAt(port, "-table-clients", crowd)
	if err != nil {
		return err
	}
	defer server.stop()
	answers := time.Since(begin)
	if err := b.depositOne(server.target, "after"); err != nil {
		return err
	}
	took := time.Since(begin)
	return b.report(fmt.Sprintf("restart, %d clients, %d messages", clients, messages), "kill -9; page cache warm", map[string]float64{
		"restart_s": took.Seconds(), "answers_s": answers.Seconds(), "fill_s": filled.Seconds(),
		"rss_mb_before": before / (1 << 20), "rss_mb_after": memoryOf(server.pid()) / (1 << 20)})
}

// depositOne has a new client leave a message.
func (b *bench) depositOne(t target, name string) error {
	stored := make(chan struct{}, 1)
	u, err := join(b.ctx, t, "", name, func(_ *user, n peer.Notice) {
		if _, ok := n.(peer.Stored); ok {
			stored <- struct{}{}
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = u.leave() }() // the work is done
	u.Send("away", text())
	return b.await(stored, patience, func() string { return "a deposit is not acknowledged" })
}

// fill makes a database with clients, who are away, and messages for them, as a server would have left it.
func (b *bench) fill(clients, messages int) error {
	db, err := bolt.OpenServer(filepath.Join(b.folder, "server.db"), bolt.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	room := make(chan struct{}, 4096)
	submit := func(c store.Change) {
		room <- struct{}{}
		db.Submit(c, func(_ store.Result, err error) {
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
			<-room
		})
	}
	card := string(make([]byte, 196))
	for i := range clients {
		submit(store.PutClient{Client: store.Client{Key: number(i), Name: fmt.Sprintf("u%d", i), Epoch: 1, State: store.Offline, Card: card}})
	}
	body := make([]byte, textSize+120) // and what protects it
	for i := range messages {
		submit(store.Deposit{To: number(i % clients), From: number((i + 1) % clients),
			Text: store.Text{Epoch: 1, ToEpoch: 1, Seq: uint64(i/clients + 1), Parts: 1, Size: textSize, Body: body, Flags: 2}})
	}
	if err := db.Close(); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// number is a key that nobody has.
func number(i int) (k store.Key) {
	copy(k[:], fmt.Sprintf("bench client %d", i))
	return k
}
