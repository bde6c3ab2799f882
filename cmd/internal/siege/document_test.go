package siege

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// functions are the tests, fuzz targets and benchmarks of each folder of the module, by its path from the root.
func functions(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Z]\w*)\(`)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.FromSlash(root+"/")))
		for _, f := range declared.FindAllSubmatch(source, -1) {
			all[folder] = append(all[folder], string(f[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// missing are what a cell of the table names that is not there: behind a folder in backquotes tests, files, and in quotes cases of a
// suite.
func missing(t *testing.T, cell string, there map[string][]string) (gone []string, named int) {
	t.Helper()
	folder := ""
	for _, item := range regexp.MustCompile("`[^`]+`|\"[^\"]+\"|[\\w.]+").FindAllString(cell, -1) {
		found := false
		switch {
		case item[0] == '`':
			folder = strings.Trim(item, "`")
			continue
		case item == "control":
			continue
		case item[0] == '"':
			found = containedIn(t, filepath.Join(root, folder), item)
		case strings.HasSuffix(item, ".txtar"):
			_, err := os.Stat(filepath.Join(root, folder, "testdata/script", item))
			found = err == nil
		default:
			found = slices.Contains(there[folder], item)
		}
		if named++; !found {
			gone = append(gone, folder+" "+item)
		}
	}
	return gone, named
}

func containedIn(t *testing.T, folder, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(f string) bool {
		b, err := os.ReadFile(f)
		return err == nil && strings.Contains(string(b), text)
	})
}

// Every row of the table of docs/security.md is shown by tests, and they are where it says.
func TestThreatsAreShownByTests(t *testing.T) {
	there := functions(t)
	_, table, _ := strings.Cut(document(t, "docs/security.md"), "| who | wants | finds | shown by |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[1:]
	if len(rows) < 10 {
		t.Fatalf("%d threats", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "|"), "|")
		if len(cells) != 4 {
			t.Errorf("%d cells: %s", len(cells), row)
			continue
		}
		gone, named := missing(t, cells[3], there)
		if len(gone) > 0 || named == 0 {
			t.Errorf("%s: names %d tests, of which are not there: %q", strings.TrimSpace(cells[1]), named, gone)
		}
	}
}

// A test that a document names is there.
func TestDocumentsNameTests(t *testing.T) {
	var there []string
	for _, names := range functions(t) {
		there = append(there, names...)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range append(files, filepath.Join(root, "README.md")) {
		text := document(t, strings.TrimPrefix(filepath.ToSlash(f), root+"/"))
		for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`).FindAllString(text, -1) {
			if !slices.Contains(there, name) {
				t.Errorf("%s names %s", filepath.Base(f), name)
			}
		}
	}
}
