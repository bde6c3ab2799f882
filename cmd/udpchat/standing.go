package main

import (
	"fmt"
	"strings"

	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/wording"
	"udpchat/peer"
)

// talksListed is how many people who are online are listed by status; of the others only those for whom something waits.
const talksListed = 20

// statusLines are a status at the prompt.
func statusLines(s peer.Status) []string {
	lines := []string{fmt.Sprintf("[You are %s: %s.]", plain.Name(s.Name), standing(s)), serverLine(s)}
	if s.Unshown >= peer.MaxUnshown {
		lines = append(lines, fmt.Sprintf("[%d messages came and were not taken: nothing more is received until udpchat tail, without -from, takes them.]", s.Unshown))
	} else if s.Unshown > 0 {
		lines = append(lines, fmt.Sprintf("[%s unread.]", count(s.Unshown, "message")))
	}
	online, more := 0, 0
	for _, t := range s.Talks {
		if t.Online && t.Waits() == 0 {
			if online++; online > talksListed {
				more++
				continue
			}
		} else if t.Waits() == 0 && t.Name != "" {
			continue
		}
		lines = append(lines, talkLine(t))
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("[%d more are online, and nothing waits for them.]", more))
	}
	return lines
}

func standing(s peer.Status) string {
	switch s.Standing {
	case peer.StandsInside:
		return "registered"
	case peer.StandsOutside:
		return "offline; reg NAME brings you back"
	}
	return "waiting for the server"
}

func serverLine(s peer.Status) string {
	heard := "it was not heard yet"
	if s.Heard >= 0 {
		heard = "it was heard " + wording.About(s.Heard) + " ago"
	}
	switch {
	case s.Answered:
		return fmt.Sprintf("[SERVER @ %v: round trip %s.]", s.Server, wording.About(s.RoundTrip))
	case s.Standing == peer.StandsInside:
		return fmt.Sprintf("[SERVER @ %v: no answer; %s.]", s.Server, heard)
	}
	return fmt.Sprintf("[SERVER @ %v: %s.]", s.Server, heard)
}

// talkLine is the way to someone, and what waits.
func talkLine(t peer.TalkStatus) string {
	who := "channel"
	if t.Name != "" {
		if who = plain.Name(t.Name); t.Addr.IsValid() {
			who += fmt.Sprintf(" @ %v", t.Addr)
		}
	}
	said := append([]string{wording.Way(t)}, waitWords(t)...)
	return fmt.Sprintf("[%s: %s.]", who, strings.Join(said, "; "))
}

func waitWords(t peer.TalkStatus) (said []string) {
	unsent := "on the way"
	if t.Way == peer.WayOutside {
		unsent = "kept here until you are back"
	}
	for _, w := range []struct {
		n     int
		where string
	}{
		{t.Direct, unsent},
		{t.Depositing, "on the way to the server"},
		{t.Stored, "held by the server"},
		{t.Keyless, "kept here until there are keys"},
	} {
		if w.n > 0 {
			said = append(said, count(w.n, "message")+" "+w.where)
		}
	}
	if t.Kept > 0 {
		said = append(said, fmt.Sprintf("%s kept here: %s", count(t.Kept, "message"), wording.Refusal(t.Name, t.Why)))
	}
	return said
}
