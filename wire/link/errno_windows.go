package link

import (
	"errors"
	"syscall"
)

const msgTrunc = 0x100 // MSG_TRUNC of winsock2.h

// The numbers are Winsock's; package syscall names only a few of them, and its EADDRINUSE and so on are other numbers.
const (
	wsaEACCES        = syscall.Errno(10013)
	wsaEMSGSIZE      = syscall.Errno(10040)
	wsaEAFNOSUPPORT  = syscall.Errno(10047)
	wsaEADDRINUSE    = syscall.Errno(10048)
	wsaEADDRNOTAVAIL = syscall.Errno(10049)
	wsaENETUNREACH   = syscall.Errno(10051)
	wsaENETRESET     = syscall.Errno(10052)
	wsaECONNRESET    = syscall.Errno(10054)
	wsaECONNREFUSED  = syscall.Errno(10061)
	wsaEHOSTUNREACH  = syscall.Errno(10065)
)

func portInUse(err error) bool      { return errors.Is(err, wsaEADDRINUSE) }
func addressForeign(err error) bool { return errors.Is(err, wsaEADDRNOTAVAIL) }
func portForbidden(err error) bool  { return errors.Is(err, wsaEACCES) }
func familyMissing(err error) bool  { return errors.Is(err, wsaEAFNOSUPPORT) }

// tooBig is how Windows tells that a datagram was longer than the buffer.
func tooBig(err error) bool { return errors.Is(err, wsaEMSGSIZE) }

// aboutPeer is true for what an ICMP message about an earlier datagram leaves behind. Each one is told once.
func aboutPeer(err error) bool {
	return errors.Is(err, wsaECONNRESET) || errors.Is(err, wsaENETRESET) || errors.Is(err, wsaECONNREFUSED) ||
		errors.Is(err, wsaENETUNREACH) || errors.Is(err, wsaEHOSTUNREACH)
}

// sourceGone never happens: no source is told on Windows.
func sourceGone(error) bool { return false }
