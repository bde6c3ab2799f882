// Package wire is what a datagram says: its layout, the message kinds and their codec, the limits, and the pure
// machinery that belongs to the protocol itself: the acknowledgement tracker, the duplicate window, the round-trip
// estimate, the parts of a long text. docs/protocol.md is its specification.
//
// It is not how a datagram travels (wire/link) and not what is decided about it (server, peer). Nothing here has a
// socket, a goroutine, a timer or a clock: time is a parameter.
//
// A datagram is one msgpack array of four fields, each of fixed width, so that it is read at constant offsets and yet
// any msgpack tool can print it (§2):
//
//	offset  0    1      2         6 7              14 16    18 19                    ≤ 1200
//	      +----+------+----+--------+----+------------+----+-----+----------------------+
//	      | 94 | type | ce | index  | cf |  counter   | c5 | len |  body                |
//	      |    |      |    | u32    |    |  u64       |    | u16 |                      |
//	      +----+------+----+--------+----+------------+----+-----+----------------------+
//	       array       receiver's    per session,      bin 16
//	       of 4        index         grows by one
//
// The body, once opened, is a run of msgpack arrays without anything between them, one or more messages (§3):
//
//	[kind, field, …] [kind, field, …] …
//
// Every message has a fixed number of fields, no maps, no floats and no extension types. What is not exactly as
// specified refuses the whole body with ErrMalformed; a message of an unknown kind is skipped and counted.
package wire
