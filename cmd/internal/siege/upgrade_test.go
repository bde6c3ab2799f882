package siege

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store"
	"udpchat/store/bolt"
)

// kept unpacks a file that an earlier version made, with its sidecar, and returns its place.
func kept(t *testing.T, version, name string) string {
	t.Helper()
	from, to := filepath.Join(root, "store/bolt/testdata", version), t.TempDir()
	packed, err := os.Open(filepath.Join(from, name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	sidecar, err := os.ReadFile(filepath.Join(from, name+".id"))
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(to, name)
	for file, b := range map[string][]byte{place: content, place + ".id": sidecar} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return place
}

func keptProfile(t *testing.T, version, name string) store.Profile {
	t.Helper()
	p, err := bolt.OpenProfile(kept(t, version, name+".db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// protocol.md §14.5: a server and clients of version 1 go on. Names stay with their keys; the mail and the posts that wait in the
// clear are shown once, as what they are; what they wrote is not stored again, nor anything else in the clear.
func TestVersion1GoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(27 * 365 * 24 * time.Hour) // the bubble's clock begins in 2000, and the files are younger
		db, err := bolt.OpenServer(kept(t, "v1", "server.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, db)
		annFile, benFile, cleoFile := keptProfile(t, "v1", "ann"), keptProfile(t, "v1", "ben"), keptProfile(t, "v1", "cleo")
		thief := w.comes("ben", "10.6.6.6:6666", profileOf("thief"))
		if len(saw[peer.Refused](thief)) != 1 {
			t.Error("ben's name went to another key")
		}
		ann := w.comes("ann", "10.0.1.1:4001", annFile)
		ben := w.comes("ben", "10.0.1.2:4002", benFile)
		ben.rest(time.Minute)
		want := []string{"ann: clear one from ann", "ann: clear two from ann", "ann: clear three from ann", "a long one", "ann: clear post two"}
		got := ben.shown()
		for i, line := range got {
			if len(line) > 2000 && strings.HasPrefix(line, "ann: ") {
				got[i] = "a long one"
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("ben saw %.300q", got)
		}
		for _, a := range saw[peer.Arrived](ben) {
			if !a.Clear {
				t.Errorf("%.40q is shown as if it had been sealed", a.Text)
			}
		}
		if n := len(saw[peer.Delivered](ann)); n != 4 {
			t.Errorf("ann was told of %d deliveries, not of 4", n)
		}
		cleo := w.comes("cleo", "10.0.1.3:4003", cleoFile)
		cleo.rest(time.Minute)
		cleo.wantShown("ann: clear post one", "ann: clear post two")
		wantSealed(t, w, ann, ben)
		for _, p := range []*person{ann, ben, cleo, thief} {
			p.end()
		}
		w.end()
		for _, c := range []io.Closer{db, annFile, benFile, cleoFile} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A server and clients of schema 2 go on (store/bolt/testdata/v2): names stay with their keys, and the mail that waits, sealed as it was
// then, and the post are shown, although their author is not there; a later post follows them.
func TestSchema2GoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(27 * 365 * 24 * time.Hour) // as above
		db, err := bolt.OpenServer(kept(t, "v2", "server.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, db)
		annFile, benFile := keptProfile(t, "v2", "ann"), keptProfile(t, "v2", "ben")
		thief := w.comes("ben", "10.6.6.6:6666", profileOf("thief"))
		if len(saw[peer.Refused](thief)) != 1 {
			t.Error("ben's name went to another key")
		}
		ben := w.comes("ben", "10.0.1.2:4002", benFile)
		ben.rest(time.Minute)
		var got []string
		for _, a := range saw[peer.Arrived](ben) {
			if a.Clear || a.Doubt {
				t.Errorf("%.40q is marked", a.Text)
			}
			got = append(got, a.Text[:min(len(a.Text), 19)])
		}
		if want := []string{"mail one from ann", "mail two from ann", "mail three from ann", "long from ann this ", "post two"}; !slices.Equal(got, want) {
			t.Errorf("ben saw %q", got)
		}
		if told := saw[peer.Distrust](ben); len(told) > 0 {
			t.Errorf("ben was told %+v", told)
		}
		ann := w.comes("ann", "10.0.1.1:4001", annFile)
		ann.rest(time.Minute)
		if n := len(saw[peer.Delivered](ann)); n != 4 {
			t.Errorf("ann was told of %d deliveries, not of 4", n)
		}
		wantSealed(t, w, ann, ben)
		for _, p := range []*person{ann, ben, thief} {
			p.end()
		}
		w.end()
		for _, c := range []io.Closer{db, annFile, benFile} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// wantSealed wants what is written from now on to be sealed, or signed, and nothing that ben saw to come again.
func wantSealed(t *testing.T, w *world, ann, ben *person) {
	t.Helper()
	before := ben.shown()
	ben.leaves()
	ann.client.Send("ben", "sealed now")
	ann.client.SendAll("signed now")
	ann.rest(time.Second)
	items, _, err := w.db.Waiting(store.Key(ben.client.Key()), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var waits []string
	for _, it := range items {
		if it.Text.Flags == 0 {
			waits = append(waits, string(it.Text.Body))
		}
	}
	if len(items) == 0 || len(waits) > 0 {
		t.Errorf("%d items wait, in the clear %q", len(items), waits)
	}
	ben.start()
	ben.rest(time.Minute)
	if got := ben.shown(); !slices.Equal(got, append(before, "ann: sealed now", "ann: signed now")) {
		t.Errorf("ben saw %.300q", got)
	}
	last := saw[peer.Arrived](ben)
	if n := len(last); n < 2 || last[n-1].Clear || last[n-2].Clear {
		t.Errorf("shown as clear: %+v", last)
	}
}
