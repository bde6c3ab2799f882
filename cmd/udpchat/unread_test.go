package main

import (
	"testing"
	"time"

	"udpchat/peer"
)

func TestUnreadIsGatheredUntilNothingMoreComes(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	mail := func(ago time.Duration) peer.Arrived { return peer.Arrived{Mail: true, Time: now.Add(-ago).UnixMicro()} }
	var u unread
	if _, ok := u.wait(now); ok {
		t.Error("waits for nothing")
	}
	for _, a := range []peer.Arrived{{Time: now.Add(-time.Hour).UnixMicro()}, mail(59 * time.Second), mail(-time.Hour)} {
		if u.takes(now, a) {
			t.Errorf("gathers %+v", a)
		}
	}
	begin := now
	for range 30 {
		if !u.takes(now, mail(time.Hour)) {
			t.Fatal("does not gather")
		}
		if d, ok := u.wait(now); !ok || d > unreadQuiet {
			t.Fatalf("waits %v, %v", d, ok)
		}
		now = now.Add(200 * time.Millisecond)
		if !u.takes(now, mail(0)) {
			t.Fatal("does not gather what came with it")
		}
	}
	if u.due.Sub(begin) != unreadWait {
		t.Errorf("waits %v in all", u.due.Sub(begin))
	}
	if got := u.take(); len(got) != 60 || len(u.take()) != 0 {
		t.Errorf("%d gathered", len(got))
	}
	for range unreadMost {
		u.takes(now, mail(time.Hour))
	}
	if d, _ := u.wait(now); d != 0 {
		t.Errorf("waits %v with %d", d, unreadMost)
	}
}

func TestUnreadLines(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		ago  time.Duration
		mail bool
		want string
	}{
		{time.Hour, false, ""},
		{59 * time.Second, true, ""},
		{-time.Hour, true, ""},
		{90 * time.Second, true, "(held 1 min) "},
		{47 * time.Hour, true, "(held 47 h) "},
		{72 * time.Hour, true, "(held 3 days) "},
	} {
		if got := heldLine(now, peer.Arrived{Mail: c.mail, Time: now.Add(-c.ago).UnixMicro()}); got != c.want {
			t.Errorf("after %v: %q, want %q", c.ago, got, c.want)
		}
	}
	if rule(14) != "── 14 unread ──" || rule(unreadMost) != "── 1000 unread, and more ──" {
		t.Errorf("%q, %q", rule(14), rule(unreadMost))
	}
}
