package trace

import (
	"fmt"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// round notes a question, or says how long an answer took.
func (t *Tracer) round(now time.Time, d link.Traced, m wire.Message) string {
	q, asks, ok := about(d, m)
	switch {
	case !ok || asks != d.Sent || d.Err != nil:
		return ""
	case asks:
		t.ask(now, d, q)
		return ""
	}
	return t.answered(now, d, q)
}

// about is the question that a message asks, or answers.
func about(d link.Traced, m wire.Message) (q question, asks, ok bool) {
	switch m := m.(type) {
	case *wire.Direct:
		return question{kind: wire.KindText, who: d.Who, n: m.Text.Seq, try: m.Try}, true, true
	case *wire.Ack:
		return question{kind: wire.KindText, who: d.Who, n: m.Seq, try: m.Try}, false, true
	case *wire.Deposit:
		return question{kind: wire.KindDeposit, who: m.To, n: m.Text.Seq, try: m.Try}, true, true
	case *wire.Stored:
		return question{kind: wire.KindDeposit, who: m.To, n: m.Seq, try: m.Try}, false, true
	case *wire.Register:
		return question{kind: wire.KindRegister, n: uint64(m.Request)}, true, true
	case *wire.Registered:
		return question{kind: wire.KindRegister, n: uint64(m.Request)}, false, true
	case *wire.Deregister:
		return question{kind: wire.KindDeregister, n: uint64(m.Request)}, true, true
	case *wire.Deregistered:
		return question{kind: wire.KindDeregister, n: uint64(m.Request)}, false, true
	case *wire.Ping:
		return question{kind: wire.KindPing, n: uint64(m.Nonce)}, true, true
	case *wire.Pong:
		return question{kind: wire.KindPing, n: uint64(m.Nonce)}, false, true
	case *wire.Lookup:
		return question{kind: wire.KindLookup, who: m.Key}, true, true
	case *wire.Found:
		return question{kind: wire.KindLookup, who: m.Key}, false, true
	}
	return question{}, false, false
}

// ask notes when a question was asked. One that is asked again with nothing to tell the tries apart has no round trip (Karn).
func (t *Tracer) ask(now time.Time, d link.Traced, q question) {
	if !d.Sent || d.Err != nil {
		return
	}
	if len(t.waiting) == maxWaiting {
		clear(t.waiting)
	}
	if _, again := t.waiting[q]; again {
		now = time.Time{}
	}
	t.waiting[q] = now
}

func (t *Tracer) answered(now time.Time, d link.Traced, q question) string {
	since, ok := t.waiting[q]
	if d.Sent || d.Err != nil || !ok {
		return ""
	}
	delete(t.waiting, q)
	if since.IsZero() {
		return ", asked more than once"
	}
	return fmt.Sprintf(", round trip %.1f ms", float64(now.Sub(since))/float64(time.Millisecond))
}
