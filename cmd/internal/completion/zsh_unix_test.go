//go:build unix

package completion

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// zshrc makes ^T write down what there is to choose. A line may be typed when its editor is there: before, the terminal itself takes ^U.
const zshrc = `PS1='%% '; unset zle_bracketed_paste
autoload -Uz compinit && compinit -D -u
source ./script
list() {
	local -a all
	compadd() { local -a found; builtin compadd -O found "$@"; all+=($found); builtin compadd "$@" }
	_main_complete
	unfunction compadd
	print -rn -- "<<$all>>" >&3
	compstate[insert]= compstate[list]=
}
zle -C list complete-word list
bindkey '^T' list
bindkey '^U' kill-whole-line
exec 3>./answers
zle-line-init() { print -rn -- REA''DY >$TTY }
zle -N zle-line-init
`

// In zsh completion exists only at a prompt: a terminal that nobody sees types the lines.
func TestZsh(t *testing.T) {
	folder := written(t, "zsh")
	answers := folder + "/answers"
	if err := os.WriteFile(answers, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.WriteFile(home+"/.zshrc", []byte(zshrc), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("zsh", "-d", "-i") // -d: nothing from /etc
	cmd.Dir = folder
	cmd.Env = []string{"HOME=" + home, "ZDOTDIR=" + home, "TERM=dumb", "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = terminal.Close()
	}()
	hangs := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer hangs.Stop()
	z := &typist{t: t, terminal: terminal}
	z.until("READY")
	for _, s := range situations {
		z.types(s.line + "\x14\x15print\n")
		z.until("READY")
		all := regexp.MustCompile(`<<([^>]*)>>`).FindAllStringSubmatch(read(t, answers), -1)
		if len(all) == 0 {
			t.Fatalf("%q: nothing was asked:\n%s", s.line, z.seen.String())
		}
		got := strings.Fields(all[len(all)-1][1])
		slices.Sort(got)
		got = slices.Compact(got)
		if strings.Contains(s.line, "./f") { // what stands before the word it is not told
			for i := range got {
				got[i] = "./" + got[i]
			}
		}
		if !slices.Equal(got, s.want) {
			t.Errorf("%q: got %q, want %q", s.line, got, s.want)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// typist is who sits at a terminal.
type typist struct {
	t        *testing.T
	terminal *os.File
	seen     strings.Builder
}

func (z *typist) types(s string) {
	z.t.Helper()
	if _, err := z.terminal.WriteString(s); err != nil {
		z.t.Fatal(err)
	}
}

// until reads on until a word comes that was not seen before.
func (z *typist) until(word string) {
	z.t.Helper()
	b, fresh := make([]byte, 4096), ""
	for !strings.Contains(fresh, word) {
		n, err := z.terminal.Read(b)
		if err != nil {
			z.t.Fatalf("%v after\n%s", err, z.seen.String())
		}
		z.seen.Write(b[:n])
		fresh += string(b[:n])
	}
}
