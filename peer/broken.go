package peer

import "udpchat/wire"

// Broken is for tests: it takes a safeguard away, so that they can show that it is missed. The zero value takes none.
type Broken uint8

const (
	EarlyAck       Broken = 1 + iota // texts are acknowledged before they are on disk
	ForgottenMarks                   // a start forgets what was received before it
	FreshID                          // the mailbox gets a text under another seq than its recipient got
	ReusedSeqs                       // a start gives out seqs again
	KeptEpoch                        // every run has the same epoch
	OpenHoles                        // a seq that has no text any more is not closed as void
	HighWatermark                    // the watermark is the highest seq seen
	UnaskedName                      // a name that the table lacks is unknown at once
	AskedOnce                        // who had no card when it was asked for is not asked for again
	FarAhead                         // texts go any distance ahead, and who can't take them for that says nothing
)

// mark notes seqs.
func (c *Core) mark(w *wire.Window, from, seq uint64) {
	if c.cfg.Broken == HighWatermark {
		from = 1
	}
	w.MarkRange(from, seq)
}

// renamed gives a part another seq, behind all others.
func (c *Core) renamed(l *lane, p *part) {
	i, _ := l.place(p.t.Seq)
	l.parts = append(append(l.parts[:i:i], l.parts[i+1:]...), p)
	l.first, p.t.Seq, p.covered = 0, l.next(), nil
}
