package main

import (
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"udpchat/cmd/internal/config"
)

// lookup gives a variable's value, "" when it is not set.
func (env *environment) lookup(name string) string {
	for _, v := range env.environ {
		if key, value, ok := strings.Cut(v, "="); ok && key == name {
			return value
		}
	}
	return ""
}

// stateDir is where state lives when no flag says otherwise: $XDG_STATE_HOME/udpchat, which without that variable is
// ~/.local/state/udpchat (XDG Base Directory Specification); on Windows %LocalAppData%\udpchat.
func (env *environment) stateDir() (string, error) {
	if dir := env.lookup("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "udpchat"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := env.lookup("LocalAppData"); dir != "" {
			return filepath.Join(dir, "udpchat"), nil
		}
	}
	if home := env.lookup("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", "udpchat"), nil
	}
	return "", config.Errorf("no place for state is known: set HOME or XDG_STATE_HOME, or name one with a flag (-db, -state)")
}

// stateFile is a file or folder that a flag names, or the one with this name among the state.
func (env *environment) stateFile(given, name string) (string, error) {
	if given != "" {
		return given, nil
	}
	dir, err := env.stateDir()
	return filepath.Join(dir, name), err
}

// profileName gives the name whose profile a folder has; false when it is none that profileFile makes.
func profileName(folder string) (name string, ok bool) {
	name, err := url.PathUnescape(folder)
	return name, err == nil && filepath.Dir(profileFile("", name)) == folder
}

// profileBase is what a profile is called in its folder.
const profileBase = "profile.db"

// profileFile is a name's profile. Each byte of the name that a file system might fold or forbid is written as %XX, so
// that two names never share a file.
func profileFile(dir, name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch ch := name[i]; {
		case 'a' <= ch && ch <= 'z', '0' <= ch && ch <= '9', ch == '_', ch == '-' && i > 0:
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "%%%02x", ch)
		}
	}
	return filepath.Join(dir, b.String(), profileBase)
}
