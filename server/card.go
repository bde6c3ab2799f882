package server

import (
	"hash/maphash"
	"time"

	"udpchat/store"
	"udpchat/wire"
)

// cardID is what is kept in memory of a card (protocol.md §14.1): which one it is. Cards are read from the store when somebody asks for one:
// they would be an eighth of what a client takes.
type cardID struct {
	sum    uint64
	prekey uint32
}

// cardSeed makes the sums of one process no other's.
var cardSeed = maphash.MakeSeed()

func identify(card string) cardID {
	return cardID{maphash.String(cardSeed, card), wire.CardPrekey(card)}
}

// submit notes the row that is to be made durable. One without a card keeps that of the one before.
func (cl *client) submit(row *store.Client) {
	if cl.row = row; row.Card != "" {
		cl.card = identify(row.Card)
	}
}

// readCard reads a client's card, as it is on disk, for the same or another one.
func (c *Core) readCard(cl *client, of wire.Key, then func(now time.Time, card string)) {
	var card string
	c.readFor(cl, func(from store.Server) (err error) {
		card, err = from.Card(store.Key(of))
		return err
	}, func(now time.Time) { then(now, card) })
}

// trust lets the server begin a session with a client by itself: whoever wrote a card that is not its own is not reached by it.
func trust(key wire.Key, card string) (list []Trust) {
	if len(card) == wire.CardSize {
		list = append(list, Trust{key, [32]byte([]byte(card[:32]))})
	}
	return list
}

func (c *Core) trust(key wire.Key, card string) {
	c.fx.Trusts = append(c.fx.Trusts, trust(key, card)...)
}
