package noise

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// vectors reads blocks of name=hex.
func vectors(t *testing.T, file string) []map[string][]byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string][]byte
	for block := range strings.SplitSeq(string(b), "\n\n") {
		v := make(map[string][]byte)
		for line := range strings.Lines(block) {
			name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			if !ok || strings.HasPrefix(line, "#") || name == "handshake" {
				continue
			}
			if v[name], err = hex.DecodeString(value); err != nil {
				t.Fatal(err)
			}
		}
		if len(v) > 0 {
			all = append(all, v)
		}
	}
	return all
}

// exchanged runs the handshake of a vector and returns both sides' keys.
func exchanged(t *testing.T, v map[string][]byte) (initiator, responder Keys) {
	t.Helper()
	is, rs := NewStatic([32]byte(v["init_static"])), NewStatic([32]byte(v["resp_static"]))
	i, m1, err := Initiate(bytes.NewReader(v["gen_init_ephemeral"]), is, rs.Public(), v["prologue"], v["msg_0_payload"])
	if err != nil || !bytes.Equal(m1, v["msg_0_ciphertext"]) {
		t.Fatalf("message 1 %x, %v; want %x", m1, err, v["msg_0_ciphertext"])
	}
	r, err := Respond(bytes.NewReader(v["gen_resp_ephemeral"]), rs, v["prologue"], m1)
	if err != nil || r.Remote != is.Public() || !bytes.Equal(r.Payload, v["msg_0_payload"]) {
		t.Fatalf("message 1 read: %x from %x, %v", r.Payload, r.Remote, err)
	}
	m2, responder, err := r.Answer(v["msg_1_payload"])
	if err != nil || !bytes.Equal(m2, v["msg_1_ciphertext"]) {
		t.Fatalf("message 2 %x, %v; want %x", m2, err, v["msg_1_ciphertext"])
	}
	payload, initiator, err := i.Finish(m2)
	if err != nil || !bytes.Equal(payload, v["msg_1_payload"]) {
		t.Fatalf("message 2 read: %x, %v", payload, err)
	}
	return initiator, responder
}

func TestVectors(t *testing.T) {
	all := vectors(t, "ik.txt")
	if len(all) < 4 {
		t.Fatalf("%d vectors", len(all))
	}
	for _, v := range all {
		i, r := exchanged(t, v)
		var n Nonce
		m3 := i.Seal(&n, nil, 0, nil, v["msg_2_payload"])
		if !bytes.Equal(m3, v["msg_2_ciphertext"]) {
			t.Errorf("message 3 %x, want %x", m3, v["msg_2_ciphertext"])
		}
		m4 := r.Seal(&n, nil, 0, nil, v["msg_3_payload"])
		if !bytes.Equal(m4, v["msg_3_ciphertext"]) {
			t.Errorf("message 4 %x, want %x", m4, v["msg_3_ciphertext"])
		}
		if b, err := r.Open(&n, nil, 0, nil, m3); err != nil || !bytes.Equal(b, v["msg_2_payload"]) {
			t.Errorf("message 3 read: %x, %v", b, err)
		}
		if b, err := i.Open(&n, nil, 0, nil, m4); err != nil || !bytes.Equal(b, v["msg_3_payload"]) {
			t.Errorf("message 4 read: %x, %v", b, err)
		}
	}
}

func meet(t testing.TB) (i *Initiator, m2 []byte, rs *Static) {
	t.Helper()
	is, rs := NewStatic([32]byte{1}), NewStatic([32]byte{2})
	i, m1, err := Initiate(rand.NewChaCha8([32]byte{1}), is, rs.Public(), []byte("p"), []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Respond(rand.NewChaCha8([32]byte{2}), rs, []byte("p"), m1)
	if err != nil {
		t.Fatal(err)
	}
	if m2, _, err = r.Answer([]byte("welcome")); err != nil {
		t.Fatal(err)
	}
	return i, m2, rs
}

// A forged answer, with points of low order too, leaves the handshake as it was.
func TestForgedAnswersDoNotEndAHandshake(t *testing.T) {
	i, m2, _ := meet(t)
	for at := range m2 {
		bad := bytes.Clone(m2)
		bad[at] ^= 4
		if _, _, err := i.Finish(bad); !errors.Is(err, ErrRefused) {
			t.Fatalf("byte %d: %v", at, err)
		}
		if _, _, err := i.Finish(m2[:at]); !errors.Is(err, ErrRefused) {
			t.Fatalf("%d bytes: %v", at, err)
		}
	}
	for _, low := range lowOrder() {
		if _, _, err := i.Finish(append(low[:], m2[32:]...)); !errors.Is(err, ErrRefused) {
			t.Errorf("point %x: %v", low, err)
		}
	}
	if b, _, err := i.Finish(m2); err != nil || string(b) != "welcome" {
		t.Errorf("the true answer: %q, %v", b, err)
	}
}

// lowOrder are points on which every key gives zero (RFC 7748 §6.1; the list is the one of cr.yp.to/ecdh.html).
func lowOrder() [][32]byte {
	var all [][32]byte
	for _, s := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		b, _ := hex.DecodeString(s)
		all = append(all, [32]byte(b))
	}
	return all
}

func TestPointsOfLowOrderAreRefused(t *testing.T) {
	me := NewStatic([32]byte{1})
	for _, low := range lowOrder() {
		if _, _, err := Initiate(nil, me, low, nil, nil); !errors.Is(err, ErrRefused) {
			t.Errorf("to %x: %v", low, err)
		}
		if _, err := Respond(nil, me, nil, append(low[:], make([]byte, 200)...)); !errors.Is(err, ErrRefused) {
			t.Errorf("from %x: %v", low, err)
		}
	}
}

func TestAnotherPrologueIsRefused(t *testing.T) {
	rs := NewStatic([32]byte{2})
	_, m1, _ := Initiate(nil, NewStatic([32]byte{1}), rs.Public(), []byte("udpchat/2"), nil)
	if _, err := Respond(nil, rs, []byte("udpchat/1"), m1); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}

func FuzzHandshake(f *testing.F) {
	i, m2, rs := meet(f)
	f.Add(m2)
	_, m1, _ := Initiate(rand.NewChaCha8([32]byte{1}), NewStatic([32]byte{1}), rs.Public(), []byte("p"), []byte("hello"))
	f.Add(m1)
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Respond(nil, rs, []byte("p"), b); err == nil && !bytes.Equal(b, m1) {
			t.Errorf("%x was read as message 1: %x", b, r.Payload)
		}
		if bytes.Equal(b, m2) {
			return
		}
		if _, _, err := i.Finish(b); err == nil {
			t.Errorf("%x was read as message 2", b)
		}
	})
}

func BenchmarkHandshake(b *testing.B) {
	for b.Loop() {
		i, m2, _ := meet(b)
		if _, _, err := i.Finish(m2); err != nil {
			b.Fatal(err)
		}
	}
}
