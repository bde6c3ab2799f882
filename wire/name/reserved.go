package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// reserved is the word that speaks for the program and that a name is or looks like, or "".
func reserved(name string) string {
	l := looks(name)
	for _, word := range []string{"server", "system", "all"} {
		if l == word {
			return word
		}
	}
	if strings.ReplaceAll(l, "l", "i") == "admin" { // adm1n, admIn: a small l and its like stand for i here
		return "admin"
	}
	return ""
}

// looks is what a name looks like in the small Latin letters of the reserved words: without marks and without _ - and .,
// and each letter as the one that it can be taken for. It follows UTS 39 §4 (skeletons), for these letters only.
func looks(name string) string {
	var b strings.Builder
	capitalL := strings.ContainsRune(name, 'L')
	for _, c := range norm.NFD.String(name) {
		switch {
		case unicode.IsMark(c), c == '_', c == '-', c == '.':
		case strings.ContainsRune("IΙІ", c) && !capitalL: // AII looks like All, and ALI is Ali
			b.WriteByte('l')
		default:
			b.WriteRune(unicode.ToLower(letter(c)))
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "rn", "m"), "cl", "d")
}

// letter is the Latin letter that c can be taken for, or c. The tables have Latin letters with strokes, hooks and the
// forms of small capitals, then Greek, Cyrillic, Armenian, Cherokee and Lisu, in both cases where both look so.
func letter(c rune) rune {
	if c >= 0xab70 && c <= 0xabbf { // small Cherokee letters look like the capitals
		c = 0x13a0 + (c - 0xab70)
	}
	for _, row := range [...]string{
		"aɑᴀαΑаАᎪꓮ",
		"dđɖɗᴅԁԀᎠꓓ",
		"eɇᴇΕеЕҽᎬꓰ",
		"iıɨɩɪιΙіІᎥ",
		"l1ǀłƚɫɬɭȴʟӏӀլꓡꓲᏞ",
		"mɱᴍΜмМᎷꓟ",
		"nɲɳƞɴηΝпոꓠ",
		"rɍɼɽɾʀгᎡᏒꓣ",
		"sʂȿꜱѕЅՏᏚꓢ",
		"tŧƭʈȶᴛτΤтТᎢꓔ",
		"vʋⱱᴠνѵѴᏙꓦ",
		"yɏƴʏγΥуУүҮᎩꓬ",
	} {
		if strings.ContainsRune(row, c) {
			return rune(row[0])
		}
	}
	return c
}
