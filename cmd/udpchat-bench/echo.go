package main

import (
	"errors"
	"fmt"
	"io"
	"net"
)

// echo is the other end of a socket, until its standard input ends.
func echo(stdin io.Reader, stdout io.Writer) error {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, conn.LocalAddr())
	ended := make(chan error, 1)
	go func() { // it ends with the socket
		b := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err == nil {
				_, err = conn.WriteToUDPAddrPort(b[:n], from)
			}
			if err != nil {
				ended <- err
				return
			}
		}
	}()
	_, err = io.Copy(io.Discard, stdin)
	err = errors.Join(err, conn.Close())
	if failed := <-ended; !errors.Is(failed, net.ErrClosed) {
		err = errors.Join(err, failed)
	}
	return err
}
