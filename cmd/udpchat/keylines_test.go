package main

import (
	"slices"
	"testing"

	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/words"
)

func TestLinesAboutKeys(t *testing.T) {
	me, you, old := wire.Key{1}, wire.Key{2}, wire.Key{3}
	digits, said := words.SafetyNumber(me, you)
	number, inWords := "[Safety number with y: "+digits+"]", "[In words: "+said+"]"
	tests := []struct {
		name   string
		notice peer.Notice
		want   []string
	}{
		{"not verified", peer.Identity{Name: "y", Key: you},
			[]string{number, inWords, "[Not verified yet. If y sees the same number: trust y]"}},
		{"verified", peer.Identity{Name: "y", Key: you, Verified: true}, []string{number, inWords, "[You have verified y.]"}},
		{"changed", peer.Identity{Name: "y", Key: you, Old: old},
			[]string{number, inWords, "[The key of y has changed since you first met. If y sees the same number, accept it with: trust y]"}},
		{"oneself", peer.Identity{Name: "x", Key: me}, []string{"[x is you: others compare with you.]"}},
		{"trusted", peer.Trusted{Name: "y", Key: you}, []string{"[You trust the key of y.]"}},
		{"key changed", peer.KeyChanged{Name: "y", Old: old, New: you},
			[]string{"[The key of y has changed: nothing is sent to it. Compare with: verify y, accept with: trust y]"}},
		{"blocked", peer.Blocked{Name: "y", Old: old, New: you},
			[]string{"[Message not sent: the key of y has changed. Compare with: verify y, accept with: trust y]"}},
		{"forged mail", peer.Distrust{From: "y", Why: peer.Forged},
			[]string{"SERVER: ERROR: a message in the name of y was altered, or is not from y: it is not shown"}},
		{"forged post", peer.Distrust{From: "y", Post: true, Why: peer.Forged},
			[]string{"SERVER: ERROR: a post in the name of y was altered, or is not from y: it is not shown"}},
		{"forged key", peer.Distrust{From: "y", Why: peer.ForgedKey},
			[]string{"SERVER: ERROR: the key that was given for y is not theirs: nothing is sent with it"}},
		{"missing", peer.Distrust{From: "y", Post: true, Why: peer.Missing}, []string{"SERVER: WARNING: posts of y are missing here"}},
		{"forked", peer.Distrust{From: "y", Post: true, Why: peer.Forked},
			[]string{"SERVER: ERROR: a post of y names others before it than those that were shown here"}},
		{"no keys", peer.Kept{To: "y", NoKeys: true},
			[]string{"[y was not here with this version of the program yet: the message is kept here until y comes.]"}},
		{"full", peer.Kept{To: "y", Why: wire.FullMailbox}, []string{"[Mailbox is full: the message to y is kept here and tried again.]"}},
		{"taken", peer.Refused{Name: "x", Why: wire.NameTaken}, []string{"SERVER: ERROR: x belongs to another key: take another name, or the profile that registered it"}},
		{"in the clear", peer.Arrived{From: "y", Text: "hi", Clear: true}, []string{"(not sealed) y: hi"}},
		{"a post in the clear", peer.Arrived{From: "y", Text: "hi", Post: true, Clear: true}, []string{"(not sealed) [Channel_Message y: hi]"}},
		{"doubtful", peer.Arrived{From: "y", Text: "hi", Doubt: true}, []string{"(another key) y: hi"}},
		{"all marks", peer.Arrived{From: "y", Text: "hi", Again: true, Late: true, Clear: true, Doubt: true},
			[]string{"↻ (late) (not sealed) (another key) y: hi"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (view{me: me, history: true}).lines(tt.notice); !slices.Equal(got, tt.want) {
				t.Errorf("\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A name comes from the server: nothing in it reaches the terminal as it is.
func TestLinesAboutKeysArePlain(t *testing.T) {
	const evil = "y\x1b[2J\u202e\nSERVER"
	for _, n := range []peer.Notice{
		peer.Identity{Name: evil, Key: wire.Key{2}}, peer.Identity{Name: evil}, peer.Trusted{Name: evil}, peer.KeyChanged{Name: evil}, peer.Blocked{Name: evil},
		peer.Distrust{From: evil}, peer.Distrust{From: evil, Why: peer.ForgedKey}, peer.Distrust{From: evil, Why: peer.Missing},
		peer.Distrust{From: evil, Why: peer.Forked}, peer.Kept{To: evil, NoKeys: true}, peer.Refused{Name: evil}, peer.Arrived{From: evil, Doubt: true},
	} {
		lines := (view{}).lines(n)
		if len(lines) == 0 {
			t.Errorf("%T has no line", n)
		}
		for _, line := range lines {
			if unfit(line) {
				t.Errorf("%T: %q", n, line)
			}
		}
	}
}
