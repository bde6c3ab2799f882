package link

import (
	"net"
	"syscall"
)

// socketBuffers halves what Linux says: it keeps, and reports, as much again for its own accounts (socket(7)).
func socketBuffers(conn *net.UDPConn) (recv, send int) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0
	}
	_ = raw.Control(func(fd uintptr) {
		if n, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF); err == nil {
			recv = n / 2
		}
		if n, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF); err == nil {
			send = n / 2
		}
	})
	return recv, send
}
