package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the golden vectors anew: they change what other versions can open")

// someone is a key pair of a name, the same in every run.
func someone(name string) (ed25519.PrivateKey, [32]byte) {
	var seed [32]byte
	copy(seed[:], name)
	private := ed25519.NewKeyFromSeed(seed[:])
	return private, [32]byte(private[32:])
}

func secretOf(id uint32) Secret { return Secret{0: 0x5e, 1: byte(id), 31: 1} }

func prekeyOf(t testing.TB, owner ed25519.PrivateKey, id uint32) Prekey {
	t.Helper()
	p, err := NewPrekey(owner, id, secretOf(id))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// has finds the secrets with these ids.
func has(ids ...uint32) func(uint32) (Secret, bool) {
	return func(id uint32) (Secret, bool) {
		if !slices.Contains(ids, id) {
			return Secret{}, false
		}
		return secretOf(id), true
	}
}

// unhex is bytes that read as hex in a vector.
type unhex []byte

func (b unhex) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func (b *unhex) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// golden reads the vectors of a file into v, or writes them there with -update.
func golden(t testing.TB, name string, v any) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		b, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	frozen(t, name, v)
}

// frozen reads vectors that are never made anew.
func frozen(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}
