package explain

import (
	"fmt"
	"strings"
	"testing"

	"udpchat/wire"
)

func TestBrief(t *testing.T) {
	name := func(k wire.Key) string {
		switch k {
		case ann:
			return "ann"
		case wire.Channel:
			return "the channel"
		}
		return k.String()
	}
	all := messages()
	void := some
	void.Flags, void.Size, void.Body = wire.FlagVoid, 0, nil
	piece := some
	piece.Part, piece.Parts, piece.Size = 1, 2, 885
	all = append(all, &wire.Direct{Try: 1, Text: void}, &wire.Direct{Try: 1, Text: piece}, &wire.Deposit{To: wire.Channel, Try: 1, Text: some},
		&wire.Ack{Seq: 4, Try: 1}, &wire.Ack{Seq: 4, Try: 1, Marks: wire.Marks{Through: 1}}, &wire.Taken{From: ann, Order: 5, Try: 1, Refusal: wire.Forged},
		&wire.Found{Key: ann}, &wire.Named{Name: "zoe"}, &wire.Deregister{Name: "\x1b[2J"})
	var out strings.Builder
	for _, m := range all {
		s := Brief(m, name)
		if !strings.HasPrefix(s, m.Kind().String()) || strings.Contains(s, "hello") || strings.Contains(s, "\x1b") {
			t.Errorf("%v: %q", m.Kind(), s)
		}
		fmt.Fprintln(&out, s)
	}
	golden(t, "brief.txt", out.String())
}
