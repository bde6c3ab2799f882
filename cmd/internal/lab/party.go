package lab

import (
	"net/netip"
	"time"

	"udpchat/peer"
	"udpchat/server"
	"udpchat/store/memory"
	"udpchat/wire"
	"udpchat/wire/link"
)

// party is a program on the network: the server or a client.
type party struct {
	w         *world
	index     int
	name      string
	key       wire.Key
	addr      netip.AddrPort
	sessions  *link.Sessions
	core      link.Core
	dec       wire.Decoder
	wake      time.Duration // when Tick is called next, at the latest; 0: never
	unplugged bool
	writing   int // the arrow that is being sent, -1: none that is drawn

	guest   *peer.Core // of a client
	profile *memory.Profile
	server  wire.Key
	sees    int // clients that its table has as there
	gone    bool

	host  *server.Core // of the server
	store *memory.Server
}

// step is one turn of the program's loop.
func (p *party) step(f func(now time.Time)) {
	now := p.w.now()
	f(now)
	p.sessions.Tick(now)
	p.core.Tick(now)
	for _, s := range p.carryOut() {
		to := s.To
		if to == wire.ServerKey {
			to = p.server
		}
		_ = p.sessions.Add(now, s.Path, to, s.Msg) // who has no session yet asks again
	}
	_, _ = p.sessions.Flush(p.write)
	p.arm()
}

// carryOut does what the core wants done, and gives what it wants sent.
func (p *party) carryOut() []link.Send {
	if p.host != nil {
		return p.carryOutHost()
	}
	fx := p.guest.Take()
	for _, c := range fx.Commits {
		p.w.after(disk, func() {
			p.profile.Apply(c.Change)
			p.step(c.Done)
		})
	}
	for _, t := range fx.Trusts {
		p.sessions.Trust(t.Key, t.Static)
	}
	for _, n := range fx.Notices {
		p.w.ledger.noticed(p, n)
	}
	return fx.Sends
}

func (p *party) carryOutHost() []link.Send {
	fx := p.host.Take()
	for _, c := range fx.Commits {
		p.w.after(disk, func() {
			r := p.store.Apply(c.Change)
			p.step(func(now time.Time) { c.Done(now, r) })
		})
	}
	for _, r := range fx.Reads {
		p.w.after(0, func() {
			must(r.Do(p.store))
			p.step(r.Done)
		})
	}
	for _, t := range fx.Trusts {
		p.sessions.TrustClient(t.Key, t.Static)
	}
	return fx.Sends
}

// arm sets the alarm.
func (p *party) arm() {
	next, ok := p.core.Next()
	if t, has := p.sessions.Next(); has && (!ok || t.Before(next)) {
		next, ok = t, true
	}
	if !ok {
		p.wake = 0
		return
	}
	at := max(next.Sub(dawn), p.w.at+time.Microsecond)
	if p.wake != 0 && p.wake <= at {
		return // the earlier alarm sets the next one
	}
	p.wake = at
	p.w.after(at-p.w.at, func() {
		if p.wake == at {
			p.wake = 0
			p.step(func(time.Time) {})
		}
	})
}

// receive reads one datagram; the error is why it was dropped.
func (p *party) receive(from netip.AddrPort, b []byte) (err error) {
	p.step(func(now time.Time) {
		var who wire.Key
		var path link.Path
		var body []byte
		who, path, body, err = p.sessions.Open(now, link.Path{Remote: from, Local: p.addr.Addr()}, b)
		if err != nil || len(body) == 0 {
			return
		}
		if p.host == nil && who == p.server {
			who = wire.ServerKey
		}
		err = p.dec.Decode(body, func(m wire.Message) error {
			for _, one := range singly(m) {
				p.w.ledger.came(p, who, one)
			}
			p.core.Handle(now, path, who, m)
			return nil
		})
	})
	return err
}
