//go:build !linux

package link

import "net"

func socketBuffers(*net.UDPConn) (recv, send int) { return 0, 0 }
