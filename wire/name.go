package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrName is what every refusal of a name wraps, and says what is allowed.
var ErrName = errors.New("a name has 1 to 32 letters, digits, _ - or . and begins with neither . nor -")

// maxMarks is how many combining marks may follow a letter: two are written in the scripts of people, more only to
// cover the lines above and below.
const maxMarks = 2

// CheckName says whether a row of the table may bear a name: 1 to MaxName characters, valid UTF-8, letters (with their combining
// marks) and digits of any script, and _ - . but neither of the last two at the beginning; none of the words that speak
// for the program itself. So no name has a space, a control or an invisible character. The error wraps ErrName.
//
// These were the rules of version 1, and names that were registered then stay (§8.1). What may be registered now is less, and package wire/name's to say:
// it passes here too.
func CheckName(name string) error {
	if !utf8.ValidString(name) {
		return fmt.Errorf("invalid UTF-8: %w", ErrName)
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > MaxName {
		return fmt.Errorf("%d characters: %w", n, ErrName)
	}
	if name[0] == '-' || name[0] == '.' {
		return fmt.Errorf("begins with %q: %w", name[:1], ErrName)
	}
	marks := maxMarks // none before the first letter
	for _, c := range name {
		switch {
		case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c), unicode.Is(unicode.Variation_Selector, c):
			return fmt.Errorf("%q: %w", c, ErrName)
		case unicode.IsLetter(c):
			marks = 0
		case unicode.IsMark(c) && !unicode.Is(unicode.Me, c) && marks < maxMarks:
			marks++
		case unicode.IsDigit(c), c == '_', c == '-', c == '.':
			marks = maxMarks
		default:
			return fmt.Errorf("%q: %w", c, ErrName)
		}
	}
	switch {
	case strings.EqualFold(name, "server"), strings.EqualFold(name, "system"),
		strings.EqualFold(name, "admin"), strings.EqualFold(name, "all"):
		return fmt.Errorf("%q is reserved: %w", name, ErrName)
	}
	return nil
}
