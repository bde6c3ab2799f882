package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
	"udpchat/store/memory"
	"udpchat/wire/link"
)

// patience is how long a workload waits for something to move before it gives up.
const patience = 60 * time.Second

func loopback(port int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
}

// user is a client of the bench.
type user struct {
	*peer.Client
	name   string
	ready  chan error // how the registration ended
	cancel context.CancelFunc
	ended  sync.WaitGroup
	err    error
}

// join starts a client and registers it; heard is called with everything that it is told, on one goroutine, from then on. With a
// folder the client keeps history there, else it keeps all in memory.
func join(ctx context.Context, t target, folder, name string, heard func(u *user, n peer.Notice)) (*user, error) {
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		return nil, err
	}
	return joinOn(ctx, socket, t, folder, name, heard)
}

func joinOn(ctx context.Context, socket link.Conn, t target, folder, name string, heard func(u *user, n peer.Notice)) (*user, error) {
	u, err := prepare(ctx, socket, t, folder, name, heard)
	if err != nil {
		return nil, err
	}
	if err := u.enter(ctx); err != nil {
		return nil, errors.Join(err, u.leave())
	}
	return u, nil
}

// prepare makes a client, with its keys, and runs it.
func prepare(ctx context.Context, socket link.Conn, t target, folder, name string, heard func(u *user, n peer.Notice)) (*user, error) {
	profile, err := openProfile(folder, name)
	if err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	client, err := peer.New(peer.Config{Name: name, Server: t.path, ServerKey: t.key, Static: t.static, Seed: random()}, socket, profile)
	if err != nil {
		return nil, errors.Join(err, socket.Close(), profile.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	u := &user{Client: client, name: name, cancel: cancel, ready: make(chan error, 1)}
	u.ended.Go(func() {
		u.err = errors.Join(client.Run(ctx), profile.Close())
		cancel()
	})
	u.ended.Go(func() { u.listen(ctx, heard) })
	return u, nil
}

// enter registers a client and waits until it has its first table.
func (u *user) enter(ctx context.Context) error {
	u.Register()
	select {
	case err := <-u.ready:
		return err
	case <-ctx.Done():
		return errors.New("interrupted")
	case <-time.After(patience):
		return fmt.Errorf("%s got no answer to its registration", u.name)
	}
}

func openProfile(folder, name string) (store.Profile, error) {
	if folder != "" {
		return bolt.OpenProfile(filepath.Join(folder, name+".db"), bolt.Options{})
	}
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // it never fails (crypto/rand)
	return memory.NewProfile(seed, random()), nil
}

// listen passes notices on, and says that texts were shown as a front end does.
func (u *user) listen(ctx context.Context, heard func(u *user, n peer.Notice)) {
	for {
		var shown []uint64
		notices := u.Notices(ctx)
		if len(notices) == 0 && ctx.Err() != nil {
			return
		}
		for _, n := range notices {
			switch n := n.(type) {
			case peer.Arrived:
				shown = append(shown, n.Line)
			case peer.Table:
				if n.First {
					u.ready <- nil
				}
			case peer.Refused:
				u.ready <- fmt.Errorf("%s was refused its name: %v", u.name, n.Why)
			case peer.ServerSilent:
				select {
				case u.ready <- errors.New("the server is silent"):
				default:
				}
			}
			heard(u, n)
		}
		if len(shown) > 0 {
			u.Shown(shown)
		}
	}
}

// leave ends a client as a kill would, but for its own commits.
func (u *user) leave() error {
	u.cancel()
	u.ended.Wait()
	return u.err
}

func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return binary.BigEndian.Uint64(b[:]) | 1
}

// text is one of a message's size.
func text() string {
	b := make([]byte, textSize)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return string(b)
}

// textSize is in bytes.
const textSize = 100

// nothing hears nothing.
func nothing(*user, peer.Notice) {}
