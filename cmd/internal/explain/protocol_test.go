package explain

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"udpchat/wire"
)

// document is protocol.md, and the part of it below a heading up to the next one of its level or above.
func document(t *testing.T, heading string) string {
	t.Helper()
	all, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(all), "\n"+heading)
	if !found {
		t.Fatalf("no heading %q", heading)
	}
	part, _, _ = strings.Cut(part, "\n## ")
	part, _, _ = strings.Cut(part, "\n### ")
	return part
}

// tableRows are the lines of the tables in a part, without their heads.
func tableRows(part string) (rows []string) {
	for line := range strings.Lines(part) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|--") {
			rows = rows[:0]
		} else if strings.HasPrefix(line, "| ") {
			rows = append(rows, line)
		}
	}
	return rows
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(want) == 0 {
		t.Fatalf("%s: nothing in the document", what)
	}
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("%s:\n got %s\nwant %s", what, g, w)
		}
	}
}

func TestTablesAreThoseOfTheDocument(t *testing.T) {
	var got []string
	for _, h := range header {
		got = append(got, fmt.Sprintf("| %d | %d | %s | %s |", h.offset, h.bytes, h.field, h.encoding))
	}
	compare(t, "§2", got, tableRows(document(t, "## 2. ")))
	got = nil
	for _, k := range kinds {
		got = append(got, fmt.Sprintf("| %s | %d | %s | %s |", k.name, k.number, k.way, k.fields))
	}
	compare(t, "§4", got, tableRows(document(t, "## 4. ")))
	got = nil
	for _, d := range types {
		got = append(got, fmt.Sprintf("| %d | %s | %s | %s | %s | %s |", d.number, d.name, d.index, d.counter, d.body, d.size))
	}
	compare(t, "§13.1", got, tableRows(document(t, "### 13.1 ")))
}

// listed are the numbers and their meanings in a sentence of the document: "Outcomes: 0 OK, 1 …".
func listed(t *testing.T, name string) map[uint64]string {
	t.Helper()
	_, s, found := strings.Cut(document(t, "## 4. "), "\n"+name+": ")
	if !found {
		t.Fatalf("no %s", name)
	}
	s, _, _ = strings.Cut(s, ".\n")
	all := map[uint64]string{}
	for _, m := range regexp.MustCompile(`(\d+) ([^,]+)`).FindAllStringSubmatch(s, -1) {
		var n uint64
		_, _ = fmt.Sscan(m[1], &n)
		all[n] = strings.TrimSpace(m[2])
	}
	return all
}

func TestNumbersAreThoseOfTheDocument(t *testing.T) {
	for name, table := range map[string]map[uint64]string{"Outcomes": outcomes, "Verdicts": verdicts, "Refusals": refusals} {
		want := listed(t, name)
		if len(want) < 3 || fmt.Sprint(table) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %v\nwant %v", name, table, want)
		}
	}
}

func TestSharedFieldsAreThoseOfTheDocument(t *testing.T) {
	text := document(t, "## 5. ")
	if want := "The text's nine fields:\n" + textFields + "."; !strings.Contains(text, want) {
		t.Errorf("§5.2 does not say %q", want)
	}
	said := regexp.MustCompile(`[*\n]+`).ReplaceAllString(document(t, "## 6. "), " ")
	for name := range strings.SplitSeq(marksFields, ", ") {
		if !strings.Contains(said, name) {
			t.Errorf("§6.1 does not speak of %q", name)
		}
	}
}

// Every field has a meaning, and what nothing uses is not there.
func TestEveryFieldIsExplained(t *testing.T) {
	used := map[string]bool{}
	for _, k := range kinds {
		for _, name := range append(k.names(), k.columns()...) {
			used[name] = true
			used[k.name+"."+name] = true
			if _, ok := fields[name]; !ok {
				t.Errorf("%s: no field %q", k.name, name)
			}
		}
	}
	for name := range fields {
		if !used[name] {
			t.Errorf("field %q is in no kind", name)
		}
	}
}

// The parts of a body are those that the document names, with their sizes, and they make up all of it.
func TestPartsAreThoseOfTheDocument(t *testing.T) {
	for _, d := range types {
		for _, p := range d.parts {
			if !strings.Contains(d.body, p.name) || p.size > 0 && !regexp.MustCompile(fmt.Sprintf(`%s \(?%d\b`, p.name, p.size)).MatchString(d.body) {
				t.Errorf("%s: %s %d is not in %q", d.name, p.name, p.size, d.body)
			}
			inner := 0
			for _, i := range p.inner {
				inner += i.size
			}
			if p.inner != nil && inner != p.size {
				t.Errorf("%s: the parts of %s have %d bytes, and not %d", d.name, p.name, inner, p.size)
			}
		}
		if n := d.sum(); n > 0 && fmt.Sprint(wire.HeaderSize+n) != d.size {
			t.Errorf("%s: %d bytes, and the document says %s", d.name, wire.HeaderSize+n, d.size)
		}
	}
	sum := 0
	for _, p := range card {
		sum += p.size
	}
	if sum != wire.CardSize {
		t.Errorf("a card of %d bytes", sum)
	}
	want := "| prekey id | enc | counter | part | path | position | signature | tag |\n|---|---|---|---|---|---|---|---|\n| 4 | 32 | 2 | as it is | 0 to 128 | 1 | 64 | 16 |"
	if !strings.Contains(document(t, "### 14.3 "), want) {
		t.Error("§14.3 describes mail in another way")
	}
	if cover := 128 + 1 + 64; least(mail)+cover != wire.MaxCover {
		t.Error("mail has other parts")
	}
	for n, c := range controls {
		if !regexp.MustCompile(fmt.Sprintf(`%d, \*%s\*`, n, c.name)).MatchString(document(t, "### 13.7 ")) {
			t.Errorf("§13.7 has no %d, %s", n, c.name)
		}
	}
}

// What is cited is there.
func TestCitedSectionsExist(t *testing.T) {
	all, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprint(fields, types, card, mail, post, controls)
	cited := regexp.MustCompile(`§(\d+(?:\.\d+)?)`).FindAllStringSubmatch(said, -1)
	if len(cited) < 20 {
		t.Fatalf("only %d citations", len(cited))
	}
	for _, c := range cited {
		there := regexp.MustCompile(`(?m)^(#+ |\*\*)` + regexp.QuoteMeta(c[1]) + `\b`)
		if !there.Match(all) {
			t.Errorf("there is no §%s", c[1])
		}
	}
}

// What the program calls the numbers is what the tables call them.
func TestNamesAreTheProgramsOwn(t *testing.T) {
	for _, k := range kinds {
		if got := wire.Kind(k.number).String(); got != k.name {
			t.Errorf("kind %d is %s, and not %s", k.number, got, k.name)
		}
	}
	if got := wire.Kind(len(kinds) + 1).String(); !strings.HasPrefix(got, "kind ") {
		t.Errorf("kind %s is not explained", got)
	}
}
