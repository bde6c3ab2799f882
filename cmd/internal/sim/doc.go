// Package sim runs one server.Core and a few peer.Cores on a network and on disks that fail, in virtual time: thousands of
// disasters a second, each of them named by its seed.
//
// It is not a second implementation of anything: what decides is the code that the program runs, and every message goes
// through the codec. Only sockets, sessions, keys, disks, users and the clock are models (and
// of the keys TestRealKeys takes the real ones). There is one queue of events, one source of
// randomness and no goroutine, so that a seed always tells the same story.
//
//	World ── queue of events by time
//	  ├─ network   loses, repeats, delays, cuts
//	  ├─ host      server.Core over store/memory ──┐
//	  ├─ guests    peer.Core over store/memory ────┤ disk: durable after a delay; a crash takes the rest
//	  │            and a user: types, leaves, quits, looks at the screen
//	  └─ ledger    what was typed, accepted, shown: keyed by texts, never by the protocol's ids
//
// Disks come back empty, or older than they were (copies.go says what is promised then), fail, and lose what was not synced; clocks on
// the wall jump by years, while what is waited for goes by another clock, as in the program. The checks are those of a queue: what was
// accepted at a prompt is in the recipient's history exactly once, in order or marked, and nothing else is. TestMutants takes the
// safeguards away, one by one, and expects the checks to notice.
//
// In some worlds posts go from the channel's log within seconds, when all have them, or also when some do not: then each of these must be
// told (trim.go).
//
// A run has a time of faults, drawn by its seed, and then a healed network with everybody back, in which everything must
// settle.
package sim
