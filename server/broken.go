package server

import (
	"time"

	"udpchat/store"
)

// Broken is for tests: it takes a safeguard away, so that they can show that it is missed. The zero value takes none.
type Broken uint8

const (
	EarlyStored  Broken = 1 + iota // a deposit is answered before it is on disk
	DeleteOnPush                   // mail is deleted when it is pushed, not when it is taken
	KeptStore                      // an older copy of the store goes on as if it were none
	LimitFirst                     // a text is measured before it is known whether it was stored already
	SilentTrim                     // members are not told that posts went before they had them
	BlindTrim                      // posts go from the log whoever has not had them
)

// deletePushed deletes mail whose recipient has not said anything yet.
func (c *Core) deletePushed(cl *client, it *item) {
	change := store.Take{To: store.Key(cl.key()), From: it.From, Marks: store.Marks{ToEpoch: it.Text.ToEpoch}, Orders: []uint64{it.Order}, Refused: true}
	c.commit(change, func(time.Time, store.Result) {})
}
