package peer_test

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// answer is a bot: it answers who writes "ping" to it.
func answer(ctx context.Context, bot *peer.Client) {
	bot.Register()
	for ctx.Err() == nil {
		for _, n := range bot.Notices(ctx) {
			switch n := n.(type) {
			case peer.Arrived:
				if n.Text == "ping" && !n.Post {
					bot.Send(n.From, "pong")
				}
				bot.Shown([]uint64{n.Line}) // it is taken; the answer is on the disk before that
			case peer.Refused, peer.ServerSilent:
				return // a bot that lives long would tell somebody, and start anew
			}
		}
	}
}

// A bot that is written in Go, on a server of its own. A real one has its profile on disk (bolt.OpenProfile), and asks the server at its first
// start who it is (link.AskKey).
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var all sync.WaitGroup
	at, who := serve(ctx, &all)

	bot := join(ctx, &all, "bot", 1, at, who)
	all.Go(func() { answer(ctx, bot) })

	ann := join(ctx, &all, "ann", 2, at, who)
	ann.Register()
	ann.Send("bot", "ping")
	for ctx.Err() == nil {
		for _, n := range ann.Notices(ctx) {
			switch n := n.(type) {
			case peer.UnknownPeer: // the bot has not registered yet
				ann.Send(n.Name, "ping")
			case peer.Arrived:
				fmt.Printf("%s: %s\n", n.From, n.Text)
				ann.Shown([]uint64{n.Line})
				stop()
			}
		}
	}
	all.Wait()
	// Output: bot: pong
}

// identity is who a server is.
type identity struct {
	key    wire.Key
	static [32]byte
}

// serve runs a server on a free port of this machine.
func serve(ctx context.Context, all *sync.WaitGroup) (netip.AddrPort, identity) {
	store := memory.NewServer(1)
	key, card, err := server.Identity(store)
	if err != nil {
		panic(err)
	}
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		panic(err)
	}
	srv := server.New(server.Config{}, socket, store)
	all.Go(func() { _ = srv.Run(ctx, func() {}) })
	return socket.LocalAddr(), identity{key, card.Static}
}

// join runs a client whose profile is in memory.
func join(ctx context.Context, all *sync.WaitGroup, name string, seed byte, at netip.AddrPort, who identity) *peer.Client {
	socket, err := link.Listen("127.0.0.1", 0)
	if err != nil {
		panic(err)
	}
	config := peer.Config{Name: name, Server: link.Path{Remote: at}, ServerKey: who.key, Static: who.static}
	client, err := peer.New(config, socket, memory.NewProfile([32]byte{seed}, uint64(seed)))
	if err != nil {
		panic(err)
	}
	all.Go(func() { _ = client.Run(ctx) })
	return client
}
