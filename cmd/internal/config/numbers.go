package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Port registers a UDP or TCP port, 1 to 65535.
func (f *Flags) Port(p *int, short, long string, def int, usage string) {
	f.number(p, short, long, def, usage, "PORT", number{1, math.MaxUint16, "a port", "a number from 1 to 65535"})
}

// AnyPort is Port with 0, which lets the system choose a free one.
func (f *Flags) AnyPort(p *int, short, long string, def int, usage string) {
	f.number(p, short, long, def, usage, "PORT",
		number{0, math.MaxUint16, "a port", "a number from 1 to 65535, or 0 for any free port"})
}

// Count registers a whole number within minimum and maximum.
func (f *Flags) Count(p *int, short, long string, def, minimum, maximum int, usage string) {
	f.number(p, short, long, def, usage, "N",
		number{minimum, maximum, "a valid number", fmt.Sprintf("a whole number from %d to %d", minimum, maximum)})
}

// number is a range and the words for it.
type number struct {
	minimum, maximum int
	what, allowed    string
}

func (f *Flags) number(p *int, short, long string, def int, usage, placeholder string, n number) {
	parse := func(s string) (int, error) {
		i, err := strconv.Atoi(s)
		if err != nil || i < n.minimum || i > n.maximum {
			return 0, fmt.Errorf("%s is not %s: use %s", quote(s), n.what, n.allowed)
		}
		return i, nil
	}
	f.register(newValue(p, def, parse, strconv.Itoa), short, long, usage, placeholder)
}

// Duration registers a time span within minimum and maximum; a maximum of 0
// means no limit. Of bare numbers only 0 is one: whoever writes 180 may mean
// days, and would get something else.
func (f *Flags) Duration(p *time.Duration, short, long string, def, minimum, maximum time.Duration, usage string) {
	f.duration(p, short, long, def, newSpan(minimum, maximum), usage)
}

// Milliseconds is Duration for what is usually given in milliseconds: that is
// what a bare number means.
func (f *Flags) Milliseconds(p *time.Duration, short, long string, def, minimum, maximum time.Duration, usage string) {
	s := newSpan(minimum, maximum)
	s.bare = true
	s.examples += " (a bare number is milliseconds)"
	f.duration(p, short, long, def, s, usage)
}

func (f *Flags) duration(p *time.Duration, short, long string, def time.Duration, s span, usage string) {
	f.register(newValue(p, def, s.parse, formatDuration), short, long, usage, "TIME")
}

// span is a range of times and the words for it.
type span struct {
	minimum, maximum time.Duration
	bare             bool // a number without a unit is milliseconds
	limits, examples string
}

func newSpan(minimum, maximum time.Duration) span {
	s := span{minimum: minimum, maximum: maximum, examples: "500ms, 2s or 1m30s",
		limits: "from " + formatDuration(minimum) + " to " + formatDuration(maximum)}
	if maximum == 0 {
		s.maximum = math.MaxInt64
		s.limits = "of at least " + formatDuration(minimum)
	}
	if s.maximum >= day {
		s.examples = "500ms, 1m30s, 12h or 30d"
	}
	return s
}

func (s span) parse(text string) (time.Duration, error) {
	d, ok := parseDuration(text)
	if ok && !s.bare && d != 0 && strings.Trim(text, "+-0123456789") == "" {
		if meant := s.units(text); len(meant) > 0 {
			return 0, fmt.Errorf("%s has no unit: write %s", quote(text), alternatives(meant))
		}
		ok = false
	}
	if !ok || d < s.minimum || d > s.maximum {
		return 0, fmt.Errorf("%s is not a time %s: write it like %s", quote(text), s.limits, s.examples)
	}
	return d, nil
}

// units are what a number without a unit may be meant as, the longest first.
func (s span) units(number string) (meant []string) {
	for _, unit := range []string{"d", "h", "m", "s", "ms"} {
		if d, ok := parseDuration(number + unit); ok && d >= s.minimum && d <= s.maximum {
			meant = append(meant, number+unit)
		}
	}
	return meant
}

