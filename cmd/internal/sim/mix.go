package sim

import (
	"math/rand/v2"
	"time"

	"udpchat/store"
)

// Mix is what a seed draws: how large the world is, and which of its parts fail how often. Each kind of fault is absent from
// many mixes, so that one does not hide another.
type Mix struct {
	Guests int
	Texts  int           // typed during the faults; some more follow when all is well
	Length time.Duration // of the faults

	Loss, Twice, Late float64       // of datagrams; late ones take up to Lag longer
	Garbled           float64       // of datagrams
	Lag               time.Duration // at most 2 s
	Latency           time.Duration

	Disk  time.Duration // a commit takes up to this
	Stall float64       // of commits take a hundred times as long
	Sync  float64       // of commits fail
	Edge  float64       // a program is killed so often at one of the edges of a commit

	Cuts, Crashes, Kills, Vanishes, Freezes, Rebinds int // partitions; the server's; guests'
	Leaves, Quits, Stops                             int // deregistrations, clean ends of programs, of the server
	Losses, Returns                                  int // of the server's whole disk; an older copy of it comes back
	Forgets, Backs                                   int // the same of guests' profiles
	Jumps                                            int // of someone's clock on the wall, by up to ten years

	Hidden float64 // of guests' programs run without presence
	Crowd  int     // more clients than these are a crowd (protocol.md §8.12); 0: never

	Long, Channel, Self float64 // of texts
	Burst               int     // texts typed in a row, at most
	Quota               store.Quota
	Limit               int // bytes of a text that the server takes, some of the time; 0: the protocol's

	Spare, Keep time.Duration // how long posts stay that all have, and those that some have not; 0: longer than any world
	Room        uint64        // bytes of the channel's log; 0: no limit

	Pour int    // texts that one guest types to another in one go; no seed draws them, since each costs as much as a whole world
	Jinx uint64 // no text with this seq is taken by whom it reaches first; 0: all are
}

// draw makes a mix.
func draw(r *rand.Rand) Mix {
	some := func(p float64, n int) int {
		if r.Float64() >= p {
			return 0
		}
		return 1 + r.IntN(n)
	}
	share := func(p, most float64) float64 {
		if r.Float64() >= p {
			return 0
		}
		return most * r.Float64()
	}
	m := Mix{
		Guests: 3 + r.IntN(4), Texts: 80 + r.IntN(100), Length: time.Duration(40+r.IntN(200)) * time.Second,
		Loss: share(.6, .4), Twice: share(.5, .3), Late: share(.5, .5), Lag: time.Duration(1+r.IntN(2000)) * time.Millisecond,
		Latency: time.Duration(1+r.IntN(60)) * time.Millisecond,
		Disk:    time.Duration(200+r.IntN(8000)) * time.Microsecond, Stall: share(.2, .05),
		Cuts: some(.5, 6), Crashes: some(.4, 4), Kills: some(.5, 8), Vanishes: some(.3, 2), Freezes: some(.3, 3), Rebinds: some(.4, 4),
		Leaves: some(.4, 6), Quits: some(.3, 4), Stops: some(.2, 2), Losses: some(.04, 1),
		Long: share(.4, .3), Channel: share(.6, .5), Self: share(.3, .1), Burst: 1 + r.IntN(12),
	}
	if r.Float64() < .4 {
		m.Edge = 1 / (30 + 400*r.Float64())
	}
	if r.Float64() < .3 {
		m.Quota = store.Quota{Texts: uint64(some(.5, 20)), Bytes: uint64(some(.3, 20_000)),
			PairTexts: uint64(some(.5, 10)), PairBytes: uint64(some(.3, 10_000))}
		if m.Quota.Bytes > 0 {
			m.Quota.Bytes += longest
		}
		if m.Quota.PairBytes > 0 {
			m.Quota.PairBytes += longest
		}
	}
	drawLater(&m, r, some, share)
	return m
}

// drawApart draws what came later, each from numbers of its own: else the same worlds would be others with it.
func drawApart(m *Mix, hides, gathers, trims *rand.Rand) {
	if hides.Float64() < .2 {
		m.Hidden = hides.Float64() / 2
	}
	if gathers.Float64() < .25 {
		m.Crowd = 1 + gathers.IntN(m.Guests-1)
	}
	if trims.Float64() < .3 {
		m.Spare = time.Duration(trims.Int64N(int64(20 * time.Second)))
		if trims.Float64() < .5 {
			m.Keep = 10*time.Second + time.Duration(trims.Int64N(int64(90*time.Second)))
		}
		if trims.Float64() < .3 {
			m.Room = 2000 + trims.Uint64N(20_000)
		}
	}
}

// bounded tells whether posts may go that some have not had.
func (m *Mix) bounded() bool { return m.Keep > 0 || m.Room > 0 }

// drawLater draws what rarely happens.
func drawLater(m *Mix, r *rand.Rand, some func(float64, int) int, share func(p, most float64) float64) {
	m.Garbled, m.Sync, m.Jumps = share(.2, .05), share(.1, .01), some(.25, 4)
	m.Backs, m.Forgets, m.Returns = some(.12, 2), some(.06, 1), some(.06, 2)
	if r.Float64() < .2 {
		m.Limit = 1500 + r.IntN(3000)
	}
}
