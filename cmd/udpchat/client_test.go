package main

import (
	"os"
	"path/filepath"
	"testing"

	"udpchat/cmd/internal/config"
	"udpchat/wire/words"
)

// An invite brings host, port and key. What is as strong as it and says otherwise is a mistake; what is weaker gives way.
func TestRule(t *testing.T) {
	key := [32]byte{0: 0xa1, 31: 0x1a}
	invite := words.Invite{Host: "chat.example", Port: 7000, Key: key}.String()
	file := filepath.Join(t.TempDir(), "client.toml")
	if err := os.WriteFile(file, []byte("port = 1\nip = \"elsewhere\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name          string
		args, environ []string
		address       string
		given         bool
		err           string
	}{
		{"nothing", nil, nil, "127.0.0.1:9999", false, ""},
		{"capitals", []string{"-i", "Chat.Example", "-p", "7"}, nil, "chat.example:7", false, ""},
		{"IPv6", []string{"-i", "[2001:DB8::1]"}, nil, "[2001:db8::1]:9999", false, ""},
		{"a port behind the address", []string{"-i", "Chat.Example:7"}, nil, "chat.example:7", false, ""},
		{"a port behind an IPv6 address", []string{"-i", "[2001:DB8::1]:7"}, nil, "[2001:db8::1]:7", false, ""},
		{"the same port twice", []string{"-i", "chat.example:7", "-p", "7"}, nil, "chat.example:7", false, ""},
		{"a port behind the address, another in the environment", []string{"-i", "chat.example:7"}, []string{"UDPCHAT_PORT=8"}, "chat.example:7", false, ""},
		{"no port behind the colon", []string{"-i", "chat.example:"}, nil, "", false, "flag -ip: \"\" behind the colon is not a port: use a number from 1 to 65535"},
		{"no host before the colon", []string{"-i", ":7"}, nil, "", false, "flag -ip: there is no host before the colon"},
		{"a port that is none", []string{"-i", "127.0.0.1:99999"}, nil, "", false, "flag -ip: \"99999\" behind the colon is not a port: use a number from 1 to 65535"},
		{"two ports", []string{"-i", "chat.example:7", "-p", "8"}, nil, "", false, "flag -port: 8 is not the port of the address, 7: leave it out"},
		{"a key", []string{"-server-key", words.FormatKey(key)}, nil, "127.0.0.1:9999", true, ""},
		{"an invite", []string{"-i", invite}, nil, "chat.example:7000", true, ""},
		{"an invite and all that is in it", []string{"-i", invite, "-p", "7000", "-server-key", words.FormatKey(key)}, nil, "chat.example:7000", true, ""},
		{"an invite in the environment", nil, []string{"UDPCHAT_IP=" + invite}, "chat.example:7000", true, ""},
		{"another port in the environment", []string{"-i", invite}, []string{"UDPCHAT_PORT=8"}, "chat.example:7000", true, ""},
		{"another port in the file", []string{"-config", file}, []string{"UDPCHAT_IP=" + invite}, "chat.example:7000", true, ""},
		{"another port beside it", []string{"-i", invite, "-p", "9999"}, nil, "", false, "flag -port: 9999 is not the invite's port, 7000: leave it out"},
		{"trust in the environment", nil, []string{"UDPCHAT_TRUST_NEW_SERVER_KEY=true"}, "", false, "UDPCHAT_TRUST_NEW_SERVER_KEY: give it on the command line, once: elsewhere it would accept every key"},
		{"a stronger port", []string{"-p", "8"}, []string{"UDPCHAT_IP=" + invite}, "", false, "flag -port: 8 is not the invite's port, 7000: leave it out"},
		{"another key", []string{"-i", invite, "-server-key", words.FormatKey([32]byte{1})}, nil, "", false,
			"flag -server-key: it is not the key of the invite: leave it out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s clientSettings
			f := config.New("udpchat client")
			s.register(f)
			if _, err := f.Parse(tt.args, tt.environ, nil); err != nil {
				t.Fatal(err)
			}
			got, err := s.rule(f)
			if text := errorText(err); text != tt.err {
				t.Fatalf("got %q", text)
			}
			if err == nil && (got.address != tt.address || (got.given != nil) != tt.given || tt.given && *got.given != key) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
