package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		text string
	}{
		{"500", 500 * time.Millisecond, "500ms"},
		{"0", 0, "0s"},
		{"2s", 2 * time.Second, "2s"},
		{"1m30s", 90 * time.Second, "1m30s"},
		{"60s", time.Minute, "1m"},
		{"600s", 10 * time.Minute, "10m"},
		{"60m", time.Hour, "1h"},
		{"1h0m5s", time.Hour + 5*time.Second, "1h0m5s"},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"-3", -3 * time.Millisecond, "-3ms"},
		{"24h", 24 * time.Hour, "1d"},
		{"180d", 4320 * time.Hour, "180d"},
		{"0d", 0, "0s"},
		{"1d12h", 36 * time.Hour, "36h"},
		{"1d90m", 25*time.Hour + 30*time.Minute, "25h30m"},
		{"65535d", 65535 * 24 * time.Hour, "65535d"},
	} {
		got, ok := parseDuration(tt.in)
		if !ok || got != tt.want || formatDuration(got) != tt.text {
			t.Errorf("%q: got %v, %q, %v", tt.in, got, formatDuration(got), ok)
		}
	}
	for _, in := range []string{"", "1 s", "s", "1.5", "d", "1.5d", "-1d", "1d-1h", "1d+1h", "1h1d", "1d2d", "1d1", "65536d", "65535d2562047h", "9223372036854775807", "-9223372036854775808"} {
		if d, ok := parseDuration(in); ok {
			t.Errorf("%q: accepted as %v", in, d)
		}
	}
}

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
		text string
	}{
		{"0", 0, "0"},
		{"1500", 1500, "1500"},
		{"1500B", 1500, "1500"},
		{"4k", 4096, "4KiB"},
		{"4096", 4096, "4KiB"},
		{"64KiB", 64 << 10, "64KiB"},
		{"4M", 4 << 20, "4MiB"},
		{"4mib", 4 << 20, "4MiB"},
		{"3G", 3 << 30, "3GiB"},
		{"1536K", 1536 << 10, "1536KiB"},
	} {
		got, ok := parseSize(tt.in)
		if !ok || got != tt.want || formatSize(got) != tt.text {
			t.Errorf("%q: got %v, %q, %v", tt.in, got, formatSize(got), ok)
		}
	}
	for _, in := range []string{"", "K", "-1", "1.5M", "4KB", "4 K", "4T", "0x10", "8589934592G", "4KK"} {
		if n, ok := parseSize(in); ok {
			t.Errorf("%q: accepted as %d", in, n)
		}
	}
}

// A limit of 0 is no limit, and the message then names only the lower one.
func TestNoUpperLimit(t *testing.T) {
	var d time.Duration
	var n int64
	f := New("udpchat server")
	f.Duration(&d, "", "keep", time.Hour, time.Minute, 0, "keep")
	f.Size(&n, "", "quota", 1<<20, 1<<10, 0, "quota")
	if _, err := f.Parse([]string{"-keep", "8760h", "-quota", "900G"}, nil, nil); err != nil || d != 8760*time.Hour || n != 900<<30 {
		t.Errorf("got %v, %d, %v", d, n, err)
	}
	for arg, want := range map[string]string{
		"-keep=1s":   `flag -keep: "1s" is not a time of at least 1m: write it like 500ms, 1m30s, 12h or 30d`,
		"-quota=512": `flag -quota: "512" is not a size of at least 1KiB: write bytes, or a whole number with K, M or G (KiB, MiB, GiB)`,
	} {
		f := New("udpchat server")
		f.Duration(&d, "", "keep", time.Hour, time.Minute, 0, "keep")
		f.Size(&n, "", "quota", 1<<20, 1<<10, 0, "quota")
		if _, err := f.Parse([]string{arg}, nil, nil); err == nil || err.Error() != want {
			t.Errorf("\n got %v\nwant %s", err, want)
		}
	}
}

// Whoever writes 180 may mean days: nothing is guessed, whatever the number comes from. 0 is 0 in every unit.
func TestTimeWithoutUnit(t *testing.T) {
	inFolder(t, "keep = 180\nwait = 20_000")
	for _, tt := range []struct{ name, args, environ, want string }{
		{"flag", "-keep 180", "", `flag -keep: "180" has no unit: write 180d, 180h, 180m, 180s or 180ms`},
		{"variable", "", "UDPCHAT_KEEP=180", `UDPCHAT_KEEP: "180" has no unit: write 180d, 180h, 180m, 180s or 180ms`},
		{"file", "-config client.toml", "", `client.toml line 1, key "keep": "180" has no unit: write 180d, 180h, 180m, 180s or 180ms`},
		{"only what is in its limits", "-wait 30", "", `flag -wait: "30" has no unit: write 30m or 30s`},
		{"in no unit", "-wait 90000001", "", `flag -wait: "90000001" is not a time from 1s to 1h: write it like 500ms, 2s or 1m30s`},
		{"below zero", "-keep -180", "", `flag -keep: "-180" is not a time of at least 0s: write it like 500ms, 1m30s, 12h or 30d`},
		{"zero, which is too short", "-wait 0", "", `flag -wait: "0" is not a time from 1s to 1h: write it like 500ms, 2s or 1m30s`},
		{"zero", "-keep 0", "", ""},
		{"milliseconds", "-ack 180", "", ""},
		{"a unit", "-keep 180d", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var keep, wait, ack time.Duration
			f := New("udpchat server")
			f.Duration(&keep, "", "keep", time.Hour, 0, 0, "keep")
			f.Duration(&wait, "", "wait", time.Minute, time.Second, time.Hour, "wait")
			f.Milliseconds(&ack, "", "ack", time.Second, 0, 0, "ack")
			_, err := f.Parse(strings.Fields(tt.args), strings.Fields(tt.environ), nil)
			if got := fmt.Sprint(err); err != nil && got != tt.want || err == nil && tt.want != "" {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			if tt.name == "milliseconds" && ack != 180*time.Millisecond || tt.name == "zero" && keep != 0 {
				t.Errorf("got %v, %v", keep, ack)
			}
		})
	}
}

func TestAlternatives(t *testing.T) {
	for want, words := range map[string][]string{
		"":                           nil,
		"on":                         {"on"},
		"on or off":                  {"on", "off"},
		"debug, info, warn or error": {"debug", "info", "warn", "error"},
	} {
		if got := alternatives(words); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for in, want := range map[string]string{"20%": "20%", "0.2": "20%", "0": "0%", "1": "100%", "100%": "100%", "2.5%": "2.5%", "0.05%": "0.05%"} {
		share, ok := parsePercent(in)
		if !ok || formatPercent(share) != want {
			t.Errorf("%q: got %v, %s, %v", in, share, formatPercent(share), ok)
		}
	}
	for _, in := range []string{"", "%", "20", "101%", "-1%", "NaN", "Inf", "nan%", "20 %", "20%%"} {
		if share, ok := parsePercent(in); ok {
			t.Errorf("%q: accepted as %v", in, share)
		}
	}
	var p float64
	f := New("udpchat lab")
	f.Percent(&p, "", "drop", 0.1, 0.9, "lost")
	want := `flag -drop: "95%" is not a share from 0% to 90%: write it like 20% or 0.2`
	if _, err := f.Parse([]string{"-drop", "95%"}, nil, nil); err == nil || err.Error() != want || p != 0.1 {
		t.Errorf("\n got %v, %v\nwant %s", err, p, want)
	}
}
