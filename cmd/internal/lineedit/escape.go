package lineedit

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSequence bounds an escape sequence. No key sends as much; past it the
// input is noise, and giving up keeps it from being looked through again and
// again.
const maxSequence = 4096

// escape decodes what starts with the ESC at b[0] and returns the bytes it
// took; 0 asks for more. A sequence without a meaning here is taken whole and
// yields keyNone. A control character inside a sequence ends it and counts by
// itself, so that Enter and Ctrl-C always get through.
func escape(b []byte) (int, key) {
	if len(b) == 1 {
		return 0, keyNone
	}
	switch c := b[1]; {
	case c == '[' || c == 'O':
		return sequence(b)
	case strings.IndexByte("]P_^X", c) >= 0:
		return stringSequence(b), keyNone
	case c == 'b' || c == 'B':
		return 2, keyLeftWord
	case c == 'f' || c == 'F':
		return 2, keyRightWord
	case c == 0x7f || c == ctrl('H'):
		return 2, keyKillWord
	case c < 0x20:
		return 1, keyNone
	case c < utf8.RuneSelf:
		return 2, keyNone
	}
	if !utf8.FullRune(b[1:]) {
		return 0, keyNone
	}
	if r, size := utf8.DecodeRune(b[1:]); r != utf8.RuneError {
		return 1 + size, keyNone
	}
	return 1, keyNone
}

// sequence decodes ESC [ and ESC O sequences: parameters and a final letter.
func sequence(b []byte) (int, key) {
	linuxKey := len(b) > 2 && b[1] == '[' && b[2] == '[' // ESC [ [ A is F1
	start := 2
	if linuxKey {
		start = 3
	}
	for i := start; i < len(b); i++ {
		switch c := b[i]; {
		case c < 0x20 || c >= 0x7f:
			return i, keyNone
		case c >= 0x40 && linuxKey:
			return i + 1, keyNone
		case c >= 0x40:
			return i + 1, meaning(b[1], string(b[2:i]), c)
		}
	}
	return unfinished(b), keyNone
}

// stringSequence skips what a terminal may send as an answer to somebody's
// question: ESC ] and its like, up to BEL or ESC \.
func stringSequence(b []byte) int {
	for i := 2; i < len(b); i++ {
		switch {
		case b[i] == '\a':
			return i + 1
		case b[i] == esc && i+1 == len(b):
			return unfinished(b)
		case b[i] == esc && b[i+1] == '\\':
			return i + 2
		case b[i] < 0x20:
			return i
		}
	}
	return unfinished(b)
}

// unfinished asks for more of a sequence, or gives it up.
func unfinished(b []byte) int {
	if len(b) > maxSequence {
		return len(b)
	}
	return 0
}

// meaning gives the key of a sequence. Parameters are "number;modifiers";
// in the modifiers less one, 1 is Shift, 2 is Alt and 4 is Ctrl. Private
// parameters start with one of <=>? and belong to reports, not to keys.
func meaning(kind byte, parameters string, final byte) key {
	if parameters != "" && parameters[0] >= '<' {
		return keyNone
	}
	number, modifiers, _ := strings.Cut(parameters, ";")
	if final == '~' {
		return numbered(number)
	}
	if kind == 'O' && parameters == "" {
		switch final {
		case 'c': // Ctrl-Right in rxvt
			return keyRightWord
		case 'd': // Ctrl-Left in rxvt
			return keyLeftWord
		case 'M': // Enter on the number pad
			return keyEnter
		}
	}
	m, _ := strconv.Atoi(modifiers)
	return arrow(final, m > 1 && (m-1)&(2|4) != 0)
}

// arrow gives the key of an arrow, Home or End by its letter.
func arrow(final byte, byWord bool) key {
	switch {
	case final == 'A':
		return keyUp
	case final == 'B':
		return keyDown
	case final == 'C' && byWord:
		return keyRightWord
	case final == 'C':
		return keyRight
	case final == 'D' && byWord:
		return keyLeftWord
	case final == 'D':
		return keyLeft
	case final == 'H':
		return keyHome
	case final == 'F':
		return keyEnd
	}
	return keyNone
}

// numbered gives the key of ESC [ number ~.
func numbered(number string) key {
	switch number {
	case "1", "7":
		return keyHome
	case "3":
		return keyDelete
	case "4", "8":
		return keyEnd
	case "200":
		return keyPasteStart
	}
	return keyNone
}
