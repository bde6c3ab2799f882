package link

import (
	"testing"
	"time"
)

// protocol.md §13.6: strangers who take all the room that a server has for sessions keep it for two minutes; who has registered stays.
func TestStrangersGiveRoom(t *testing.T) {
	l := newLab(t)
	server := l.party(200, SessionConfig{Server: true, Handshakes: 1 << 20, MaxSessions: 10})
	var all []*party
	for n := range byte(12) {
		p := l.party(10+n, SessionConfig{})
		p.s.TrustServer(server.id.key, server.id.card.Static)
		all = append(all, p)
	}
	for _, p := range all[:10] {
		p.ping(server, 1)
		l.run(time.Second)
	}
	server.s.TrustClient(all[0].id.key, all[0].id.card.Static)
	all[10].ping(server, 1)
	l.run(time.Second)
	if len(server.got) != 10 || len(server.s.sessions) != 10 {
		t.Fatalf("%d got in, %d sessions", len(server.got), len(server.s.sessions))
	}
	l.run(2 * time.Minute)
	if n := len(server.s.sessions); n != 1 || server.s.remotes.Len() != 1 {
		t.Errorf("%d sessions with %d are left", n, server.s.remotes.Len())
	}
	server.got = nil
	all[11].ping(server, 1)
	all[1].ping(server, 1) // it is told that its session is over, and makes another one when it has something to say
	l.run(time.Second)
	all[1].ping(server, 1)
	all[0].ping(server, 1)
	l.run(time.Second)
	if len(server.got) != 3 || all[0].s.Counts.Handshakes != 1 || all[1].s.Counts.Handshakes != 2 {
		t.Errorf("%d were heard; %d and %d handshakes", len(server.got), all[0].s.Counts.Handshakes, all[1].s.Counts.Handshakes)
	}
	l.run(2 * time.Hour)
	if !server.s.Ready(l.now, all[0].id.key) {
		t.Error("who has registered is forgotten")
	}
}

// What a server keeps of a client beside one session on one path goes when the session before, and its messages, are over.
func TestRestIsShared(t *testing.T) {
	l := newLab(t)
	client, server := l.party(1, SessionConfig{Long: Lifetime{10 * time.Minute, 30 * time.Minute}}), l.party(2, SessionConfig{Server: true})
	client.s.TrustServer(server.id.key, server.id.card.Static)
	had := false
	for range 12 * 60 {
		client.ping(server, 1)
		l.run(time.Second)
		server.s.TrustClient(client.id.key, client.id.card.Static)
		had = had || len(server.s.remotes.Get(client.id.key).old) > 0
	}
	if !had || server.s.Counts.Handshakes != 2 {
		t.Fatalf("there was an old session: %v; %d handshakes", had, server.s.Counts.Handshakes)
	}
	if r := server.s.remotes.Get(client.id.key); r.rest != &server.s.none {
		t.Errorf("it still has %+v", *r.rest)
	}
}
