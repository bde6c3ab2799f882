package server

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/wire/link/linktest"
)

// More rows than one page of the directory holds are all loaded.
func TestServerLoadsTheWholeDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.NewServer(storeID)
		for i := range 3 * readPage {
			s.Apply(store.PutClient{Client: store.Client{Key: store.Key{byte(i), byte(i >> 8), 1}, Name: string(rune('A' + i))}})
		}
		srv := New(Config{}, linktest.New(1, linktest.Conditions{}).Listen(netip.MustParseAddrPort("10.0.0.200:7000")), s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := srv.Run(ctx, func() {}); err != nil {
			t.Error(err)
		}
		if n := srv.core.clients.Len(); n != 3*readPage {
			t.Errorf("%d clients", n)
		}
	})
}
