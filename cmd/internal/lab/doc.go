// Package lab plays a conversation of a server and a few clients on a network that loses, doubles and delays datagrams, and draws
// it as a ladder: one line for each party, time from top to bottom.
//
//	0.100  ├ text seq 1 try 1 ──────✗                         lost
//	0.400  ◷ no answer in 300 ms: try 2
//	0.400  ├ text seq 1 try 2 ─────▶│                         0.450
//	0.452  │◀───── ack seq 1 try 2 ─┤                         0.502
//
// What decides is the code that the program runs, with its sessions and keys: server.Core, peer.Core and link.Sessions. Only the sockets,
// the disks, the users and the clock are models. Everything happens in one queue of events, in virtual time, and every chance is
// drawn from the seed: the same settings tell the same story.
//
//	Run ── world: queue of events by time
//	         ├─ party   sessions and a core; a disk that takes a moment
//	         ├─ network draws what becomes of each datagram
//	         └─ Story   what happened, in its order ──▶ Ladder (text), SVG
package lab
