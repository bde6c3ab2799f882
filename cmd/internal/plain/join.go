package plain

import (
	"unicode"
	"unicode/utf8"
)

// The two invisible characters that writing needs: whether the letters, or the pictures, beside them are joined.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// joins reports whether r is a joiner in a place where it does something: between two emoji (UTS 51 §2.3, only the joiner),
// or between two letters of one of the scripts that have need of it (RFC 5892 appendix A.1 and A.2).
func joins(r, base rune, rest string) bool {
	if r != zeroWidthJoiner && r != zeroWidthNonJoiner {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return r == zeroWidthJoiner && isEmoji(base) && isEmoji(next) && !isSkin(next) || cursive(base) && cursive(next)
}

// isEmoji: every emoji that takes part in a joined one is a symbol of this category, but for the arrow of a shaken head.
// More symbols are, and joining those shows both.
func isEmoji(r rune) bool {
	return unicode.Is(unicode.So, r) && r != utf8.RuneError || r == 0x2194 || isSkin(r)
}

func isSkin(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// cursive: letters of the scripts whose letters change with what stands beside them. Their marks follow a letter, which is
// then the base.
func cursive(r rune) bool {
	return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko,
		unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
		unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}
