package chaos

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

var registrations = flag.Int("registrations", 10_000, "how many names TestRegistrations asks for")

// applicant asks for one name, with a key of its own, as a client does, but only once.
type applicant struct{ sessions *link.Sessions }

// applicants are all at one address and port. What comes is told apart by the index, which each chose for itself.
type applicants struct {
	socket  *net.UDPConn
	path    link.Path
	key     wire.Key
	static  [32]byte
	rng     *rand.Rand
	byIndex map[uint32]*applicant
	asked   int
	granted int
}

// asks begins a session and has the registration wait for it.
func (a *applicants) asks(now time.Time) {
	seed := [32]byte(noiseBytes(a.rng, 32))
	me := link.NewIdentity(seed)
	one := &applicant{sessions: link.NewSessions(link.SessionConfig{Identity: me})}
	one.sessions.TrustServer(a.key, a.static)
	a.asked++
	card := me.Card()
	b := append(slices.Clone(card.Static[:]), card.Sig[:]...)
	b = append(b, make([]byte, wire.CardSize-len(b))...) // its prekey is nothing: nobody writes to it
	m := &wire.Register{Request: 1, Name: fmt.Sprintf("m%d", a.asked), Epoch: uint64(a.asked), Card: b}
	_ = one.sessions.Add(now, a.path, a.key, m)
	a.flush(one)
}

func (a *applicants) flush(one *applicant) {
	_, _ = one.sessions.Flush(func(b []byte, _ link.Path) error {
		if h, _, err := wire.ParseDatagram(b); err == nil && h.Type == wire.TypeInitiation {
			a.byIndex[h.Index] = one
		}
		_, err := a.socket.Write(b)
		return err
	})
}

// hears takes one datagram.
func (a *applicants) hears(now time.Time, b []byte) {
	h, _, err := wire.ParseDatagram(b)
	one := a.byIndex[h.Index]
	if err != nil || one == nil {
		return
	}
	_, _, body, err := one.sessions.Open(now, a.path, b)
	if err == nil {
		var d wire.Decoder
		_ = d.Decode(body, func(m wire.Message) error {
			if r, ok := m.(*wire.Registered); ok && r.Outcome == wire.OK {
				a.granted++
			}
			return nil
		})
	}
	a.flush(one)
}

// apply asks n times, so many a second, and hears what is answered, until ctx ends.
func (a *applicants) apply(ctx context.Context, n, perSecond int) {
	heard := make(chan []byte, 1024)
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			b := make([]byte, link.MaxRead)
			size, err := a.socket.Read(b)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select {
			case heard <- b[:size]:
			default:
			}
		}
	})
	defer reading.Wait()
	defer func() { _ = a.socket.Close() }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); ; {
		select {
		case b := <-heard:
			a.hears(time.Now(), b)
		case now := <-tick.C:
			if due := int(now.Sub(start).Seconds() * float64(perSecond)); a.asked < min(n, due) {
				a.asks(now)
			}
		case <-ctx.Done():
			return
		}
	}
}

// From one address as many names are asked for as it can, with cookies, so from an address that is its own. It gets 20 a second
// (protocol.md §13.3); the chat goes on, and somebody with another address gets in.
func TestRegistrations(t *testing.T) {
	measures(t)
	s := seed(t)
	w := newBesieged(t, s, "anna", "bob")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	h := w.net.addHost(t, "mallory", "10.77.3.3")
	key, card := w.serverKey(h)
	at := netip.MustParseAddrPort("10.77.0.1:9999")
	a := &applicants{path: link.Path{Remote: at}, key: key, static: card.Static, rng: rand.New(rand.NewPCG(s, 9)), byIndex: map[uint32]*applicant{}}
	err := h.do(func() (err error) {
		a.socket, err = net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(at))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const perSecond = 1000
	d := time.Duration(*registrations) * time.Second / perSecond
	w.under(d, func(ctx context.Context) { a.apply(ctx, *registrations, perSecond) })
	t.Logf("of %d names that were asked for in %v, %d were given", a.asked, d, a.granted)
	if most := 128 + 5 + 20*int(d.Seconds()+1); a.granted > most { // those before the server is busy, and those with a cookie
		t.Errorf("%d names were given to one address, more than %d", a.granted, most)
	}
	w.settled()
	w.stays()
}
