package chaos

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

var registrations = flag.Int("registrations", 100_000, "how many names TestRegistrations asks for")

// From one address as many names are asked for as it can, with cookies, so from an address that is its own. It gets 20 a second
// (protocol.md §13.3), and what the server gives before it is suspicious; the chat goes on.
func TestRegistrations(t *testing.T) {
	measures(t)
	s := seed(t)
	w := newBesieged(t, s, "anna", "bob")
	w.joins("10.77.1.1", "10.77.0.1")
	w.joins("10.77.1.2", "10.77.0.1")
	h := w.net.addHost(t, "mallory", "10.77.3.3")
	_, card := w.serverKey(h)
	var file *os.File
	err := h.do(func() error {
		socket, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort("10.77.0.1:9999")))
		if err != nil {
			return err
		}
		defer func() { _ = socket.Close() }()
		file, err = socket.File()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var granted, pauses int
	var took time.Duration
	w.under(20*patience, 1, func(ctx context.Context) {
		begun := time.Now()
		said := attack(ctx, t, file, bytes.NewReader(card.Static[:]), "-apply", fmt.Sprint(*registrations))
		if _, err := fmt.Sscan(said, &granted, &pauses); err != nil {
			t.Errorf("the applicants say %q", said)
		}
		took = time.Since(begun)
	})
	t.Logf("of %d names that were asked for in %v, with %d pauses, %d were given", *registrations, took.Round(time.Millisecond), pauses, granted)
	// protocol.md §13.3: 128 are answered in the second in which the server becomes suspicious, and 5 and 20 a second with a cookie.
	if most := 128*(1+pauses) + 5 + 20*int(took.Seconds()+1); granted > most {
		t.Errorf("%d names were given to one address, more than %d", granted, most)
	}
	if granted < 100 {
		t.Errorf("only %d were given: the applicants are not such as the server believes", granted)
	}
	w.settled()
	w.stays()
}
