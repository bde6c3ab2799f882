package link_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

var asker = netip.MustParseAddrPort("10.0.0.1:5000")

// ask asks for a server's key, from a connection that is closed afterwards, as the test checks. That the goroutines have ended
// the bubble sees to: it does not end before.
func ask(ctx context.Context, t *testing.T, n *linktest.Network, to *partner) (key wire.Key, card link.Card, took time.Duration, err error) {
	t.Helper()
	begun := time.Now()
	conn := n.Listen(asker)
	key, card, err = link.AskKey(ctx, conn, link.Path{Remote: to.addr})
	took = time.Since(begun)
	if _, _, rerr := conn.Read(make([]byte, link.MaxRead)); !errors.Is(rerr, net.ErrClosed) {
		t.Errorf("Read afterwards: %v", rerr)
	}
	return key, card, took, err
}

func TestAskKey(t *testing.T) {
	for _, tt := range []struct {
		name        string
		lose        int  // of the first datagrams, so many
		answers     bool // the server does that for strangers
		patience    time.Duration
		atMost      time.Duration // until the answer
		wantNothing bool
	}{
		{name: "answered", answers: true, patience: time.Minute, atMost: 100 * time.Millisecond},
		{name: "the question was lost", lose: 1, answers: true, patience: time.Minute, atMost: 500 * time.Millisecond},
		{name: "questions and answers were lost", lose: 4, answers: true, patience: time.Minute, atMost: 6 * time.Second},
		{name: "a server that tells no one", patience: 7 * time.Second, wantNothing: true},
		{name: "nobody", lose: 1 << 30, answers: true, patience: 7 * time.Second, wantNothing: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := linktest.New(1, linktest.Conditions{Delay: 40 * time.Millisecond})
				lost := 0
				n.Tap(func(netip.AddrPort, netip.AddrPort, []byte) bool { lost++; return lost > tt.lose })
				server := newPartner(n, 2, link.SessionConfig{Server: true, KeyRequests: tt.answers})
				server.run(t)
				defer server.stop(t)
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				key, card, took, err := ask(ctx, t, n, server)
				if tt.wantNothing {
					if !errors.Is(err, link.ErrNoAnswer) || key != (wire.Key{}) || card != (link.Card{}) || took != tt.patience {
						t.Errorf("got %v, %v, %v after %v", key, card, err, took)
					}
					return
				}
				if err != nil || key != server.id.Key() || card != server.id.Card() || took > tt.atMost {
					t.Errorf("got %v, %v after %v", key, err, took)
				}
			})
		})
	}
}

// Whoever answers from elsewhere, or what was not asked, is not heard.
func TestAskKeyOfWhomItAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: time.Millisecond})
		server := newPartner(n, 2, link.SessionConfig{KeyRequests: true})
		server.run(t)
		defer server.stop(t)
		mallory := link.NewIdentity([32]byte{66})
		elsewhere := n.Listen(netip.MustParseAddrPort("10.0.0.66:1"))
		copied := make(chan []byte, 1)
		n.Tap(func(_, to netip.AddrPort, b []byte) bool {
			if to != server.addr {
				return true
			}
			select {
			case copied <- bytes.Clone(b):
				return false
			default:
				return true // the next one arrives
			}
		})
		go func() {
			time.Sleep(100 * time.Millisecond)
			h, _, _ := wire.ParseDatagram(<-copied)
			key, card := mallory.Key(), mallory.Card()
			body := append(append(key[:], card.Static[:]...), card.Sig[:]...)
			d := wire.AppendHeader(nil, wire.Header{Type: wire.TypeKeyAnswer, Index: h.Index, Counter: h.Counter}, len(body))
			_ = elsewhere.Write(append(d, body...), link.Path{Remote: asker})
			_ = elsewhere.Write([]byte("rubbish"), link.Path{Remote: asker})
			_ = elsewhere.Close()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if key, _, _, err := ask(ctx, t, n, server); err != nil || key != server.id.Key() {
			t.Errorf("got %v, %v", key, err)
		}
	})
}

// It asks as long as it is given, though one question of the sessions is given up earlier.
func TestAskKeyForAsLongAsItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{Delay: time.Millisecond})
		begun := time.Now()
		n.Tap(func(netip.AddrPort, netip.AddrPort, []byte) bool { return time.Since(begun) > 45*time.Second })
		server := newPartner(n, 2, link.SessionConfig{KeyRequests: true})
		server.run(t)
		defer server.stop(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if key, _, took, err := ask(ctx, t, n, server); err != nil || key != server.id.Key() {
			t.Errorf("got %v, %v after %v", key, err, took)
		}
	})
}

// A connection that someone else closes ends nothing but the reading: ctx does.
func TestAskKeyWhenTheConnectionIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		conn := n.Listen(asker)
		_ = conn.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := link.AskKey(ctx, conn, link.Path{Remote: netip.MustParseAddrPort("10.0.0.2:9999")}); !errors.Is(err, link.ErrNoAnswer) {
			t.Error(err)
		}
	})
}
