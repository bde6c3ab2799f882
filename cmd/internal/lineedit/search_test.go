package lineedit

import (
	"strings"
	"testing"
)

// sought is an editor without a terminal that remembers lines; it is given
// keys as a terminal sends them.
func sought(keys string) *Editor {
	e := &Editor{more: make(chan struct{}, 1)}
	for _, line := range []string{"send bob hello", "send carol Hello", "status", "send bob bye", "日本語"} {
		e.past.add(line)
	}
	var d decoder
	var above strings.Builder
	for _, ev := range d.feed([]byte(keys)) {
		e.apply(ev, &above)
	}
	return e
}

func TestSearch(t *testing.T) {
	const r, g, back, enter, up, down = "\x12", "\x07", "\x7f", "\r", "\x1b[A", "\x1b[B"
	for _, tt := range []struct{ name, keys, prompt, row string }{
		{"nothing is found before something is typed", "draft" + r, "(search) : ", "draft"},
		{"the newest one", r + "send", "(search) send: ", "send bob bye"},
		{"an older one, by more of it", r + "send bob h", "(search) send bob h: ", "send bob hello"},
		{"older ones, by the key again", r + "send" + r + r, "(search) send: ", "send bob hello"},
		{"in capitals or not", r + "HELLO", "(search) HELLO: ", "send carol Hello"},
		{"no older one", r + "stat" + r, "(not found) stat: ", "status"},
		{"none", "draft" + r + "xyz", "(not found) xyz: ", "draft"},
		{"less of it finds newer ones again", r + "send bob h" + back + back, "(search) send bob: ", "send bob bye"},
		{"what a reader sees as one character", r + "本" + back + "hello", "(search) hello: ", "send carol Hello"},
		{"given up", "draft" + r + "send" + g, "", "draft"},
		{"given up by Ctrl-C, which leaves nothing else", "draft" + r + "send" + "\x03", "", "draft"},
		{"another key edits what was found", r + "bye" + "\x01" + "re", "", "resend bob bye"},
		{"Up goes on from there", r + "carol" + up, "", "send bob hello"},
		{"and Down back to the draft", "draft" + r + "bye" + down + down, "", "draft"},
		{"from where Up was", up + up + r + "send" + r, "(search) send: ", "send carol Hello"},
		{"which is there again", up + up + r + "send" + g + up, "", "status"},
	} {
		e := sought(tt.keys)
		prompt := ""
		if e.search != nil {
			prompt = e.search.prompt()
		}
		if prompt != tt.prompt || e.buf.text() != tt.row || e.interrupted {
			t.Errorf("%s: %q%q, want %q%q", tt.name, prompt, e.buf.text(), tt.prompt, tt.row)
		}
	}
	e := sought(r + "stat" + enter)
	if len(e.entered) != 1 || e.entered[0].line != "status" || e.search != nil || !e.buf.empty() {
		t.Errorf("entered %+v", e.entered)
	}
}
