package peer

import (
	"math"
	"time"

	"udpchat/store"
	"udpchat/wire"
	"udpchat/wire/seal"
)

const (
	// prekeyAge is when a prekey gets a successor, and prekeyRest how long its private part is kept after that: senders ask
	// for the present one once a day, and what waits on the server is fetched before anything is forgotten.
	prekeyAge  = 7 * 24 * time.Hour
	prekeyRest = 30 * 24 * time.Hour
	// idLeap bounds what an id is higher than it must be, at random, when the clock is behind it: in seconds 12 days.
	idLeap = 1 << 20
	// idFuture is how far ahead of the clock an id may be that this profile may have forgotten: clocks were wrong. It leaves others' lies no
	// room to use up the ids.
	idFuture = 22 * 365 * 24 * time.Hour
)

// prekeys are this client's own (protocol.md §14.2).
type prekeys struct {
	all  []store.Prekey // by id; the last one is the present one
	card []byte         // with it; nil until it is on disk
	due  time.Time      // it gets a successor
}

// newest is the highest id given out.
func (k *prekeys) newest() uint32 {
	if len(k.all) == 0 {
		return 0
	}
	return k.all[len(k.all)-1].ID
}

// secret finds the private part of a prekey.
func (k *prekeys) secret(id uint32) (seal.Secret, bool) {
	for _, p := range k.all {
		if p.ID == id {
			return p.Secret, true
		}
	}
	return seal.Secret{}, false
}

// loadPrekeys takes what the profile has, and makes a successor when the last one is old, or dated by a clock that was wrong.
func (c *Core) loadPrekeys(now time.Time, all []store.Prekey) error {
	c.prekeys.all = all
	if len(all) == 0 {
		c.rotate(now, 0)
		return nil
	}
	age := c.cfg.Wall(now).Sub(time.UnixMicro(all[len(all)-1].Made))
	if age.Abs() >= prekeyAge {
		c.rotate(now, 0)
		return nil
	}
	c.prekeys.due = now.Add(prekeyAge - age)
	card, err := c.keys.Card(all[len(all)-1])
	c.prekeys.card = card
	return err
}

// rotate makes a new prekey, with an id above above, and forgets those that have rested. It is told to others when it is on disk.
// Ids are times, so that also a profile that comes back older goes on above those that it forgot.
func (c *Core) rotate(now time.Time, above uint32) {
	wall := c.cfg.Wall(now)
	id := max(c.prekeys.newest(), above) + 1
	switch t := wall.Unix(); {
	case t > int64(id) && t <= math.MaxUint32:
		id = uint32(t)
	case id < math.MaxUint32-idLeap:
		id += c.rand.Uint32N(idLeap) // else it may have the number of one that this profile forgot
	}
	next := store.Prekey{ID: id, Secret: c.keys.Secret(), Made: wall.UnixMicro()}
	card, err := c.keys.Card(next)
	if err != nil {
		c.cfg.Log.Error("no prekey could be made", "err", err)
		return
	}
	var change store.Rotate
	var kept []store.Prekey
	for _, p := range c.prekeys.all {
		switch {
		case p.Replaced == 0:
			p.Replaced = max(wall.UnixMicro(), p.Made) // the clock may have been wrong, or is
			change.Put = append(change.Put, p)
		case wall.Sub(time.UnixMicro(p.Replaced)) >= prekeyRest:
			change.Drop = append(change.Drop, p.ID)
			continue
		}
		kept = append(kept, p)
	}
	change.Put = append(change.Put, next)
	c.prekeys.all, c.prekeys.due = append(kept, next), now.Add(prekeyAge)
	c.commit(change, func(now time.Time) {
		c.prekeys.card = card
		c.announce(now)
	})
}

// forgot: mail came for a prekey with a higher id than any that is known here. Its sender takes no lower one.
func (c *Core) forgot(now time.Time, id uint32) {
	if id > c.prekeys.newest() && int64(id) <= c.cfg.Wall(now).Add(idFuture).Unix() {
		c.rotate(now, id)
	}
}

// foundOwn: the server has a card of this client's with a prekey that this client does not know. Only its key can have signed it,
// so this profile is an older copy (protocol.md §5.5).
func (c *Core) foundOwn(now time.Time, m *wire.Found) {
	card, err := c.keys.Check(c.me, m.Card)
	if err != nil || card.Prekey.ID <= c.prekeys.newest() {
		return
	}
	c.cfg.Log.Warn("the server knows newer keys of this profile: it is an older copy, or was used without its history meanwhile")
	c.rotate(now, card.Prekey.ID)
}
