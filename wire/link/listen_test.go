package link

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestListenSaysWhatIsWrong(t *testing.T) {
	taken := int(open(t, "127.0.0.1").LocalAddr().Port())
	for _, c := range []struct {
		name string
		host string
		port int
		want string
	}{
		{"port in use", "127.0.0.1", taken, fmt.Sprintf("port %d is in use on this machine: end the program that has it, or take another port", taken)},
		{"port in use at one address of all", "0.0.0.0", taken, fmt.Sprintf("port %d is in use on this machine: end the program that has it, or take another port", taken)},
		{"foreign address", "192.0.2.1", 0, "address 192.0.2.1 is not one of this machine's: take one that is, or none, which is all of them"},
		{"a name", "localhost", 0, `"localhost" is not an IP address`},
		{"half an address", "10.1.2", 0, `"10.1.2" is not an IP address`},
		{"port too high", "", 65536, "port 65536 is not between 0 and 65535"},
		{"port below zero", "", -1, "port -1 is not between 0 and 65535"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.host == "0.0.0.0" && runtime.GOOS != "linux" {
				t.Skip("some systems let the two share a port")
			}
			s, err := Listen(c.host, c.port)
			if err == nil {
				_ = s.Close()
				t.Fatal("it listens")
			}
			if err.Error() != c.want {
				t.Errorf("error %q, want %q", err, c.want)
			}
		})
	}
	if _, err := Listen("127.0.0.1", taken); runtime.GOOS != "windows" && !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v does not wrap its cause", err)
	}
	if _, err := Listen("2001:db8::1", 0); err == nil || !strings.HasPrefix(err.Error(), "address 2001:db8::1 is ") {
		t.Errorf("foreign IPv6 address: %v", err)
	}
}

func TestListenTakesMappedAndBracketedAddresses(t *testing.T) {
	if have := open(t, "::ffff:127.0.0.1").LocalAddr().Addr().String(); have != "127.0.0.1" {
		t.Errorf("listens at %s", have)
	}
	if have := open(t, "[::1]").LocalAddr().Addr().String(); have != "::1" {
		t.Errorf("listens at %s", have)
	}
}
