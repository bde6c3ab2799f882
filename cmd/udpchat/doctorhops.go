package main

import (
	"context"
	"fmt"
	"time"

	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire/link"
	"udpchat/wire/words"
)

func (d *checkup) buffers(context.Context) bool {
	socket, err := link.Listen("", 0)
	if err != nil {
		d.bad(exitFailed, "buffers", oneLine(err), "this machine gives no UDP port: look for limits of this user, or of its container")
		return false
	}
	receive, _ := socket.Buffers()
	if err := socket.Close(); err != nil {
		d.say("warn", "buffers", "%s", oneLine(err))
		return true
	}
	switch {
	case receive == 0:
		d.say("skip", "buffers", "this system does not tell")
	case receive < 1<<20:
		d.say("ok", "buffers", "%d KiB to receive with: enough for a client; a server with many wants 4096 (sysctl -w net.core.rmem_max=4194304)", receive>>10)
	default:
		d.say("ok", "buffers", "%d KiB to receive with", receive>>10)
	}
	return true
}

func (d *checkup) resolve(ctx context.Context) bool {
	server, err := link.Resolve(ctx, d.settings.host, d.settings.port)
	switch {
	case err != nil:
		d.bad(exitUsage, "resolve", oneLine(err), "look at the spelling, ask your name server, or give the address itself with -i")
		return false
	case server.Addr().IsUnspecified():
		d.bad(exitUsage, "resolve", fmt.Sprintf("%v is no machine's address", server.Addr()), "give the server's with -i, or 127.0.0.1 for this machine")
		return false
	}
	d.server = server
	d.say("ok", "resolve", "%s is %v", d.settings.host, server)
	return true
}

func (d *checkup) route(context.Context) bool {
	from := link.LocalFor(d.server)
	if !from.IsValid() {
		d.bad(exitSilent, "route", fmt.Sprintf("this machine knows no way to %v", d.server.Addr()), "connect it to that network, or to a gateway")
		return false
	}
	d.say("ok", "route", "from %v", from)
	return true
}

// reach asks the server who it is.
func (d *checkup) reach(ctx context.Context) bool {
	patience := time.Duration(1+d.settings.retries) * d.settings.ackTimeout
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	socket, err := link.Listen("", 0)
	if err != nil {
		d.bad(exitFailed, "server", oneLine(err), "this machine gives no UDP port")
		return false
	}
	begun := time.Now()
	key, card, err := link.AskKey(asking, socket, link.Path{Remote: d.server})
	if err == nil {
		d.said = identity{key, card.Static}
		d.say("ok", "server", "answers at %v after %s", d.server, wording.About(time.Since(begun)))
		return true
	}
	if refused, why := link.Refused(ctx, d.server); refused {
		d.bad(exitSilent, "server", fmt.Sprintf("no datagram gets to %v (%s)", d.server, oneLine(why)),
			fmt.Sprintf("the machine is there, or one before it, and nothing listens: start the server, or give its port with -p (it is %d here)", d.server.Port()))
		return false
	}
	d.bad(exitSilent, "server", fmt.Sprintf("nobody answers at %v for %s", d.server, wording.About(patience)),
		fmt.Sprintf("see that the server runs there (it logs listening), and that every firewall on the way lets UDP port %d in", d.server.Port()))
	return false
}

// key compares who the server says it is with who it should be.
func (d *checkup) key(context.Context) bool {
	fingerprint := words.Fingerprint(d.said.key)
	pins := d.besides()
	_, pinned := d.rule.pinned(pins)
	_, err := d.rule.said(pins, d.said)
	switch {
	case err != nil:
		d.bad(exitIdentity, "key", oneLine(err), "do not send anything before you know why")
		return false
	case d.rule.given != nil:
		d.say("ok", "key", "%s, as given", fingerprint)
	case pinned:
		d.say("ok", "key", "%s, as before", fingerprint)
	default:
		d.say("warn", "key", "%s, compared with nothing; remedy: ask those who run the server for its words, or for an invite", fingerprint)
	}
	return true
}

// session makes one with the server, as a stranger, and measures the way.
func (d *checkup) session(ctx context.Context) bool {
	socket, err := link.Listen("", 0)
	var x peer.Examination
	if err == nil {
		x, err = peer.Examine(ctx, socket, link.Path{Remote: d.server}, d.said.key, d.said.static, pings)
	}
	d.examined = x
	switch {
	case err != nil:
		d.bad(exitFailed, "session", oneLine(err), "this machine's socket failed")
	case x.Busy:
		d.bad(exitSilent, "session", "the server is there, and lets nobody else in for now", "too many come at once, to it or from this network: try again in a minute")
	case x.Answered == 0:
		d.bad(exitSilent, "session", "the server says who it is, and answers nothing that is encrypted", "it may be full, or a middlebox may let only the first datagrams pass: try again, and from another network")
	case x.Answered < x.Sent:
		d.say("warn", "session", "%d of %d pings were lost, round trip %s; remedy: it works, more slowly; look at the radio link or the cable", x.Sent-x.Answered, x.Sent, wording.About(x.Median()))
		return true
	default:
		d.say("ok", "session", "round trip %s, %d of %d pings answered", wording.About(x.Median()), x.Answered, x.Sent)
		return true
	}
	return false
}

// wrongClock is from when on a clock is called wrong: times are shown to people, who reckon in minutes.
const wrongClock = time.Minute

// clock compares this machine's clock with the server's.
func (d *checkup) clock(context.Context) bool {
	ahead := d.examined.Ahead
	way := "ahead of"
	if ahead < 0 {
		way = "behind"
	}
	switch {
	case !d.examined.Clock:
		d.say("skip", "clock", "the server does not tell the time: its program is older")
	case ahead.Abs() < time.Second:
		d.say("ok", "clock", "the same as the server's, within a second")
	case ahead.Abs() < wrongClock:
		d.say("ok", "clock", "%s %s the server's", wording.About(ahead.Abs()), way)
	default:
		d.say("warn", "clock", "%s %s the server's: others see wrong times with what you write; remedy: set the one that is wrong, by NTP for good; nothing else depends on it", wording.About(ahead.Abs()), way)
	}
	return true
}
