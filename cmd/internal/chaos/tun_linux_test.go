package chaos

import (
	"fmt"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// device is the name of the one interface that a host has beside lo.
const device = "tun0"

// openTun makes the device in a namespace. What is written to the file arrives there, what leaves there can be read.
func openTun(n *namespace) (f *os.File, err error) {
	err = n.do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open /dev/net/tun: %w", err)
		}
		request, err := unix.NewIfreq(device)
		if err != nil {
			return err
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
			return fmt.Errorf("make %s: %w", device, err)
		}
		f = os.NewFile(uintptr(fd), device)
		return nil
	})
	return f, err
}

// host is a machine in the emulated network.
type host struct {
	*namespace
	name string
	tun  *os.File
	nat  *nat // between it and the others; nil for none
}

// addHost makes a machine with these addresses, which the emulator brings to it.
func (e *emulator) addHost(t testing.TB, name string, addresses ...string) *host {
	t.Helper()
	h := &host{namespace: newNamespace(t), name: name}
	var err error
	if h.tun, err = openTun(h.namespace); err != nil {
		t.Fatal(err)
	}
	h.ip(t, "link set "+device+" up")
	for _, a := range addresses {
		h.address(t, "add", a)
		e.moves(netip.MustParseAddr(a), h)
	}
	e.read(h)
	return h
}

// address gives the machine an address, or takes it away. The others of its net are reached through the device.
func (h *host) address(t testing.TB, verb, a string) {
	t.Helper()
	if netip.MustParseAddr(a).Is4() {
		h.ip(t, fmt.Sprintf("addr %s %s/16 dev %s", verb, a, device))
	} else {
		h.ip(t, fmt.Sprintf("addr %s %s/64 dev %s nodad", verb, a, device))
	}
}
