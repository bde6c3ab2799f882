package name

import (
	"fmt"
	"unicode"
)

// maxMarks is how many combining marks may follow a letter: two are written in the scripts of people, more only to cover
// the lines above and below.
const maxMarks = 2

// checkCharacters: letters with their marks, decimal digits, and _ - . but neither of the last two at the beginning. This
// is less than the IdentifierClass of RFC 8264 §4.2, which takes every printable ASCII character.
func checkCharacters(name string) error {
	if name[0] == '-' || name[0] == '.' {
		return fmt.Errorf("begins with %q", name[:1])
	}
	marks := maxMarks // none before the first letter
	for _, c := range name {
		switch {
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c), unicode.Is(unicode.Variation_Selector, c):
			return fmt.Errorf("has %U, which is %s", c, kind(c))
		case unicode.IsLetter(c):
			marks = 0
		case unicode.IsMark(c):
			if marks++; marks > maxMarks || unicode.Is(unicode.Me, c) {
				return fmt.Errorf("has %U, a mark without a letter, or one too many", c)
			}
		case unicode.IsDigit(c), c == '_', c == '-', c == '.':
			marks = maxMarks
		default:
			return fmt.Errorf("has %U, which is %s", c, kind(c))
		}
	}
	return nil
}

// kind is what a character is that no name has. The character itself is not in the reason: it may not be fit to be shown.
func kind(c rune) string {
	switch {
	case unicode.Is(unicode.Bidi_Control, c):
		return "a change of the reading direction"
	case unicode.IsControl(c):
		return "a control character"
	case unicode.IsSpace(c), unicode.Is(unicode.Zs, c):
		return "a space"
	case unicode.Is(unicode.Cf, c), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c), unicode.Is(unicode.Variation_Selector, c):
		return "invisible"
	case unicode.IsPunct(c):
		return "punctuation"
	case unicode.IsSymbol(c):
		return "a symbol"
	case unicode.IsNumber(c):
		return "a number and no digit"
	}
	return "not assigned"
}
