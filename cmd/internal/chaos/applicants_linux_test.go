package chaos

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	flynn "github.com/flynn/noise"
	"golang.org/x/sys/unix"

	"udpchat/wire"
	"udpchat/wire/link"
	"udpchat/wire/link/noise"
)

// An applicant asks for one name, with a key of its own, as a client does, but only once. All are at one address and port, so that one
// cookie is good for all, and they share what costs most: a static key, for which each of them vouches, and an ephemeral one. So a
// hundred thousand are five seconds of work; the server can't tell.
type applicant struct {
	key        wire.Key
	sig        [64]byte // with which the key vouches for the static key
	number     int
	state      *flynn.HandshakeState
	initiation []byte // without its mac2
	mac1       []byte // in it
	receive    *flynn.CipherState
}

// applicants are a process of their own, as other floods are (pour). Its socket is file 3.
type applicants struct {
	conn   net.Conn
	server [32]byte // its static key
	dh     *sharedKeys
	mac    *noise.Mac // for what is sent to the server

	mu      sync.Mutex
	cookie  *noise.Mac
	open    map[uint32]*applicant // who may be answered, by our index
	recent  []uint32              // the keys of open, the oldest first
	granted int
}

const (
	// awaited is how many applicants may be answered. No answer takes so long that it concerns one from before them.
	awaited = 8192
	// breath is a pause after which the server may take the flood for over, and the next applicants for honest.
	breath = time.Second / 2
)

// applyOn is that process: it asks for n names, and tells how many it got, and how many pauses there were. The server's static key is
// its standard input.
func applyOn(n int) error {
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, floodNice) // it runs all the same
	conn, err := net.FileConn(os.NewFile(fileThree, "socket"))
	if err != nil {
		return err
	}
	a := &applicants{conn: conn, dh: newSharedKeys(), open: map[uint32]*applicant{}}
	if _, err := io.ReadFull(os.Stdin, a.server[:]); err != nil {
		return err
	}
	a.mac = noise.MacFor(a.server)
	var hearing sync.WaitGroup
	hearing.Go(a.hear)
	pauses, last := 0, time.Now()
	for i := range n {
		one, err := a.applicant(i)
		if err != nil {
			return err
		}
		a.begin(one)
		if now := time.Now(); now.Sub(last) > breath {
			pauses++
		}
		last = time.Now()
	}
	if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil { // for the last answers
		return err
	}
	hearing.Wait()
	_, err = fmt.Println(a.granted, pauses)
	return err
}

// applicant makes one, with its initiation.
func (a *applicants) applicant(number int) (one *applicant, err error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	one = &applicant{key: wire.Key(public), number: number}
	static := a.dh.static.PublicKey().Bytes()
	one.sig = [64]byte(ed25519.Sign(private, append([]byte("udpchat/static/1"), static...))) // protocol.md §13.2
	index := uint32(number + 1)
	one.state, err = flynn.NewHandshakeState(flynn.Config{
		CipherSuite: flynn.NewCipherSuite(a.dh, flynn.CipherChaChaPoly, flynn.HashBLAKE2s), Pattern: flynn.HandshakeIK, Initiator: true,
		Prologue: binary.BigEndian.AppendUint32([]byte("udpchat/2"), index), StaticKeypair: pair(a.dh.static), PeerStatic: a.server[:],
	})
	if err != nil {
		return nil, err
	}
	message, _, _, err := one.state.WriteMessage(nil, append(one.key[:], one.sig[:]...))
	if err != nil {
		return nil, err
	}
	b := wire.AppendHeader(nil, wire.Header{Type: wire.TypeInitiation, Index: index}, len(message)+2*noise.MacSize)
	b = append(b, message...)
	mac1 := a.mac.Sum(b)
	one.mac1, one.initiation = mac1[:], append(b, mac1[:]...)
	return one, nil
}

// begin sends an initiation, for the first time.
func (a *applicants) begin(one *applicant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	index := uint32(one.number + 1)
	a.open[index], a.recent = one, append(a.recent, index)
	if len(a.recent) > awaited {
		delete(a.open, a.recent[0])
		a.recent = a.recent[1:]
	}
	a.initiate(one)
}

