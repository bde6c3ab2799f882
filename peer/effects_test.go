package peer

import (
	"bytes"
	"net/netip"
	"reflect"
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/seal"
)

// sent is a message that the core sent.
type sent struct {
	at   time.Duration // since the start
	to   wire.Key
	via  netip.AddrPort
	msg  wire.Message // a deposit: opened, or verified
	idle bool         // nobody waits for it
	raw  []byte       // as it was sent

	sealed []byte     // of a deposited mail, the body as the server has it,
	prekey uint32     // and what it is sealed to
	post   *seal.Post // what was signed
}

// collect takes the core's effects. Look-ups of friends are answered, unless the test has other plans.
func (b *bench) collect() {
	b.t.Helper()
	for asked := true; asked; {
		fx := b.core.Take()
		b.commits = append(b.commits, fx.Commits...)
		for _, n := range fx.Notices {
			if b.all = append(b.all, n); !isAccepted(n) {
				b.told = append(b.told, unlined(n))
			}
		}
		b.trusts = append(b.trusts, fx.Trusts...)
		var answers []wire.Message
		for _, s := range fx.Sends {
			switch m := s.Msg.(type) {
			case *wire.Lookup:
				if !b.mute {
					answers = append(answers, b.found(m.Key))
					continue
				}
			case *wire.Find:
				if !b.mute {
					answers = append(answers, &wire.Named{Name: m.Name, Rows: b.unlisted[m.Name]})
					continue
				}
			}
			b.sent = append(b.sent, b.read(s))
		}
		for _, m := range answers {
			b.core.Handle(b.now, link.Path{Remote: server.addr}, wire.ServerKey, decode(b.t, encode(b.t, m)))
		}
		asked = len(answers) > 0
	}
}

// want takes the next message that was sent, which must be this one. The nonce of a ping is not compared.
func (b *bench) want(why string, to *friend, m wire.Message) {
	b.t.Helper()
	if _, ok := m.(*wire.Seen); ok && len(b.sent) == 0 {
		b.advance(seenDelay) // it waits for more
	}
	if len(b.sent) == 0 {
		b.t.Fatalf("%s: nothing was sent, wanted %v %+v", why, m.Kind(), m)
	}
	s := b.sent[0]
	b.sent = b.sent[1:]
	if p, ok := s.msg.(*wire.Ping); ok {
		p.Nonce = 0
	}
	if s.to != to.key || s.via != to.addr || !bytes.Equal(encode(b.t, s.msg), encode(b.t, m)) {
		b.t.Fatalf("%s: after %v to %v at %v\n  %v %+v, wanted to %s\n  %v %+v", why, s.at, s.to, s.via, s.msg.Kind(), s.msg, to.name, m.Kind(), m)
	}
}

// wantIdle: nothing was sent but what the test has looked at.
func (b *bench) wantIdle(why string) {
	b.t.Helper()
	if len(b.sent) > 0 {
		s := b.sent[0]
		b.t.Fatalf("%s: after %v to %v: %v %+v (and %d more)", why, s.at, s.to, s.msg.Kind(), s.msg, len(b.sent)-1)
	}
}

// wantTold: the user was told this, and nothing else that the test has not looked at.
func (b *bench) wantTold(why string, notices ...Notice) {
	b.t.Helper()
	if len(notices) != len(b.told) || len(notices) > 0 && !reflect.DeepEqual(notices, b.told) {
		b.t.Fatalf("%s: told\n  %T %+v, wanted\n  %T %+v", why, b.told, b.told, notices, notices)
	}
	b.told = nil
}

func isAccepted(n Notice) bool { _, ok := n.(Accepted); return ok }

// unlined takes the line that a notice names out of it: what most tests are about is told the same of every line.
func unlined(n Notice) Notice {
	v := reflect.New(reflect.TypeOf(n)).Elem()
	v.Set(reflect.ValueOf(n))
	if line := v.FieldByName("Line"); line.IsValid() && v.Type() != reflect.TypeFor[Arrived]() {
		line.SetZero()
	}
	return v.Interface().(Notice)
}

// drop forgets what was sent, and gives it.
func (b *bench) drop() []sent {
	list := b.sent
	b.sent = nil
	return list
}
