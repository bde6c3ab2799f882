package link

import (
	"net/netip"
	"testing"
)

func TestRefused(t *testing.T) {
	s, err := Listen("127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), s.LocalAddr().Port())
	if refused, err := Refused(t.Context(), at); refused {
		t.Errorf("who listens refuses: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if refused, err := Refused(t.Context(), at); !refused || err == nil {
		t.Errorf("who does not listen: %v, %v", refused, err)
	}
}
