package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may stand on one character; real writing needs fewer.
const maxMarks = 8

// safe makes a remote string fit to be shown: nothing in it can move the cursor, change colours or reverse the reading order.
// What is replaced shows as U+FFFD, so that nothing disappears silently; a tab becomes a space.
func safe(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for _, r := range s {
		switch {
		case r == '\t':
			r = ' '
		case r == '\u200d' || unicode.Is(unicode.Variation_Selector, r): // emoji are joined and chosen by these
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
			b.WriteRune(r)
			continue
		case !unicode.IsPrint(r): // controls, format characters, unassigned ones and foreign spaces
			if !unicode.Is(unicode.Zs, r) {
				r = utf8.RuneError
			}
		}
		marks = 0
		b.WriteRune(r)
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// safeText makes a text fit to be shown. The lines of a longer one are indented, so that none can pass for a line of
// someone else's.
func safeText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = safe(lines[i])
	}
	return strings.Join(lines, "\n    ")
}
