package arrows

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestArrowsPointDown compares what each package imports of this module, in its code and not in its tests, with what it may.
func TestArrowsPointDown(t *testing.T) {
	rules := []struct {
		from string
		may  []string
		why  string
	}{
		{"wire", nil, "what a datagram says is pure"},
		{"wire/link", []string{"wire", "wire/link/noise"}, "sockets carry what wire says, and know nothing else"},
		{"wire/link/noise", nil, "cryptography knows no message"},
		{"wire/seal", nil, "cryptography knows no message"},
		{"wire/name", nil, "a name is judged alone"},
		{"wire/words", nil, "words know no protocol"},
		{"store", nil, "bodies are opaque bytes: the wire may change without a migration"},
		{"store/memory", []string{"store"}, "a backend knows only the interface"},
		{"store/bolt", []string{"store", "migrations"}, "a backend knows the interface and its schema"},
		{"migrations", nil, "steps own frozen copies of what they change"},
		{"server", []string{"store", "wire", "wire/link", "wire/seal", "wire/name"}, "server and peer never import each other"},
		{"peer", []string{"store", "wire", "wire/link", "wire/seal", "wire/name"}, "server and peer never import each other"},
	}
	for _, r := range rules {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, "udpchat/"+r.from).Output()
		if err != nil {
			t.Fatalf("list imports of %s: %v", r.from, err)
		}
		for path := range strings.FieldsSeq(string(out)) {
			if short, ours := strings.CutPrefix(path, "udpchat/"); ours && !slices.Contains(r.may, short) {
				t.Errorf("%s imports %s: %s", r.from, short, r.why)
			}
		}
	}
}
