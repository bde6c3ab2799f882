package completion

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"udpchat/cmd/internal/config"
)

// commands are some with every sort of flag and argument.
func commands() []config.Command {
	var s string
	var port int
	var loud bool
	play := config.New("udpchat play")
	play.String(&s, "n", "name", "", "your `NAME`: it's [any] \"name\" with $HOME and `no` more")
	play.Choice(&s, "", "format", "text", "how to write it", "text", "json")
	play.Port(&port, "p", "port", 1, "a port")
	play.Bool(&loud, "l", "loud", false, "loudly")
	play.String(&s, "", "state", "", "a `FOLDER`")
	play.String(&s, "", "out", "", "a `FILE`")
	help := config.New("udpchat help")
	help.Takes("[COMMAND]", 0, 1)
	shells := config.New("udpchat completion")
	shells.Takes("bash|zsh|fish", 1, 1)
	read := config.New("udpchat read")
	read.Takes("FILE...", 1, -1)
	say := config.New("udpchat say")
	say.Takes("NAME [TEXT|-]", 1, -1)
	return []config.Command{{Name: "say", Short: "say it", Flags: say}, {Name: "play", Short: "play a tune: it's [loud]", Flags: play}, {Name: "help", Short: "print this", Flags: help},
		{Name: "completion", Short: "complete", Flags: shells}, {Name: "read", Short: "read files", Flags: read}}
}

// situations are command lines, of which the last word is being typed, and what there must be to choose.
var situations = []struct {
	line string
	want []string
}{
	{"udpchat ", []string{"completion", "help", "play", "read", "say"}},
	{"udpchat pl", []string{"play"}},
	{"udpchat nonsense ", nil},
	{"udpchat play -fo", []string{"-format"}},
	{"udpchat play -na", []string{"-name"}},
	{"udpchat play -loud -na", []string{"-name"}},
	{"udpchat play -n bob -fo", []string{"-format"}},
	{"udpchat play -format ", []string{"json", "text"}},
	{"udpchat play -format j", []string{"json"}},
	{"udpchat play -name ", nil},
	{"udpchat play -state ./f", []string{"./folder"}},
	{"udpchat play -out ./f", []string{"./file", "./folder"}},
	{"udpchat read ./f", []string{"./file", "./folder"}},
	{"udpchat say ", nil},
	{"udpchat help p", []string{"play"}},
	{"udpchat completion ", []string{"bash", "fish", "zsh"}},
}

// written is a script in a folder with a file and a folder.
func written(t *testing.T, shell string) (folder string) {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("%s is not installed", shell)
	}
	script, err := Script(shell, commands())
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	for name, text := range map[string]string{"script": script, "file": "", "other": ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// run gives what a shell prints, a line each, sorted; it may say nothing to standard error.
func run(t *testing.T, folder string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = folder
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home)
	var wrong strings.Builder
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil || wrong.Len() > 0 {
		t.Fatalf("%q: %v\n%s", args, err, wrong.String())
	}
	lines := strings.Fields(string(out))
	slices.Sort(lines)
	return lines
}

func TestBash(t *testing.T) {
	folder := written(t, "bash")
	const ask = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _udpchat; printf '%s\n' "${COMPREPLY[@]}"`
	for _, s := range append(situations, []struct {
		line string
		want []string
	}{
		{"udpchat play --fo", []string{"--format"}},
		{"udpchat play --format ", []string{"json", "text"}},
		{"udpchat play -format =", []string{"json", "text"}}, // bash has cut -format=
		{"udpchat play -format = j", []string{"json"}},
	}...) {
		words := strings.Split(s.line, " ")
		if got := run(t, folder, append([]string{"bash", "--norc", "-u", "-c", ask, "bash"}, words...)...); !slices.Equal(got, s.want) {
			t.Errorf("%q: got %q, want %q", s.line, got, s.want)
		}
	}
}

// A blank or a star in a file's name is part of the name.
func TestBashFileNames(t *testing.T) {
	folder := written(t, "bash")
	for _, name := range []string{"my file", "my *"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const ask = `source ./script; COMP_WORDS=(udpchat play -out my); COMP_CWORD=3; _udpchat; printf '%s|' "${COMPREPLY[@]}" | tr ' ' _`
	if got := strings.Join(run(t, folder, "bash", "--norc", "-u", "-c", ask), ""); got != "my_*|my_file|" && got != "my_file|my_*|" {
		t.Errorf("got %q", got)
	}
}

func TestFish(t *testing.T) {
	folder := written(t, "fish")
	for _, s := range situations {
		got := run(t, folder, "fish", "-c", "source ./script; complete -C "+single(s.line)+" | string replace -r '\\t.*' '' | string trim -r -c /; true")
		if !slices.Equal(got, s.want) {
			t.Errorf("%q: got %q, want %q", s.line, got, s.want)
		}
	}
}

// Everything that there is to complete is in every script.
func TestNothingIsLeftOut(t *testing.T) {
	for _, shell := range Shells {
		script, err := Script(shell, commands())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"play", "help", "completion", "read", "name", "format", "text", "json", "loud", "state", "out", "config"} {
			if !strings.Contains(script, want) {
				t.Errorf("%s: %q is missing", shell, want)
			}
		}
	}
	if _, err := Script("tcsh", nil); err == nil || err.Error() != `"tcsh" is no shell that is known: use bash, zsh, fish` {
		t.Errorf("got %v", err)
	}
}
