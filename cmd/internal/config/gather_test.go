package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFlagsAnywhere(t *testing.T) {
	for _, c := range []struct {
		args, rest, wrong string
		timeout           time.Duration
		json              bool
	}{
		{"alice why? -timeout 5m", "alice why?", "", 5 * time.Minute, false},
		{"-json alice -timeout=2m why?", "alice why?", "", 2 * time.Minute, true},
		{"alice -json why?", "alice why?", "", time.Minute, true},
		{"-timeout 3m alice -5", "alice -5", "", 3 * time.Minute, false},
		{"alice -- -timeout", "alice -timeout", "", time.Minute, false},
		{"-- alice -json", "alice -json", "", time.Minute, false},
		{"-jsn alice why?", "", "unknown flag -jsn: did you mean -json?", 0, false},
		{"alice why? -timeout", "", "flag -timeout needs a value", 0, false},
		{"alice why? -json really?", "", `unexpected argument "really?"`, 0, false},
		{"-json", "", "too few arguments", 0, false},
		{"alice why? -h", "", "help", 0, false},
	} {
		f := New("udpchat ask")
		f.Anywhere = true
		f.Takes("NAME QUESTION", 2, 2)
		var timeout time.Duration
		var json bool
		f.Duration(&timeout, "", "timeout", time.Minute, 0, time.Hour, "how long")
		f.Bool(&json, "", "json", false, "as an object")
		rest, err := f.Parse(strings.Fields(c.args), nil, f.Names())
		switch {
		case c.wrong != "":
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %v, want %s", c.args, err, c.wrong)
			}
		case err != nil || !slices.Equal(rest, strings.Fields(c.rest)) || timeout != c.timeout || json != c.json:
			t.Errorf("%s: %q, %v, %v, %v", c.args, rest, timeout, json, err)
		}
	}
}
