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
