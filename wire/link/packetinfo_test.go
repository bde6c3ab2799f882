package link

import (
	"net"
	"net/netip"
	"runtime"
	"testing"
)

// A client that connected its socket hears only the address that it asked.
func TestAnswerLeavesFromTheAddressThatWasAsked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8 without set-up")
	}
	for _, host := range []string{"", "0.0.0.0"} {
		server := open(t, host)
		for _, asked := range []string{"127.0.0.2", "127.0.0.3", "127.0.0.2"} {
			client := dial(t, netip.MustParseAddr("127.0.0.1"), at(asked, server))
			say(t, client, "hello")
			in := await(t, next(server))
			if in.path.Local.String() != asked {
				t.Errorf("host %q: asked at %v, want %s", host, in.path.Local, asked)
			}
			if err := server.Write([]byte("well"), in.path); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 100)
			if n, err := client.Read(b); err != nil || string(b[:n]) != "well" {
				t.Errorf("host %q: the client at %s heard %q, %v", host, asked, b[:n], err)
			}
		}
	}
}

// Every address of this machine is asked, link-local ones with their zone, from every other one of its kind.
func TestEveryAddressOfThisMachineAnswers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere not every address reaches every other without set-up")
	}
	server := open(t, "")
	addrs := machineAddrs(t)
	for _, asked := range addrs {
		for _, from := range addrs {
			if alike(from, asked) && (asked.Is4() || server.LocalAddr().Addr().Is6()) {
				ask(t, server, from, asked)
			}
		}
	}
}

// alike is true for two addresses between which datagrams surely go.
func alike(a, b netip.Addr) bool {
	return a.Is4() == b.Is4() && a.Zone() == b.Zone() && a.IsLoopback() == b.IsLoopback()
}

func ask(t *testing.T, server *Socket, from, asked netip.Addr) {
	t.Helper()
	client := dial(t, from, netip.AddrPortFrom(asked, server.LocalAddr().Port()))
	say(t, client, "hello")
	in := await(t, next(server))
	if in.path.Local != asked {
		t.Errorf("%v asked at %v, want %v", from, in.path.Local, asked)
	}
	if err := server.Write([]byte("well"), in.path); err != nil {
		t.Errorf("answer from %v to %v: %v", asked, from, err)
	} else if n, err := client.Read(make([]byte, 100)); n != 4 || err != nil {
		t.Errorf("answer from %v to %v was not heard: %v", asked, from, err)
	}
}

func machineAddrs(t *testing.T) (addrs []netip.Addr) {
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Skip(err)
	}
	for _, i := range interfaces {
		all, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 {
			continue
		}
		for _, a := range all {
			p, err := netip.ParsePrefix(a.String())
			if err != nil {
				continue
			}
			addr := p.Addr().Unmap()
			if addr.Is6() && addr.IsLinkLocalUnicast() {
				addr = addr.WithZone(i.Name)
			}
			if s, err := Listen(addr.String(), 0); err == nil { // IPv6 addresses take seconds to become ready
				_ = s.Close()
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs
}

func TestAnswerGoesOutWhenTheAskedAddressIsGone(t *testing.T) {
	server, client := open(t, ""), open(t, "127.0.0.1")
	p := Path{Remote: client.LocalAddr(), Local: netip.MustParseAddr("192.0.2.1")}
	if err := server.Write([]byte("well"), p); err != nil {
		t.Fatal(err)
	}
	if a := await(t, next(client)); string(a.b) != "well" || a.err != nil {
		t.Errorf("read %q, %v", a.b, a.err)
	}
}
