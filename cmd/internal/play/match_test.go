package play

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	two := Types("x", "send y hi").Shows("x", "received").Shows("x", table("x", "y")).strands["x"]
	tab := strings.Split(table("x", "y"), "\n")
	other := strings.Split(table("x", "-y"), "\n")
	typed := ">>> send y hi"
	for _, tt := range []struct {
		name    string
		lines   []string
		noise   bool
		used    int
		missing string
		stray   string
	}{
		{"nothing yet", nil, false, 0, typed, ""},
		{"one strand after the other", join(l(typed), l("received"), tab), false, 6, "", ""},
		{"strands mix between blocks", join(l(typed), tab, l("received")), false, 6, "", ""},
		{"the other strand first", join(tab, l(typed), l("received")), false, 6, "", ""},
		{"the rest is left to the next step", join(l(typed), l("received"), tab, l("more")), false, 6, "", ""},
		{"the order within a strand holds", join(l("received"), l(typed), tab), false, 0, typed, "received"},
		{"a line within a block", join(l(typed), tab[:2], l("received")), false, 1, "received", updated},
		{"a block that is not whole yet", join(l(typed), l("received"), tab[:3]), false, 2, updated, ""},
		{"a line twice", join(l(typed), l("received"), l("received"), tab), false, 2, updated, "received"},
		{"a line of someone else's", join(l(typed), l("y: hi")), false, 1, "received", "y: hi"},
		{"another table", join(l(typed), other, l("received"), tab), false, 1, "received", updated},
		{"another table with noise", join(l(typed), other, l("received"), tab), true, 10, "", ""},
		{"noise that may go on", join(l(typed), other), true, 1, "received", ""},
		{"noise is tables only", join(l(typed), other, l("y: hi")), true, 5, "received", "y: hi"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := match(tt.lines, two, tt.noise)
			if r.used != tt.used || r.missing != tt.missing || r.stray != tt.stray || r.wrong != (tt.stray != "") {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func l(s string) []string { return []string{s} }

func join(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// A script must notice what it is for: take any line of a screen away, or say one twice, and the play fails.
func TestTranscriptsNoticeEveryLine(t *testing.T) {
	for _, script := range Transcripts() {
		for _, step := range script.Steps {
			for who, strands := range step.strands {
				var lines []string
				for _, s := range strands {
					for _, b := range s {
						lines = append(lines, b...)
					}
				}
				if r := match(lines, strands, false); r.missing != "" || r.wrong {
					t.Fatalf("%s, %v, %s: the step does not match itself: %+v", script.Title, step, who, r)
				}
				for i := range lines {
					without := join(lines[:i], lines[i+1:])
					if r := match(without, strands, false); r.missing == "" && !r.wrong {
						t.Errorf("%s, %v, %s: without %q it matches", script.Title, step, who, lines[i])
					}
					twice := join(lines[:i+1], lines[i:])
					if r := match(twice, strands, false); r.missing == "" && !r.wrong && r.used == len(twice) {
						t.Errorf("%s, %v, %s: with %q twice it matches", script.Title, step, who, lines[i])
					}
				}
			}
		}
	}
}

// What keys look like is made the same for everyone; what people write is left alone.
func TestKeyless(t *testing.T) {
	const six = "needle silver wagon nugget saddle juggler"
	for line, want := range map[string]string{
		"[Server key on first use: " + six + "]":                      first,
		"[Server key on first use: needle silver wagon]":              "[Server key on first use: needle silver wagon]",
		"[Server key was: " + six + "; is now: " + six + "]":          "[Server key was: WORDS; is now: WORDS]",
		"[Safety number with y: 44136 33001 90521 13609 11702 67825]": "[Safety number with y: DIGITS]",
		"[In words: " + six + " " + six + "]":                         "[In words: WORDS]",
		"x: [In words: " + six + "]":                                  "x: [In words: " + six + "]",
		"x: 44136 33001 90521 13609 11702 67825":                      "x: 44136 33001 90521 13609 11702 67825",
	} {
		if got := Keyless(line); got != want {
			t.Errorf("%q became %q", line, got)
		}
	}
}
