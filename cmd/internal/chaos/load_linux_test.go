package chaos

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// Garbage comes at up to 250,000 datagrams a second (-garbage), or as fast as what the chat leaves of this machine can write it, for 10 s: the
// chat goes on, and the server does not grow. A machine that others use meanwhile does not carry so much to any program (RcvbufErrors): then half of
// it is tried, and a quarter.
func TestGarbage(t *testing.T) {
	measures(t)
	s := seed(t)
	w := newBesieged(t, s, "anna", "bob")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	packets := rubbish(rand.New(rand.NewPCG(s, 9)), "10.77.0.1:9999")
	rate := *garbled
	w.under(10*time.Second, 3, func(ctx context.Context) {
		t.Logf("%.0f datagrams a second", pour(ctx, t, w.server.host, packets, rate))
		rate /= 2
	})
	w.settled()
	w.stays()
}

// 20,000 initiations a second whose mac1 is right, from forged addresses: who has a session notices nothing, and somebody new gets in.
func TestInitiations(t *testing.T) {
	measures(t)
	s := seed(t)
	rng := rand.New(rand.NewPCG(s, 9))
	w := newBesieged(t, s, "anna", "bob", "carl")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	h := w.net.addHost(t, "carl", "10.77.1.3")
	key, card := w.serverKey(h)
	packets := initiations(rng, key, card, 20_000)
	d := 8 * time.Second
	w.ledger.reading("anna", "bob") // carl reads what is posted after he came, but what that is nobody knows here
	w.under(d, 1, func(ctx context.Context) {
		var pouring sync.WaitGroup
		pouring.Go(func() {
			t.Logf("%.0f initiations a second", pour(ctx, t, w.server.host, packets, 20_000))
		})
		pause(ctx, 2*time.Second)
		w.ledger.reading("anna", "bob", "carl")
		start := time.Now()
		w.joinsAt(h, "10.77.0.1")
		took := time.Since(start)
		w.ledger.reading("anna", "bob")
		if t.Logf("somebody new is in after %v", took.Round(time.Millisecond)); took > 3*time.Second {
			t.Errorf("it took somebody new %v to get in", took)
		}
		pouring.Wait()
	})
	w.settled()
	w.stays()
}