func (a *applicants) initiate(one *applicant) {
	var mac2 [noise.MacSize]byte
	if a.cookie != nil {
		mac2 = a.cookie.Sum(one.initiation)
	}
	_, _ = a.conn.Write(append(one.initiation, mac2[:]...)) // what is lost was asked in vain
}

// hear takes what comes, until nothing does.
func (a *applicants) hear() {
	b := make([]byte, link.MaxRead)
	var d wire.Decoder
	for {
		n, err := a.conn.Read(b)
		if err != nil {
			return
		}
		h, body, err := wire.ParseDatagram(b[:n])
		if err != nil {
			continue
		}
		a.mu.Lock()
		if one := a.open[h.Index]; one != nil {
			a.answered(one, h, b[:wire.HeaderSize], body, &d)
		}
		a.mu.Unlock()
	}
}

func (a *applicants) answered(one *applicant, h wire.Header, head, body []byte, d *wire.Decoder) {
	switch {
	case h.Type == wire.TypeCookie:
		if cookie, err := noise.OpenCookie(a.server, body, one.mac1); err == nil {
			a.cookie = noise.NewMac(cookie[:])
			a.initiate(one)
		}
	case h.Type == wire.TypeResponse && one.receive == nil && len(body) > 2*noise.MacSize:
		a.register(one, body[:len(body)-2*noise.MacSize])
	case h.Type == wire.TypeData && one.receive != nil:
		one.receive.SetNonce(h.Counter)
		plain, err := one.receive.Decrypt(nil, head, body)
		if err != nil {
			return
		}
		_ = d.Decode(plain, func(m wire.Message) error {
			if r, ok := m.(*wire.Registered); ok && r.Outcome == wire.OK {
				a.granted++
			}
			return nil
		})
	}
}

// register asks for a name in the session that a response makes.
func (a *applicants) register(one *applicant, message []byte) {
	payload, send, receive, err := one.state.ReadMessage(nil, message)
	if err != nil {
		return
	}
	one.receive = receive
	card := append(append(make([]byte, 0, wire.CardSize), a.dh.static.PublicKey().Bytes()...), one.sig[:]...)
	card = card[:wire.CardSize] // its prekey is nothing: nobody writes to it
	name := fmt.Sprintf("m%d", one.number)
	body, err := wire.AppendMessage(nil, &wire.Register{Request: 1, Name: name, Epoch: uint64(one.number + 1), Card: card})
	if err != nil {
		return
	}
	head := wire.AppendHeader(nil, wire.Header{Type: wire.TypeData, Index: binary.BigEndian.Uint32(payload)}, len(body)+noise.TagSize)
	if sealed, err := send.Encrypt(head, head, body); err == nil {
		_, _ = a.conn.Write(sealed)
	}
}

// sharedKeys is X25519 for handshakes that have their keys in common: what was multiplied once is known.
type sharedKeys struct {
	ephemeral, static *ecdh.PrivateKey

	mu    sync.Mutex
	known map[[64]byte][]byte
}

func newSharedKeys() *sharedKeys {
	draw := func() *ecdh.PrivateKey {
		k, _ := ecdh.X25519().GenerateKey(rand.Reader) // it never fails (crypto/rand)
		return k
	}
	return &sharedKeys{ephemeral: draw(), static: draw(), known: map[[64]byte][]byte{}}
}

func pair(k *ecdh.PrivateKey) flynn.DHKey {
	return flynn.DHKey{Private: k.Bytes(), Public: k.PublicKey().Bytes()}
}

// GenerateKeypair is flynn.DHFunc's, as are the others.
func (k *sharedKeys) GenerateKeypair(io.Reader) (flynn.DHKey, error) { return pair(k.ephemeral), nil }

func (k *sharedKeys) DH(private, public []byte) ([]byte, error) {
	var id [64]byte
	copy(id[copy(id[:], private):], public)
	k.mu.Lock()
	defer k.mu.Unlock()
	if shared, ok := k.known[id]; ok {
		return shared, nil
	}
	own, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	other, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	k.known[id], err = own.ECDH(other)
	return k.known[id], err
}

func (k *sharedKeys) DHLen() int     { return 32 }
func (k *sharedKeys) DHName() string { return "25519" }
