package link

import (
	"errors"
	"net"

	"udpchat/wire"
)

// Inlet moves datagrams from a Conn to the loop that owns a party's state: one goroutine reads, a bounded channel holds, and
// what comes when it is full is dropped and counted, as a full socket buffer would do it.
type Inlet struct {
	C chan Datagram

	conn  Conn
	drops uint64
}

// Datagram is what came and from where. The bytes belong to the receiver.
type Datagram struct {
	Path Path
	Data []byte
}

const (
	inletRoom = 8192 // datagrams that may wait
	// slabSize is what is allocated at once for arriving datagrams: the loop may keep any of them.
	slabSize = 16 * MaxRead
	// MaxRead is the room that each one is read into, in bytes.
	MaxRead = 2 * wire.MaxDatagram
)

// NewInlet makes an inlet for a Conn.
func NewInlet(conn Conn) *Inlet { return &Inlet{C: make(chan Datagram, inletRoom), conn: conn} }

// Run reads until the Conn is closed, and ends at nothing else.
func (i *Inlet) Run() {
	var slab []byte
	for {
		if len(slab) < MaxRead {
			slab = make([]byte, slabSize)
		}
		n, path, err := i.conn.Read(slab[:MaxRead])
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		select {
		case i.C <- Datagram{path, slab[:n:n]}:
			slab = slab[n:]
		default:
			i.drops++
		}
	}
}
