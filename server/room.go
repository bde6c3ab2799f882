package server

// maxWaiting bounds what waits for the store: changes, and reads for clients. What would add to it is dropped beyond that, and comes again.
const maxWaiting = 8192

// await notes that the store was asked for something more, or has done it.
func (c *Core) await(cl *client, n int) {
	c.waiting += n
	if cl != nil {
		cl.waiting += int32(n)
	}
}

// crowdedOut tells that a client has so much there that no more is taken from it: as much as it leaves free (Choudhury and Hahne, "Dynamic
// queue length thresholds for shared-memory packet switches", 1998). One that pours has half of the room, n have n parts of n+1, and there is
// a place for whoever asks for little.
func (c *Core) crowdedOut(cl *client) bool {
	own := 0
	if cl != nil { // else it is new
		own = int(cl.waiting)
	}
	return own >= maxWaiting-c.waiting
}
