package manual

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"udpchat/cmd/internal/config"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// book is one with everything that a page can have, and with what roff would read as something else.
func book() Book {
	var name, format string
	var loud bool
	f := config.New("udpchat play")
	f.Example = "udpchat play -loud tune\n.hidden 'quoted' \"twice\" back\\slash"
	f.About = "Plays a TUNE - as it is -, with words enough for more than one line of a page, 'quoted' and \\escaped.\n\n.A paragraph that begins with a dot.\n\n'And one with a quote."
	f.Exits = []config.Exit{{Code: "0", When: "played"}, {Code: "130, 143", When: "ended by a signal"}}
	f.Takes("TUNE...", 1, -1)
	f.String(&name, "n", "name", "", "the `NAME`: any")
	f.Choice(&format, "", "format", "text", "how to write it", "text", "json")
	f.Bool(&loud, "", "loud", false, "loudly")
	return Book{Version: "udpchat 1.2.3", Date: "2026-01-02", Commands: []config.Command{{Name: "play", Short: "play a tune", Flags: f}}}
}

func TestPage(t *testing.T) {
	b := book()
	got := b.Page(b.Commands[0])
	const file = "testdata/play.1"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s", got)
	}
}

// need skips where a program is not installed.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

func TestMandocFindsNothing(t *testing.T) {
	need(t, "mandoc")
	b := book()
	for _, page := range []string{b.Overview(), b.Page(b.Commands[0])} {
		cmd := exec.Command("mandoc", "-Tlint", "-Wwarning")
		cmd.Stdin = strings.NewReader(page)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// What groff makes of a page has the words as they were written.
func TestGroffShowsWhatWasWritten(t *testing.T) {
	need(t, "groff")
	b := book()
	cmd := exec.Command("groff", "-man", "-Tutf8", "-P-c", "-P-b", "-P-u", "-P-o")
	cmd.Stdin = strings.NewReader(b.Page(b.Commands[0]))
	var out, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &wrong
	if err := cmd.Run(); err != nil || wrong.Len() > 0 {
		t.Fatalf("%v\n%s", err, wrong.String())
	}
	for _, want := range []string{"udpchat play -loud tune", `.hidden 'quoted' "twice" back\slash`, "-n, -name NAME", "-format text|json", "[UDPCHAT_FORMAT, default text]",
		".A paragraph that begins with a dot.", "'And one with a quote.", `'quoted' and \escaped`, "130, 143", "UDPCHAT-PLAY(1)", "2026-01-02", "udpchat play [flags] TUNE..."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
