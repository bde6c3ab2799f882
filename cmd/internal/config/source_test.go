package config

import "testing"

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
