package config

import (
	"strings"
	"testing"
)

// What only the command can check is reported where it came from, too.
func TestWrong(t *testing.T) {
	inFolder(t, "# c\nport = 7\nname = \"filip\"\n")
	for want, from := range map[string]struct{ args, environ []string }{
		`flag -port: is taken`:                     {nil, nil},
		`client.toml line 2, key "port": is taken`: {[]string{"-config", "client.toml"}, nil},
		`UDPCHAT_PORT: is taken`:                   {[]string{"-config", "client.toml"}, []string{"UDPCHAT_PORT=8"}},
		`flag -port: is taken `:                    {[]string{"-config", "client.toml", "-p", "9"}, []string{"UDPCHAT_PORT=8"}},
	} {
		f := newClient(&settings{})
		_, err := f.Parse(from.args, from.environ, nil)
		if got := f.Wrong("port", "is %s", "taken"); err != nil || got.Error() != strings.TrimSpace(want) {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	}
}

func TestSource(t *testing.T) {
	inFolder(t, "port = 7\nname = \"filip\"\n")
	tests := []struct {
		name          string
		args, environ []string
		want          Source
	}{
		{"default", nil, nil, Default},
		{"file", []string{"-config", "client.toml"}, nil, File},
		{"environment", []string{"-config", "client.toml"}, []string{"UDPCHAT_PORT=8"}, Environment},
		{"empty variable", nil, []string{"UDPCHAT_PORT="}, Default},
		{"short flag", []string{"-config", "client.toml", "-p", "9"}, []string{"UDPCHAT_PORT=8"}, CommandLine},
		{"long flag with the default's value", []string{"--port=9999"}, nil, CommandLine},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s settings
			f := newClient(&s)
			if _, err := f.Parse(tt.args, tt.environ, nil); err != nil || f.Source("port") != tt.want || f.Source("json") != Default {
				t.Errorf("got %v, %v", f.Source("port"), err)
			}
		})
	}
}
