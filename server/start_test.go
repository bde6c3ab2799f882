package server

import (
	"fmt"
	"path/filepath"
	"testing"

	"udpchat/store"
	"udpchat/store/bolt"
)

// BenchmarkStart is what a start costs before the server answers: reading a directory of 20,000 clients and making the core.
func BenchmarkStart(b *testing.B) {
	db, err := bolt.OpenServer(filepath.Join(b.TempDir(), "server.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it is read only from here on
	card := string(make([]byte, 196))
	written := make(chan error, 1)
	const clients = 20000
	for i := range clients {
		k := store.Key{1, byte(i), byte(i >> 8)}
		row := store.Client{Key: k, Name: fmt.Sprintf("u%d", i), Epoch: 1, State: store.Offline, Card: card}
		db.Submit(store.PutClient{Client: row}, func(_ store.Result, err error) {
			if err != nil || i == clients-1 {
				written <- err
			}
		})
	}
	if err := <-written; err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		srv := New(Config{}, nil, db)
		if err := srv.load(); err != nil || srv.core.clients.Len() != clients {
			b.Fatal(srv.core.clients.Len(), err)
		}
	}
}
