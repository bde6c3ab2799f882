package config

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// check parses, wants exactly one error line, and nothing half set.
func check(t *testing.T, got *settings, err error, want string) {
	t.Helper()
	var usage *UsageError
	if !errors.As(err, &usage) {
		t.Fatalf("got %v, want a UsageError", err)
	}
	if usage.Error() != want {
		t.Errorf("\n got %s\nwant %s", usage, want)
	}
	if *got != defaults {
		t.Errorf("half set: %+v", *got)
	}
}

func TestErrorsOfClient(t *testing.T) {
	const durations = `is not a time from 1ms to 1h: write it like 500ms, 2s or 1m30s (a bare number is milliseconds)`
	const sizes = `is not a size from 1KiB to 1MiB: write bytes, or a whole number with K, M or G (KiB, MiB, GiB)`
	tests := []struct {
		name, args, environ, want string // args are split at blanks
	}{
		{"unknown flag", "-zebra 1", "", `unknown flag -zebra: udpchat client -h lists the flags`},
		{"misspelt flag", "-name x -prot 7", "", `unknown flag -prot: did you mean -port? udpchat client -h lists the flags`},
		{"capital", "-P 7", "", `unknown flag -P: did you mean -port? udpchat client -h lists the flags`},
		{"value glued to a short name", "-p9999", "", `unknown flag -p9999: did you mean -p 9999? udpchat client -h lists the flags`},
		{"three dashes", "---zebra", "", `unknown flag ---zebra: udpchat client -h lists the flags`},
		{"no name", "-=1", "", `unknown flag -=1: udpchat client -h lists the flags`},
		{"no value", "-name x -p", "", `flag -port needs a value: write -port PORT`},
		{"port too high", "-name x -p 70000", "", `flag -port: "70000" is not a port: use a number from 1 to 65535`},
		{"port zero", "-port=0", "", `flag -port: "0" is not a port: use a number from 1 to 65535`},
		{"empty port", "-port=", "", `flag -port: "" is not a port: use a number from 1 to 65535`},
		{"own port", "-c -1", "", `flag -client-port: "-1" is not a port: use a number from 1 to 65535, or 0 for any free port`},
		{"count", "-peers 65", "", `flag -peers: "65" is not a valid number: use a whole number from 1 to 64`},
		{"huge count", "-peers 99999999999999999999", "", `flag -peers: "99999999999999999999" is not a valid number: use a whole number from 1 to 64`},
		{"duration without sense", "-ack-timeout soon", "", `flag -ack-timeout: "soon" ` + durations},
		{"duration too long", "-ack-timeout 2h", "", `flag -ack-timeout: "2h" ` + durations},
		{"duration that overflows", "-ack-timeout 9223372036854775807", "", `flag -ack-timeout: "9223372036854775807" ` + durations},
		{"choice", "-log-format xml", "", `flag -log-format: "xml" is not a choice: use text or json`},
		{"size unit", "-buffer 4KB", "", `flag -buffer: "4KB" ` + sizes},
		{"size range", "-buffer 2G", "", `flag -buffer: "2G" ` + sizes},
		{"size overflow", "-buffer 9223372036854775807G", "", `flag -buffer: "9223372036854775807G" ` + sizes},
		{"switch", "-json=maybe", "", `flag -json: "maybe" is neither: use true or false`},
		{"empty text", "-name=", "", `flag -name: is empty: give it a value`},
		{"long value", "-p " + strings.Repeat("é", 100), "", `flag -port: "` + strings.Repeat("é", 60) + `..." is not a port: use a number from 1 to 65535`},
		{"argument", "hello", "", `unexpected argument "hello": udpchat client takes flags only (udpchat client -h lists them)`},
		{"flag after an argument", "foo -p 9", "", `unexpected argument "foo": udpchat client takes flags only (udpchat client -h lists them)`},
		{"switch with a separate value", "-json false", "", `unexpected argument "false": write -json=false`},
		{"two dashes, then an argument", "-json -- false", "", `unexpected argument "false": udpchat client takes flags only (udpchat client -h lists them)`},

		{"variable with a bad value", "-name x", "UDPCHAT_PORT=70000", `UDPCHAT_PORT: "70000" is not a port: use a number from 1 to 65535`},
		{"variable with a line end", "", "UDPCHAT_PORT=7\r", `UDPCHAT_PORT: "7\r" is not a port: use a number from 1 to 65535`},
		{"misspelt variable", "", "UDPCHAT_PROT=7", `unknown variable UDPCHAT_PROT: did you mean UDPCHAT_PORT? Rename or unset it`},
		{"misspelt variable of another command", "", "UDPCHAT_WIAT=7", `unknown variable UDPCHAT_WIAT: did you mean UDPCHAT_WAIT? Rename or unset it`},
		{"short name as a variable", "", "UDPCHAT_P=7", `unknown variable UDPCHAT_P: did you mean UDPCHAT_PORT? Rename or unset it`},
		{"small letters", "", "UDPCHAT_port=7", `unknown variable UDPCHAT_port: did you mean UDPCHAT_PORT? Rename or unset it`},
		{"unknown variable", "", "UDPCHAT_ZEBRA=7", `unknown variable UDPCHAT_ZEBRA: unset it (udpchat client -h lists the variables)`},
		{"control characters", "", "UDPCHAT_\x1b[J=7", `unknown variable UDPCHAT_` + "\ufffd" + `[J: unset it (udpchat client -h lists the variables)`},

		{"missing file", "-config nope.toml", "", `flag -config: cannot read "nope.toml": no such file; check the name`},
		{"missing file of the environment", "", "UDPCHAT_CONFIG=nope.toml", `UDPCHAT_CONFIG: cannot read "nope.toml": no such file; check the name`},
		{"folder", "-config .", "", `flag -config: cannot read ".": it is a directory; name a TOML file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var environ []string
			if tt.environ != "" {
				environ = []string{tt.environ}
			}
			var got settings
			_, err := newClient(&got).Parse(strings.Fields(tt.args), environ, known())
			check(t, &got, err, tt.want)
		})
	}
}

func TestErrorsOfFile(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"unknown key", "# c\nzebra = 1", `client.toml line 2: unknown key "zebra": remove it`},
		{"misspelt key", "name = \"x\"\nprot = 1", `client.toml line 2: unknown key "prot": did you mean "port"?`},
		{"underscore", `ack_timeout = 1`, `client.toml line 1: unknown key "ack_timeout": did you mean "ack-timeout"?`},
		{"short name", `p = 1`, `client.toml line 1: unknown key "p": did you mean "port"?`},
		{"capitals, as ff alone would take", `PORT = 1`, `client.toml line 1: unknown key "PORT": did you mean "port"?`},
		{"misspelt key of another command", `wiat = 1`, `client.toml line 1: unknown key "wiat": did you mean "wait"?`},
		{"unknown key with an empty list", `zebra = []`, `client.toml line 1: unknown key "zebra": remove it`},
		{"unknown key in a table", "[a.b]\nzebra = 1", `client.toml line 2: unknown key "a.b.zebra": write the keys without tables`},
		{"known key in a table", "\n[client]\nport = 1", `client.toml line 3: unknown key "client.port": did you mean "port"? Write the keys without tables`},
		{"key of another command in a table", "[send]\nwait = 1", `client.toml line 2: unknown key "send.wait": did you mean "wait"? Write the keys without tables`},
		{"empty table", "[zebra]", `client.toml line 1: unknown key "zebra": remove it`},
		{"list of tables", "[[zebra]]\na = 1", `client.toml line 1: unknown key "zebra": remove it`},
		{"table of a known name", "[port]", `client.toml line 1, key "port": takes one value, not a table`},
		{"list", `port = [7, 8]`, `client.toml line 1, key "port": takes one value, not a list`},
		{"empty list", `port = []`, `client.toml line 1, key "port": takes one value, not a list`},
		{"date", `name = 2026-01-02`, `client.toml line 1, key "name": put the value in quotes`},
		{"the file in the file", `config = "x"`, `client.toml line 1: key "config" cannot be in the file itself: remove it`},
		{"bad value", "name = \"x\"\n\nport = 70000", `client.toml line 3, key "port": "70000" is not a port: use a number from 1 to 65535`},
		{"bad type", `port = true`, `client.toml line 1, key "port": "true" is not a port: use a number from 1 to 65535`},
		{"fraction", `port = 7.5`, `client.toml line 1, key "port": "7.5" is not a port: use a number from 1 to 65535`},
		{"empty text", `name = ""`, `client.toml line 1, key "name": is empty: give it a value`},
		{"first of two bad values", "peers = 0\nport = 0", `client.toml line 1, key "peers": "0" is not a valid number: use a whole number from 1 to 64`},
		{"no quotes", "port = 7\nname = bob", `client.toml line 2: not valid TOML: no value can start with b (write: key = value, with text in "quotes")`},
		{"no equals", "port 7", `client.toml line 1: not valid TOML: was expecting token =, but got "7" instead (write: key = value, with text in "quotes")`},
		{"another encoding", "name = \"f\xfcr\"", "client.toml: not UTF-8: save it as UTF-8, as TOML has to be"},
		{"UTF-16, which some editors write", "\xff\xfen\x00a\x00", "client.toml: not UTF-8: save it as UTF-8, as TOML has to be"},
		{"twice", "port = 7\nport = 8", `client.toml line 2: not valid TOML: The following key was defined twice: port (write: key = value, with text in "quotes")`},
		{"too large", "#" + strings.Repeat("x", maxFile), `client.toml: larger than 1048576 bytes: is it a settings file?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inFolder(t, tt.file)
			var got settings
			// A good flag and variable beside the bad file must not stay either.
			_, err := newClient(&got).Parse([]string{"-config", "client.toml", "-c", "5"}, []string{"UDPCHAT_COLOR=off"}, known())
			check(t, &got, err, tt.want)
		})
	}
}

