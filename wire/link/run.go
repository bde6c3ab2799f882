package link

// A run is datagrams of one path, one behind the other, each of the same size but the last, which may be smaller. Linux moves a run
// through its network in one piece: 50 datagrams cost what one costs (measured: 6.6 and 6.4 µs).
const (
	maxRun      = 64    // datagrams: older kernels take no more (UDP_MAX_SEGMENTS)
	maxRunBytes = 65000 // below what an IP packet holds
)

// Runs is what a Conn has besides where the system can move runs. Everywhere else the loop takes one datagram at a time.
type Runs interface {
	// ReadRun is Conn.Read for a run: n bytes in datagrams of size. b has room for MaxRunRead.
	ReadRun(b []byte) (n, size int, p Path, err error)
	// WriteRun is Conn.Write for a run.
	WriteRun(b []byte, size int, p Path) error
}

// MaxRunRead is the room that ReadRun needs, in bytes.
const MaxRunRead = 1 << 16

// single is Runs for a Conn that has none: runs of one datagram.
type single struct{ Conn }

func (s single) ReadRun(b []byte) (n, size int, p Path, err error) {
	n, p, err = s.Read(b)
	return n, n, p, err
}

// WriteRun goes on after an error, and reports the first.
func (s single) WriteRun(b []byte, size int, p Path) (err error) {
	for len(b) > 0 {
		n := min(size, len(b))
		if werr := s.Write(b[:n], p); err == nil {
			err = werr
		}
		b = b[n:]
	}
	return err
}

// runs gives a Conn's own Runs, or single, and the room that a read needs.
func runs(c Conn) (Runs, int) {
	if r, ok := c.(Runs); ok {
		return r, MaxRunRead
	}
	return single{c}, MaxRead
}

// outlet gathers datagrams that are written one after the other into runs. The zero value but for to is ready.
type outlet struct {
	to   Runs
	path Path
	size int // of the first datagram in run
	run  []byte
	n    int // datagrams in run
	last int // size of the last one
	err  error
}

// write is for Sessions.Flush. An error comes with flush.
func (o *outlet) write(b []byte, p Path) error {
	if o.n > 0 && (p != o.path || o.last != o.size || len(b) > o.size || o.n == maxRun || len(o.run)+len(b) > maxRunBytes) {
		o.send()
	}
	if o.n == 0 {
		o.path, o.size = p, len(b)
	}
	o.run, o.last = append(o.run, b...), len(b)
	o.n++
	return nil
}

func (o *outlet) send() {
	if err := o.to.WriteRun(o.run, o.size, o.path); o.err == nil {
		o.err = err
	}
	o.run, o.n = o.run[:0], 0
}

// flush writes what is left, and tells the first error since the last flush.
func (o *outlet) flush() error {
	if o.n > 0 {
		o.send()
	}
	err := o.err
	o.err = nil
	return err
}

// eachOf calls f with the datagrams of a run.
func eachOf(run []byte, size int, f func(datagram []byte)) {
	for len(run) > 0 {
		n := min(size, len(run))
		f(run[:n:n])
		run = run[n:]
	}
}
