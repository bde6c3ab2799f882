package control

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"udpchat/peer"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// docs/scripting.md has every event with its fields, every command and every word of an error, and no others.
func TestTheDocumentSaysWhatIsSpoken(t *testing.T) {
	doc := readDoc(t, "scripting.md")
	rows := func(heading string) (names, fields map[string]bool) {
		t.Helper()
		_, table, ok := strings.Cut(doc, heading)
		if !ok {
			t.Fatalf("no table %s", heading)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		names, fields = map[string]bool{}, map[string]bool{}
		for _, row := range strings.Split(table, "\n")[2:] {
			cells := strings.Split(row, "|")
			for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(cells[1], -1) {
				names[m[1]] = true
			}
			for _, f := range regexp.MustCompile(`[a-z_]+`).FindAllString(cells[2], -1) {
				fields[f] = true
			}
		}
		return names, fields
	}
	events, fields := rows("| event | fields | |")
	for _, n := range everyNotice {
		e, _ := Of(n)
		if !events[e.Event] {
			t.Errorf("event %s is not in the table", e.Event)
		}
	}
	for e := range events {
		if !slicesHave(everyNotice, e) {
			t.Errorf("there is no event %s", e)
		}
	}
	of := reflect.TypeFor[Event]()
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !fields[name] && name != "event" && name != "status" && name != "reached" { // those two are of the control socket alone
			t.Errorf("field %s is not in the table", name)
		}
	}
	for _, word := range []string{BadCommand, BadText, TooLong, UnknownName, OtherKey, NotRegistered, NoRoom, Refused, NoKeys, NameTaken, Silent} {
		if !strings.Contains(doc, "`"+word+"`") {
			t.Errorf("error %s is not explained", word)
		}
	}
	for _, bot := range []string{"bots/bot.sh", "bots/bot.py"} {
		if !strings.Contains(doc, readDoc(t, bot)+"```") {
			t.Errorf("%s is another one in the document", bot)
		}
	}
}

func slicesHave(all []peer.Notice, event string) bool {
	for _, n := range all {
		if e, _ := Of(n); e.Event == event {
			return true
		}
	}
	return false
}
