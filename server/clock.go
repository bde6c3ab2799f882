package server

import (
	"time"

	"udpchat/wire"
	"udpchat/wire/link"
)

// tellTime answers who asked for the time with the same nonce (protocol.md §8.11). With 0 it is a sign of life, for who asks again for what the disk
// has not done yet: a client that hears nothing at all for 3 s takes the server for gone (§7.3).
func (c *Core) tellTime(now time.Time, p link.Path, to wire.Key, nonce uint32) {
	c.send(p, to, &wire.Clock{Nonce: nonce, Time: c.cfg.Wall(now).UnixMicro()})
}
