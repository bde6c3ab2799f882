package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnName(t *testing.T) {
	state := t.TempDir()
	for _, old := range []string{"adm1n", "ｗｉｄｅ", "a/b", "server", "Dora", "josé"} { // as the first version of the program had them, or not even that
		path := profileFile(state, old)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, wanted, want, reason string }{
		{"plain", "alice", "alice", ""},
		{"capitals stay", "Alice", "Alice", ""},
		{"wide letters are narrowed", "ａｌｉｃｅ", "alice", ""},
		{"marks are composed", "jose\u0301", "jos\u00e9", ""},
		{"two scripts", "\u0430lice", "", `"` + "\u0430" + `lice" mixes Latin and Cyrillic: ` + "\u0430" + ` is Cyrillic: a name has`},
		{"one other script", "\u0430\u043b\u0438\u0441\u0430", "\u0430\u043b\u0438\u0441\u0430", ""},
		{"reserved", "Admin", "", `"Admin" is reserved, or looks like "admin": a name has`},
		{"a capital i for an l", "AII", "", `"AII" is reserved, or looks like "all": a name has`},
		{"reserved, and with a file", "server", "", `"server" is reserved, or looks like "server": a name has`},
		{"no name, and with a file", "a/b", "", `"a/b" has U+002F, which is punctuation: a name has`},
		{"a change of direction", "a\u202eb", "", "\"a\ufffdb\" has U+202E, which is a change of the reading direction: a name has"},
		{"small letters of one that is there", "dora", "Dora", ""},
		{"capitals of one that is there, composed", "JOSE\u0301", "josé", ""},
		{"from the first version", "adm1n", "adm1n", ""},
		{"from the first version, wide", "ｗｉｄｅ", "ｗｉｄｅ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ownName(state, tt.wanted)
			switch {
			case got != tt.want || (err == nil) != (tt.reason == ""):
				t.Errorf("got %q, %v", got, err)
			case err != nil && !strings.HasPrefix(err.Error(), tt.reason):
				t.Errorf("\n got %v\nwant %s", err, tt.reason)
			}
		})
	}
}
