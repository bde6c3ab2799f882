package peer

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"

	"udpchat/store"
	"udpchat/wire/link"
	"udpchat/wire/link/linktest"
)

// tardy is a profile that does nothing before it is closed.
type tardy struct {
	store.Profile
	late []func()
}

func (p *tardy) Submit(c store.ProfileChange, done func(error)) {
	p.late = append(p.late, func() { p.Profile.Submit(c, done) })
}

func (p *tardy) Close() error {
	for _, submit := range p.late {
		submit()
	}
	return p.Profile.Close()
}

// A text whose commit was under way when the client ended is on the disk, and that is told. One that waited for a name to be looked up is not.
func TestTheRestSaysWhatWasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := linktest.New(1, linktest.Conditions{})
		h := newHost(t, n)
		cfg := Config{Name: "ann", Server: link.Path{Remote: server.addr}, ServerKey: h.id.Key(), Static: h.id.Card().Static}
		profile := &tardy{Profile: newProfile(1)}
		ann, err := New(cfg, n.Listen(netip.MustParseAddrPort("10.0.0.1:4001")), profile.Profile)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- ann.Run(ctx) }()
		ann.Register()
		next(t, ann, Welcome{Name: "ann"})
		synctest.Wait()
		ann.profile = profile
		n.Cut(netip.MustParseAddr("10.0.0.1"), server.addr.Addr())
		ann.SendAllAs(1, "taken")
		ann.SendAs(2, "nobody", "waits")
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if err := profile.Close(); err != nil {
			t.Fatal(err)
		}
		rest := slices.DeleteFunc(ann.Rest(), func(n Notice) bool { _, table := n.(Table); return table })
		if want := (Accepted{Ref: 1, Line: 1, Text: "taken"}); len(rest) != 1 || rest[0] != want {
			t.Errorf("told %+v, wanted %+v", rest, want)
		}
	})
}
