package storetest

import (
	"testing"

	"udpchat/store"
)

func cardStays(t *testing.T, s store.Server) {
	ann := Key("ann")
	for _, c := range []struct{ put, want string }{{"", ""}, {"", ""}, {"first", "first"}, {"", "first"}, {"second", "second"}, {"", "second"}} {
		Do(t, s, store.PutClient{Client: store.Client{Key: ann, Name: "ann", Card: c.put}})
		rows, err := s.Clients(store.Key{}, 10)
		if err != nil || len(rows) != 1 || rows[0].Card != c.want {
			t.Errorf("put %q: %+v, %v; want %q", c.put, rows, err, c.want)
		}
		if card, err := s.Card(ann); err != nil || card != c.want {
			t.Errorf("put %q: card %q, %v; want %q", c.put, card, err, c.want)
		}
	}
	if card, err := reopen(s).Card(ann); err != nil || card != "second" {
		t.Errorf("opened again: card %q, %v", card, err)
	}
	if card, err := s.Card(Key("nobody")); err != nil || card != "" {
		t.Errorf("of nobody: card %q, %v", card, err)
	}
}
