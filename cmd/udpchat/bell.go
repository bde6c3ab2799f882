package main

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"udpchat/peer"
)

// bellPause is the least time between two bells: a hundred messages at once are one reason to look up.
const bellPause = time.Second

// bell says when the terminal's bell rings, by the flag of that name.
type bell struct {
	setting string
	rung    time.Time // when it rang last
}

// rings tells whether a notice rings the bell of someone who is called me.
func (b *bell) rings(n peer.Notice, me string) bool {
	a, ok := n.(peer.Arrived)
	if !ok || time.Since(b.rung) < bellPause {
		return false
	}
	if b.setting != "all" && (b.setting == "off" || a.Post && !mentions(a.Text, me)) {
		return false
	}
	b.rung = time.Now()
	return true
}

// mentions tells whether a text has a name among its words, in upper or lower case.
func mentions(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(name)
	for name != "" {
		at := strings.Index(text, name)
		if at < 0 {
			break
		}
		last, _ := utf8.DecodeLastRuneInString(text[:at])
		next, _ := utf8.DecodeRuneInString(text[at+len(name):])
		if !inName(last) && !inName(next) {
			return true
		}
		text = text[at+len(name):]
		if inName(next) { // the rest of that word is no word
			text = strings.TrimLeftFunc(text, inName)
		}
	}
	return false
}

func inName(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_')
}
