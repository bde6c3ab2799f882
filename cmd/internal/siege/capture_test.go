package siege

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/peer"
	"udpchat/store/bolt"
	"udpchat/wire/link"
)

// opened counts the datagrams that someone with the seeds of all parties reads: a party with each seed is given all of them.
func opened(t *testing.T, w *world, said []packet) (n int) {
	t.Helper()
	head, err := w.db.Head()
	if err != nil {
		t.Fatal(err)
	}
	seeds := [][32]byte{head.Seed}
	for _, name := range []string{"ann", "ben"} {
		loaded, err := profileOf(name).Load()
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, loaded.Seed)
	}
	for _, seed := range seeds {
		thief := link.NewSessions(link.SessionConfig{Identity: link.NewIdentity(seed), KeyRequests: true})
		for _, p := range said {
			if _, _, body, err := thief.Open(time.Now(), link.Path{Remote: p.from}, bytes.Clone(p.data)); err == nil && len(body) > 0 {
				n++
			}
		}
	}
	return n
}

// docs/security.md, eavesdropper and stolen server disk: neither names nor texts are in what travels; in the database there are names
// and the channel's posts, and no private text.
func TestCanaries(t *testing.T) {
	const direct, mailed, posted, nick = "canary-direct-7f31", "canary-mailed-88aa", "canary-posted-19c2", "canary-ben"
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "server.db")
		db, err := bolt.OpenServer(file, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, db)
		ann := w.comes("canary-ann", "10.0.1.1:4001", profileOf("ann"))
		ben := w.comes(nick, "10.0.1.2:4002", profileOf("ben"))
		ann.client.Send(nick, direct)
		ann.rest(time.Second)
		ben.wantShown("canary-ann: " + direct)
		ben.leaves()
		ann.client.Send(nick, mailed)
		ann.client.SendAll(posted)
		ann.rest(time.Second)
		if len(saw[peer.Stored](ann)) != 2 {
			t.Errorf("ann saw %+v", ann.saw)
		}
		ann.end()
		w.end()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		var capture []byte
		for _, p := range w.recorded() {
			capture = append(capture, p.data...)
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{direct, mailed, posted, nick, "canary-ann"} {
			if n := bytes.Count(capture, []byte(canary)); n > 0 {
				t.Errorf("%q is %d times in %d bytes of traffic", canary, n, len(capture))
			}
		}
		for canary, there := range map[string]bool{direct: false, mailed: false, posted: true, nick: true} {
			if n := bytes.Count(kept, []byte(canary)); n > 0 != there {
				t.Errorf("%q is %d times in the database", canary, n)
			}
		}
	})
}
