package link

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"udpchat/wire"
)

// Read rests this long after an error that it cannot explain, doubling from the first to the second.
const (
	restFirst = time.Millisecond
	restLast  = 100 * time.Millisecond
)

// Socket is a UDP socket: IPv4, IPv6 or both. It answers from the address that was asked where the system can tell which
// that was (not on Windows). Addresses are unmapped on their way in, once and here, so that ::ffff:127.0.0.1 is never seen
// outside; on the way out the net package maps them back for a socket of both families.
type Socket struct {
	conn  *net.UDPConn
	local netip.AddrPort
	info  packetInfo
	runs  runInfo

	closing sync.Once
	closed  chan struct{}

	oversize   atomic.Uint64
	readErrors atomic.Uint64
}

// Counts are what a Socket met and did not bother its reader with.
type Counts struct {
	Oversize   uint64 // datagrams above wire.MaxDatagram, skipped
	ReadErrors uint64 // errors of the system, such as an ICMP message about a peer that is not there
}

func newSocket(conn *net.UDPConn) *Socket {
	// The system may give less than it is asked for, and that is no reason to stop: see Buffers.
	_ = conn.SetReadBuffer(bufferSize)
	_ = conn.SetWriteBuffer(bufferSize)
	bound := unmap(conn.LocalAddr().(*net.UDPAddr).AddrPort())
	s := &Socket{conn: conn, local: bound, closed: make(chan struct{})}
	s.info.enable(conn, bound.Addr())
	return s
}

// Read is Conn's. A datagram above wire.MaxDatagram is skipped and counted. An error of the system never ends it: one that
// speaks of a peer is passed over, after any other Read rests for 1 to 100 ms.
func (s *Socket) Read(b []byte) (int, Path, error) {
	rest := restFirst
	for {
		n, oobn, flags, from, err := s.conn.ReadMsgUDPAddrPort(b, s.info.in)
		switch {
		case err == nil && flags&msgTrunc == 0 && n <= wire.MaxDatagram:
			remote := unmap(from)
			return n, Path{Remote: remote, Local: s.info.asked(s.info.in[:oobn], remote.Addr())}, nil
		case err == nil || tooBig(err):
			s.oversize.Add(1)
		case errors.Is(err, net.ErrClosed):
			return 0, Path{}, err
		default:
			rest = s.failed(err, rest)
		}
	}
}

// failed counts an error of the system, rests unless it speaks of a peer, and tells how long to rest after the next one.
func (s *Socket) failed(err error, rest time.Duration) time.Duration {
	s.readErrors.Add(1)
	if aboutPeer(err) {
		return rest
	}
	s.pause(rest)
	return min(2*rest, restLast)
}

// pause waits, but not beyond Close.
func (s *Socket) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.closed:
	}
}

// Write is Conn's. When the machine no longer has the address that the remote asked, the system chooses another.
func (s *Socket) Write(b []byte, p Path) error {
	oob := s.info.source(p.Local)
	_, _, err := s.conn.WriteMsgUDPAddrPort(b, oob, p.Remote)
	if len(oob) > 0 && sourceGone(err) {
		_, _, err = s.conn.WriteMsgUDPAddrPort(b, nil, p.Remote)
	}
	return err
}

// LocalAddr is Conn's: 0.0.0.0 or :: when the socket hears all addresses.
func (s *Socket) LocalAddr() netip.AddrPort { return s.local }

// Close is Conn's.
func (s *Socket) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		err = s.conn.Close()
	})
	return err
}

// Counts may be called from any goroutine.
func (s *Socket) Counts() Counts {
	return Counts{Oversize: s.oversize.Load(), ReadErrors: s.readErrors.Load()}
}

// Buffers says how many bytes of the 4 MiB that were asked for in each direction the system gave, in the unit in which one
// asks (Linux keeps as much again for itself); 0 where it does not say. Less means that net.core.rmem_max or wmem_max
// is lower.
func (s *Socket) Buffers() (recv, send int) { return socketBuffers(s.conn) }

func unmap(ap netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
