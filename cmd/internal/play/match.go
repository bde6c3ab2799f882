package play

import "regexp"

// result is how far a step has been seen on one screen.
type result struct {
	used    int    // lines that were accounted for
	missing string // the first line that is still awaited; "" when all were seen
	stray   string // a line that has no place in the step; it will never be seen then
	wrong   bool   // there is such a line
}

// match follows lines through the strands. With noise, tables that no strand awaits are passed over; a line that is no table
// always needs its place. Lines after the last one that was awaited are left to the next step.
func match(lines []string, strands []strand, noise bool) result {
	var r result
	left := append([]strand(nil), strands...)
	for r.used < len(lines) && awaited(left) != "" {
		rest := lines[r.used:]
		n, partial := take(left, rest)
		if n == 0 && noise && rest[0] == updated && !partial {
			if n = tableLength(rest); n == len(rest) {
				break // more of its rows may come
			}
		}
		if n == 0 && partial {
			break
		}
		if n == 0 {
			r.stray, r.wrong = rest[0], true
			break
		}
		r.used += n
	}
	r.missing = awaited(left)
	return r
}

// take consumes the block that the lines begin with and gives its length; partial when they may still become one.
func take(left []strand, lines []string) (n int, partial bool) {
	for i, s := range left {
		if len(s) == 0 {
			continue
		}
		same := 0
		for same < len(s[0]) && same < len(lines) && s[0][same] == lines[same] {
			same++
		}
		if same == len(s[0]) {
			left[i] = s[1:]
			return same, false
		}
		partial = partial || same == len(lines)
	}
	return 0, partial
}

// awaited is the first line that is still to come.
func awaited(left []strand) string {
	for _, s := range left {
		if len(s) > 0 {
			return s[0][0]
		}
	}
	return ""
}

var tableRow = regexp.MustCompile(`^\S+ @ \S+ is (ONLINE|OFFLINE)$`)

func tableLength(lines []string) int {
	n := 1
	for n < len(lines) && tableRow.MatchString(lines[n]) {
		n++
	}
	return n
}
