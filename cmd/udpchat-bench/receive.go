package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/peer"
	"udpchat/wire/link"
)

// receiveCommand is this program as a process of receivers: arguments are the server's address, key and static key, how many, whether they
// are a crowd, and the folder of their histories, which may be empty. It says "ready", then how many texts have come, and ends with its
// standard input. A crowd has all threads.
const receiveCommand = "receive"

// receivers starts n of them, r0 and so on.
func (b *bench) receivers(t target, n int, crowd bool, folder string) (*child, error) {
	var flags []string
	if b.profile != "" {
		flags = []string{"-cpuprofile", b.profile + ".receive"}
	}
	c, _, err := b.spawn(append(flags, receiveCommand, t.path.Remote.String(), hex.EncodeToString(t.key[:]), hex.EncodeToString(t.static[:]), strconv.Itoa(n), strconv.FormatBool(crowd), folder)...)
	return c, err
}

// count keeps got at how many texts receivers have shown, until they end.
func (c *child) count(got *atomic.Int64) {
	for c.out.Scan() {
		if n, err := strconv.ParseInt(c.out.Text(), 10, 64); err == nil {
			got.Store(n)
		}
	}
}

// shown waits until receivers have shown so many texts, and reads on what they tell; false: they ended before that.
func (c *child) shown(texts int64) bool {
	for c.out.Scan() {
		if n, err := strconv.ParseInt(c.out.Text(), 10, 64); err == nil && n >= texts {
			go c.count(new(atomic.Int64)) // it ends with the receivers
			return true
		}
	}
	return false
}

func receive(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) (err error) {
	if len(args) != 6 {
		return errors.New("receive is for the bench itself")
	}
	var t target
	if t.path.Remote, err = netip.ParseAddrPort(args[0]); err != nil {
		return err
	}
	if _, err = hex.Decode(t.key[:], []byte(args[1])); err != nil {
		return err
	}
	if _, err = hex.Decode(t.static[:], []byte(args[2])); err != nil {
		return err
	}
	n, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	if args[4] == "false" {
		oneThread()
	}
	var got atomic.Int64
	for i := range n {
		socket, err := link.Listen(addressOf(i), 0)
		if err != nil {
			return err
		}
		u, err := joinOn(ctx, socket, t, args[5], fmt.Sprintf("r%d", i), func(_ *user, n peer.Notice) {
			if _, ok := n.(peer.Arrived); ok {
				got.Add(1)
			}
		})
		if err != nil {
			return err
		}
		defer func() { _ = u.leave() }() // the work is done
	}
	fmt.Fprintln(stdout, "ready")
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { tell(ctx, stdout, &got) })
	_, err = io.Copy(io.Discard, stdin)
	stop()
	wg.Wait()
	return err
}

// tell writes how many texts have come, whenever that is another number.
func tell(ctx context.Context, stdout io.Writer, got *atomic.Int64) {
	for last, ticker := int64(0), time.NewTicker(2*time.Millisecond); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return
		case <-ticker.C:
			if now := got.Load(); now != last {
				last = now
				fmt.Fprintln(stdout, now)
			}
		}
	}
}
