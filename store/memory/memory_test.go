package memory_test

import (
	"testing"

	"udpchat/store"
	"udpchat/store/memory"
	"udpchat/store/storetest"
)

func TestServer(t *testing.T) {
	storetest.RunServer(t, func(t *testing.T) store.Server {
		s := memory.NewServer(42)
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}

func TestProfile(t *testing.T) {
	storetest.RunProfile(t, func(t *testing.T) store.Profile {
		p := memory.NewProfile([32]byte{1}, 42)
		t.Cleanup(func() { _ = p.Close() })
		return p
	})
}

func TestFullServer(t *testing.T) {
	storetest.RunServerFull(t, func(t *testing.T) (store.Server, func(bool)) {
		s := memory.NewServer(42)
		t.Cleanup(func() { _ = s.Close() })
		return s, func(is bool) { s.Room(room(is)) }
	})
}

func TestFullProfile(t *testing.T) {
	storetest.RunProfileFull(t, func(t *testing.T) (store.Profile, func(bool)) {
		p := memory.NewProfile([32]byte{1}, 42)
		t.Cleanup(func() { _ = p.Close() })
		return p, func(is bool) { p.Room(room(is)) }
	})
}

func room(full bool) int {
	if full {
		return 0
	}
	return -1
}
