package link

import (
	"bytes"
	"testing"

	"udpchat/wire"
)

// A core may write the next message into the memory of the last one as soon as that was packed: what goes out is what it says then.
func TestSameMemoryAnotherMessage(t *testing.T) {
	l := NewLoop(nil, SessionConfig{Identity: NewIdentity([32]byte{1})})
	to := NewIdentity([32]byte{2})
	l.Trust(to.key, to.card.Static)
	l.Dropped = func(_ Path, _ int, err error) { t.Error(err) }
	m := &wire.Direct{Try: 1, Text: wire.Text{Epoch: 1, ToEpoch: 1, Seq: 1, Parts: 1, Time: 1}}
	for _, text := range []string{"first", "second"} {
		m.Text.Body, m.Text.Size = []byte(text), uint32(len(text))
		l.add([]Send{{Path: Path{Remote: addr(2)}, To: to.key, Msg: m}})
		if !bytes.Contains(l.sessions.message, []byte(text)) {
			t.Errorf("%q was sent as what was in the same memory before", text)
		}
	}
}
