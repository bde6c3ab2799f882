package chaos

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// reading is a line of a transcript: who reads what, in which run of its program.
type reading struct {
	who  string
	run  int
	line string
}

// transcript is a conversation in which all is well: a kill with a repeated line, a late text, mail, and the channel.
func transcript(l *ledger) (list []reading) {
	var m []*message
	for i, to := range []string{"bob", "bob", "bob", "", "carl"} {
		m = append(m, l.writes("anna", to, uint64(i)*7919, 30*i))
	}
	for range 2 {
		for _, who := range l.people {
			l.starts(who)
		}
	}
	for _, m := range m {
		l.accepts("anna", m.text)
	}
	stamp := "2026-11-23 04:45:49.481661 "
	return []reading{
		{"bob", 1, "SERVER: [Welcome, you are registered.]"},
		{"bob", 1, "anna: " + m[0].text},
		{"bob", 1, "anna: " + m[2].text},
		{"bob", 1, "(late) anna: " + stamp + m[1].text},
		{"bob", 2, "↻ (late) anna: " + stamp + m[1].text},
		{"bob", 2, "[Channel_Message anna: " + m[3].text + "]"},
		{"carl", 1, "[Channel_Message anna: " + stamp + m[3].text + "]"},
		{"carl", 1, "anna: " + m[4].text},
	}
}

func audited(change func(l *ledger, list []reading) []reading) string {
	l := newLedger("anna", "bob", "carl")
	for _, r := range change(l, transcript(l)) {
		l.line(r.who, r.run, r.line)
	}
	return strings.Join(l.audit(), "\n")
}

// The ledger is content with what is right, and notices each line that is left out, doubled, changed, or somewhere else.
func TestLedgerNotices(t *testing.T) {
	if wrong := audited(func(_ *ledger, list []reading) []reading { return list }); wrong != "" {
		t.Fatal(wrong)
	}
	change := func(what, want string, f func(l *ledger, list []reading) []reading) {
		t.Helper()
		if got := audited(f); !strings.Contains(got, want+": ") {
			t.Errorf("%s: %q is not in %q", what, want, got)
		}
	}
	for _, i := range []int{1, 2, 5, 6, 7} {
		change(fmt.Sprintf("line %d is left out", i), "lost", func(_ *ledger, list []reading) []reading { return slices.Delete(list, i, i+1) })
		change(fmt.Sprintf("line %d is there twice", i), "duplicated", func(_ *ledger, list []reading) []reading { return slices.Insert(list, i, list[i]) })
		change(fmt.Sprintf("line %d goes to its sender", i), "astray", func(_ *ledger, list []reading) []reading {
			list[i].who = "anna"
			return list
		})
		change(fmt.Sprintf("line %d has a letter too many", i), "altered", func(_ *ledger, list []reading) []reading {
			list[i].line = strings.Replace(list[i].line, ".", ".x", 1)
			return list
		})
		change(fmt.Sprintf("line %d is of somebody else", i), "altered", func(_ *ledger, list []reading) []reading {
			list[i].line = strings.Replace(list[i].line, "anna: ", "carl: ", 1)
			return list
		})
	}
	edit := func(i int, line func(string) string) func(*ledger, []reading) []reading {
		return func(_ *ledger, list []reading) []reading {
			list[i].line = line(list[i].line)
			return list
		}
	}
	without := func(mark string) func(string) string {
		return func(s string) string { return strings.Replace(s, mark, "", 1) }
	}
	change("a repetition without its mark", "duplicated", edit(4, without("↻ ")))
	change("a late line without its mark", "order", edit(3, without("(late) ")))
	change("a mark without a kill", "marked", edit(1, func(s string) string { return "↻ " + s }))
	change("a mark of doubt", "altered", edit(1, func(s string) string { return "(another key) " + s }))
	change("an error", "strange", edit(0, func(string) string { return "SERVER: WARNING: posts of anna are missing here" }))
	change("what nobody typed", "phantom", edit(1, func(s string) string { return strings.Replace(s, "-1-", "-9-", 1) }))
	change("what its sender has not", "phantom", func(l *ledger, list []reading) []reading {
		m := l.writes("carl", "bob", 1, 0)
		return append(list, reading{"bob", 2, "carl: " + m.text})
	})
	change("what is twice on a disk", "accepted", func(l *ledger, list []reading) []reading {
		l.accepts("anna", l.messages[0].text)
		return list
	})
}
