package wording

import (
	"fmt"
	"strings"
	"time"

	"udpchat/cmd/internal/plain"
	"udpchat/peer"
	"udpchat/wire"
)

// Tags are what one has to know of a message before one reads it; each is followed by a space.
func Tags(a peer.Arrived) string {
	var b strings.Builder
	if a.Late {
		b.WriteString("(late) ")
	}
	if a.Clear {
		b.WriteString("(not sealed) ")
	}
	if a.Doubt {
		b.WriteString("(another key) ")
	}
	return b.String()
}

// Crowd tells of those whom a table does not list, since they are too many.
func Crowd(t peer.Table) string {
	return fmt.Sprintf("%d clients, %d online: only those you have to do with are listed, and any name can be written to.", t.Clients, t.Present)
}

// PostsGone tells that the server's log was cut before this client had all of it.
const PostsGone = "Older posts are gone from the server: what you had not received of them does not come any more."

// DiskFull tells that what is received finds no room on this client's disk.
const DiskFull = "Your disk is full: messages to you wait until there is room."

// Distrust is what is wrong with something that the server passed on.
func Distrust(n peer.Distrust) string {
	from, what := plain.Name(n.From), "message"
	if n.Post {
		what = "post"
	}
	switch n.Why {
	case peer.Forged:
		return fmt.Sprintf("a %s in the name of %s was altered, or is not from %s: it is not shown", what, from, from)
	case peer.ForgedKey:
		return fmt.Sprintf("the key that was given for %s is not theirs: nothing is sent with it", from)
	case peer.Missing:
		return fmt.Sprintf("%ss of %s are missing here", what, from)
	case peer.Forked:
		return fmt.Sprintf("a %s of %s names others before it than those that were shown here", what, from)
	}
	return fmt.Sprintf("something is wrong with a %s in the name of %s", what, from)
}

// Refusal is why the server does not take what is for someone; "" is the channel.
func Refusal(to string, why wire.Verdict) string {
	switch why {
	case wire.FullMailbox:
		return "mailbox is full"
	case wire.FullPair:
		if to == "" {
			return "the server takes no more posts of yours today"
		}
		return "your share of the mailbox is full"
	case wire.NoClient:
		return "the server does not know the recipient now"
	case wire.TooLong:
		return "too long for the server"
	case wire.FullDisk:
		return "the server's disk is full"
	case wire.Unreadable:
		return "the recipient can't take it as it is"
	}
	return "the server does not take it"
}

// Delay is what the server has, that a registration is not answered yet.
func Delay(why peer.Delay) string {
	if why == peer.NoRoom {
		return "no room for a new name now"
	}
	return "too much to do now"
}

// About is a duration as people say it, in its largest unit, rounded down.
func About(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// Way is how a text to someone would go now, and why.
func Way(t peer.TalkStatus) string {
	switch t.Way {
	case peer.WayDirect:
		if t.RoundTrip == 0 {
			return "direct"
		}
		return "direct, round trip " + About(t.RoundTrip)
	case peer.WayChannel:
		return "by the server"
	case peer.WaySelf:
		return "by the mailbox, since that is you"
	case peer.WayAway:
		return "by the mailbox, since offline"
	case peer.WayBehind:
		return "by the mailbox, behind a message that was not answered directly"
	case peer.WayResting:
		return fmt.Sprintf("by the mailbox, since several messages were not answered directly; direct again in %s", About(t.Until.Round(time.Second)))
	case peer.WayKeyless:
		return "not yet: no keys are known, from the next registration on they are"
	case peer.WayBlocked:
		return "blocked, since the key is another one; verify NAME and trust NAME"
	case peer.WayNowhere:
		return "by the mailbox, since no address is known here"
	}
	return "none, since you are offline"
}

// ShortWay is Way where there is room for a few words only.
func ShortWay(t peer.TalkStatus) string {
	switch t.Way {
	case peer.WayDirect:
		if t.RoundTrip == 0 {
			return "direct"
		}
		return "direct " + About(t.RoundTrip)
	case peer.WayChannel:
		return "by the server"
	case peer.WaySelf, peer.WayAway, peer.WayBehind, peer.WayResting, peer.WayNowhere:
		return "by the mailbox"
	case peer.WayKeyless:
		return "no keys yet"
	case peer.WayBlocked:
		return "blocked"
	}
	return "not sent"
}
