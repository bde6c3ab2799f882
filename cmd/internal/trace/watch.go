package trace

import (
	"udpchat/wire"
	"udpchat/wire/link"
)

// Watch gives a socket that tells the tracer what it carries, for who has no sessions to be told by (link.AskKey).
func (t *Tracer) Watch(c link.Conn) link.Conn { return &watched{c, t} }

type watched struct {
	link.Conn
	tracer *Tracer
}

func (w *watched) Read(b []byte) (int, link.Path, error) {
	n, p, err := w.Conn.Read(b)
	if err == nil {
		w.tracer.Datagram(raw(b[:n], p, false, nil))
	}
	return n, p, err
}

func (w *watched) Write(b []byte, p link.Path) error {
	w.tracer.Datagram(raw(b, p, true, nil)) // before: another goroutine reads, and may have the answer first
	err := w.Conn.Write(b, p)
	if err != nil {
		w.tracer.Datagram(raw(b, p, true, err))
	}
	return err
}

func raw(b []byte, p link.Path, sent bool, err error) link.Traced {
	d := link.Traced{Sent: sent, Path: p, Size: len(b), Err: err}
	if h, _, bad := wire.ParseDatagram(b); bad == nil {
		d.Type = h.Type
	}
	return d
}