func TestErrorsOfArguments(t *testing.T) {
	tests := []struct {
		name, args, want string
	}{
		{"none", "", `too few arguments: udpchat send needs TO TEXT...`},
		{"one", "bob", `too few arguments: udpchat send needs TO TEXT...`},
		{"flag behind them", "bob hi -json", `flag -json comes after the argument "bob": put it before, or put -- before the arguments if it is text`},
		{"short flag behind them", "bob hi --n=x", `flag --n=x comes after the argument "bob": put it before, or put -- before the arguments if it is text`},
		{"help behind them", "bob hi -h", `flag -h comes after the argument "bob": put it before, or put -- before the arguments if it is text`},
		{"two dashes behind the first", "bob -- -j", `flag -j comes after the argument "bob": put it before, or put -- before the arguments if it is text`},
		{"text that looks like a flag", "-5 degrees", `unknown flag -5: udpchat send -h lists the flags, and -- before an argument keeps it from being one`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := defaults
			_, err := newSend(&settings{}).Parse(strings.Fields(tt.args), nil, nil)
			check(t, &got, err, tt.want)
		})
	}
	f := New("udpchat backup")
	f.Takes("FILE", 1, 1)
	_, err := f.Parse([]string{"a", "b"}, nil, nil)
	got := defaults
	check(t, &got, err, `unexpected argument "b": udpchat backup takes only FILE, after all flags`)
}

func TestUnreadable(t *testing.T) {
	for err, want := range map[syscall.Errno]string{
		syscall.EACCES: "permission denied; make it readable for this user",
		syscall.ELOOP:  "too many levels of symbolic links; name a readable TOML file",
	} {
		if got := unreadable(&fs.PathError{Op: "open", Path: "x", Err: err}); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

func TestFileWithoutPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read every file")
	}
	inFolder(t, "")
	if err := os.Chmod("client.toml", 0); err != nil {
		t.Fatal(err)
	}
	var got settings
	_, err := newClient(&got).Parse([]string{"-config", "client.toml"}, nil, nil)
	check(t, &got, err, `flag -config: cannot read "client.toml": permission denied; make it readable for this user`)
}

func TestNearest(t *testing.T) {
	words := []string{"name", "port", "ip", "ack-timeout", "client-port", "part"}
	for word, want := range map[string]string{
		"prot": "port", "nam": "name", "NAME": "name", "ack-time-out": "ack-timeout", "client-prt": "client-port",
		"pirt": "part", "zebra": "", "": "", "x": "", "ipp": "ip", strings.Repeat("a", 1000): "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
