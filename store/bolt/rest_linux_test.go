package bolt

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"udpchat/store"
)

// mapped is how many KiB of a file this process has mapped and read.
func mapped(t *testing.T, path string) (kb int) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip("no smaps: ", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var n int
		if head, _, _ := strings.Cut(lines.Text(), " "); strings.Contains(head, "-") { // the addresses of the next map
			inside = strings.HasSuffix(lines.Text(), path)
		} else if _, err := fmt.Sscanf(lines.Text(), "Rss: %d kB", &n); err == nil && inside {
			kb += n
		}
	}
	return kb
}

// What was read stands in the memory of the process no longer, and reads as before.
func TestRestGivesPagesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.db")
	s, err := OpenServer(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	const clients = 2000
	done := make(chan error, clients)
	for i := range clients {
		row := store.Client{Key: store.Key{byte(i), byte(i >> 8), 1}, Name: fmt.Sprintf("client-%d", i), Card: strings.Repeat("c", 196)}
		s.Submit(store.PutClient{Client: row}, func(_ store.Result, err error) { done <- err })
	}
	for range clients {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if err := s.file.catchUp(); err != nil { // what the database does not have yet is read elsewhere
		t.Fatal(err)
	}
	before, err := s.Clients(store.Key{}, clients)
	if err != nil || len(before) != clients {
		t.Fatalf("%d rows, %v", len(before), err)
	}
	full := mapped(t, path)
	if err := s.Rest(); err != nil {
		t.Fatal(err)
	}
	if rest := mapped(t, path); full < 500 || rest > full/10 {
		t.Errorf("%d KiB were mapped, and then %d", full, rest)
	}
	if after, err := s.Clients(store.Key{}, clients); err != nil || !slices.Equal(before, after) {
		t.Errorf("%d rows then, %v", len(after), err)
	}
}