// day is what the unit d means: 24 hours.
const day = 24 * time.Hour

// parseDuration reads what time.ParseDuration does, with whole days before it,
// and a bare number.
func parseDuration(s string) (time.Duration, bool) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		const most = math.MaxInt64 / int64(time.Millisecond)
		return time.Duration(ms) * time.Millisecond, -most <= ms && ms <= most
	}
	count, rest, found := strings.Cut(s, "d")
	if !found {
		d, err := time.ParseDuration(s)
		return d, err == nil
	}
	days, err := strconv.ParseUint(count, 10, 16) // 2^16 days are 179 years, and fit
	if err != nil || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
		return 0, false
	}
	var more time.Duration
	if rest != "" {
		if more, err = time.ParseDuration(rest); err != nil {
			return 0, false
		}
	}
	d := time.Duration(days) * day
	return d + more, d+more >= d
}

// formatDuration writes 1m for what Go writes as 1m0s, and 180d for 4320h.
func formatDuration(d time.Duration) string {
	if d >= day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// sizeUnits are powers of 1024, from the largest.
var sizeUnits = []struct {
	name  string
	shift int
}{{"GiB", 30}, {"MiB", 20}, {"KiB", 10}}

// Size registers a number of bytes within minimum and maximum; a maximum of 0
// means no limit. K and KiB both are 1024 bytes, M and G accordingly.
func (f *Flags) Size(p *int64, short, long string, def, minimum, maximum int64, usage string) {
	limits := "from " + formatSize(minimum) + " to " + formatSize(maximum)
	if maximum == 0 {
		maximum = math.MaxInt64
		limits = "of at least " + formatSize(minimum)
	}
	parse := func(s string) (int64, error) {
		n, ok := parseSize(s)
		if !ok || n < minimum || n > maximum {
			return 0, fmt.Errorf("%s is not a size %s: write bytes, or a whole number with K, M or G (KiB, MiB, GiB)",
				quote(s), limits)
		}
		return n, nil
	}
	f.register(newValue(p, def, parse, formatSize), short, long, usage, "SIZE")
}

func parseSize(s string) (int64, bool) {
	digits := strings.TrimRight(s, "KMGBikmgb")
	unit, shift := s[len(digits):], 0
	if unit != "" && !strings.EqualFold(unit, "B") {
		shift = -1
		for _, u := range sizeUnits {
			if strings.EqualFold(unit, u.name) || strings.EqualFold(unit, u.name[:1]) {
				shift = u.shift
			}
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || shift < 0 || n < 0 || n > math.MaxInt64>>shift {
		return 0, false
	}
	return n << shift, true
}

func formatSize(n int64) string {
	for _, u := range sizeUnits {
		if n != 0 && n%(1<<u.shift) == 0 {
			return strconv.FormatInt(n>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// Percent registers a share from 0 to maximum, written like 20% or 0.2.
func (f *Flags) Percent(p *float64, short, long string, def, maximum float64, usage string) {
	parse := func(s string) (float64, error) {
		share, ok := parsePercent(s)
		if !ok || share > maximum {
			return 0, fmt.Errorf("%s is not a share from 0%% to %s: write it like 20%% or 0.2", quote(s), formatPercent(maximum))
		}
		return share, nil
	}
	f.register(newValue(p, def, parse, formatPercent), short, long, usage, "SHARE")
}

// parsePercent reads 20% and 0.2 as the same; 20 alone could be either, and is neither.
func parsePercent(s string) (float64, bool) {
	number, hundredths := strings.CutSuffix(s, "%")
	share, err := strconv.ParseFloat(number, 64)
	if hundredths {
		share /= 100
	}
	return share, err == nil && share >= 0 && share <= 1 // what is no number is neither
}

func formatPercent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + "%"
}
