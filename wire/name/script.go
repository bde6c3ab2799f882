package name

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// together are the scripts that one language writes with (UTS 39 §5.1: Japanese, Chinese, Korean). A set of scripts is
// good if one of these has all of it.
func together(scripts []string) bool {
	if len(scripts) < 2 {
		return true
	}
	for _, language := range [][]string{{"Han", "Hiragana", "Katakana"}, {"Han", "Bopomofo"}, {"Han", "Hangul"}} {
		if !slices.ContainsFunc(scripts, func(s string) bool { return !slices.Contains(language, s) }) {
			return true
		}
	}
	return false
}

// belongs are the scripts of a character that Unicode's Script property calls common or inherited, but that belongs to a
// few (Script_Extensions, UAX 24 §2.9). nil is any script, false is none that names are written in.
func belongs(c rune) (scripts []string, ok bool) {
	switch {
	case c >= 0x064b && c <= 0x0655, c == 0x0670: // vowel signs
		return []string{"Arabic", "Syriac"}, true
	case c >= 0x3099 && c <= 0x309a, c == 0x30fc, c == 0xff70, c >= 0xff9e && c <= 0xff9f: // voicing, length
		return []string{"Hiragana", "Katakana"}, true
	case c == 0x3006, c >= 0x302a && c <= 0x302d:
		return []string{"Han"}, true
	case unicode.IsMark(c):
		return nil, c >= 0x0300 && c <= 0x036f // the accents of Latin, Greek and Cyrillic
	}
	return nil, true
}

// scriptOf is the script of a character, "" for what is common to all. Those already known are tried first: there are
// more than 160.
func scriptOf(c rune, known []string) string {
	for _, s := range known {
		if unicode.Is(unicode.Scripts[s], c) {
			return s
		}
	}
	if unicode.In(c, unicode.Common, unicode.Inherited) {
		return ""
	}
	for s, table := range unicode.Scripts { // every character has one: the order does not matter
		if unicode.Is(table, c) {
			return s
		}
	}
	return ""
}

// checkScripts: one script, or those of one language, and nothing else but what is common to all.
func checkScripts(name string) error {
	var scripts []string // in the order of their first character
	var first []rune     // which is here
	var count []int
	for _, c := range name {
		s := scriptOf(c, scripts)
		if s == "" {
			continue
		}
		i := slices.Index(scripts, s)
		if i < 0 {
			i, scripts, first, count = len(scripts), append(scripts, s), append(first, c), append(count, 0)
		}
		count[i]++
	}
	if !together(scripts) {
		return mixes(scripts, first, count)
	}
	for _, c := range name {
		if scriptOf(c, scripts) != "" {
			continue
		}
		theirs, ok := belongs(c)
		if !ok || theirs != nil && !slices.ContainsFunc(scripts, func(s string) bool { return slices.Contains(theirs, s) }) {
			return fmt.Errorf("has %U, which is of another script", c)
		}
	}
	return nil
}

// mixes names the scripts, the one with the most characters first, and the first character of the second.
func mixes(scripts []string, first []rune, count []int) error {
	main := slices.Index(count, slices.Max(count))
	other := 0
	if main == 0 {
		other = 1
	}
	if len(scripts) > 2 {
		return fmt.Errorf("mixes %s", strings.Join(scripts, ", "))
	}
	return fmt.Errorf("mixes %s and %s: %c is %s", scripts[main], scripts[other], first[other], scripts[other])
}
