package link

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"udpchat/wire"
)

// runInfo is what a Socket knows of Linux's runs: generic segmentation offload for what is sent, generic receive offload for what
// comes (udp(7), UDP_SEGMENT and UDP_GRO).
type runInfo struct {
	in   bool   // the reader takes runs
	room []byte // for what the system tells with one; the reader's, made at its first read
	spin spin

	noOut atomic.Bool // the system does not cut what is sent
}

// sizeSpace is the room of a control message that holds a size.
var sizeSpace = unix.CmsgSpace(4)

// enable has the system gather what comes. A socket that is read by Read never gets a run.
func (r *runInfo) enable(conn *net.UDPConn) {
	r.room = make([]byte, 128+sizeSpace)
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	r.spin.enable(raw)
	_ = raw.Control(func(fd uintptr) { // closed: the read says so
		r.in = unix.SetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_GRO, 1) == nil
	})
}

// ReadRun is Runs'. It does what Read does.
func (s *Socket) ReadRun(b []byte) (n, size int, p Path, err error) {
	if s.runs.room == nil {
		s.runs.enable(s.conn)
	}
	rest := restFirst
	for {
		n, oobn, flags, from, err := s.readMsg(b)
		size, info := n, s.runs.room[:oobn]
		if err == nil && s.runs.in {
			size, info = runSize(n, info)
		}
		switch {
		case err == nil && flags&msgTrunc == 0 && size <= wire.MaxDatagram:
			remote := unmap(from)
			return n, size, Path{Remote: remote, Local: s.info.asked(info, remote.Addr())}, nil
		case err == nil:
			s.oversize.Add(uint64(max(1, (n+size-1)/max(size, 1))))
		case errors.Is(err, net.ErrClosed):
			return 0, 0, Path{}, err
		default:
			rest = s.failed(err, rest)
		}
	}
}

// readMsg waits for what comes next.
func (s *Socket) readMsg(b []byte) (n, oobn, flags int, from netip.AddrPort, err error) {
	s.runs.spin.wait()
	n, oobn, flags, from, err = s.conn.ReadMsgUDPAddrPort(b, s.runs.room)
	s.runs.spin.came()
	return n, oobn, flags, from, err
}

// runSize takes the size of the datagrams in a run of n bytes from what the system tells with it, and gives the rest of that.
func runSize(n int, info []byte) (size int, rest []byte) {
	for at := 0; at < len(info); {
		h, data, after, err := unix.ParseOneSocketControlMessage(info[at:])
		if err != nil {
			break
		}
		end := len(info) - len(after)
		if h.Level == unix.SOL_UDP && h.Type == unix.UDP_GRO && len(data) >= 4 {
			size = int(*(*int32)(unsafe.Pointer(&data[0]))) // in the machine's own order
			return min(max(size, 1), n), append(info[:at], info[end:]...)
		}
		at = end
	}
	return n, info
}

// WriteRun is Runs'. What the system does not take in one piece goes as single datagrams.
func (s *Socket) WriteRun(b []byte, size int, p Path) error {
	if len(b) <= size {
		return s.Write(b, p)
	}
	if s.runs.noOut.Load() {
		return single{s}.WriteRun(b, size, p)
	}
	source := s.info.source(p.Local)
	inOne := s.writeRun(b, size, p.Remote, source)
	if len(source) > 0 && sourceGone(inOne) {
		inOne = s.writeRun(b, size, p.Remote, nil)
	}
	if inOne == nil || errors.Is(inOne, net.ErrClosed) {
		return inOne
	}
	err := single{s}.WriteRun(b, size, p)
	if err == nil && (errors.Is(inOne, unix.EIO) || errors.Is(inOne, unix.EINVAL)) {
		s.runs.noOut.Store(true) // the way, or the kernel, can't cut a run (udp(7)); what fails singly too is about this remote, or about now
	}
	return err
}

func (s *Socket) writeRun(b []byte, size int, to netip.AddrPort, source []byte) error {
	var room [160]byte
	_, _, err := s.conn.WriteMsgUDPAddrPort(b, appendSize(append(room[:0], source...), size), to)
	return err
}

// appendSize appends the control message that names the size of a run's datagrams.
func appendSize(oob []byte, size int) []byte {
	at := len(oob)
	oob = oob[:at+unix.CmsgSpace(2)]
	clear(oob[at:])
	h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[at]))
	h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
	h.SetLen(unix.CmsgLen(2))
	*(*uint16)(unsafe.Pointer(&oob[at+unix.CmsgLen(0)])) = uint16(size)
	return oob
}
