// Package control is how programs speak with a client: JSON objects, one a line, in both directions. A Hub hands what one client is
// told to those who are connected with it, through the socket in the client's state directory or from within the same process.
// It is not a front end, and knows nothing of flags.
//
//	udpchat send ─┐                        ┌─▶ peer.Client
//	udpchat tail ─┼─ Conn ◀─ lines ─▶ Hub ─┤
//	udpchat ask ──┘                        └─▶ the client's own screen
//
// A message that came is taken, and never shown again, when everybody has it who was to have it: the client's own screen, if there
// is one, and each connection that asked for all messages (tail) and says so (taken). What a connection left behind when it
// ended goes to the next that asks.
package control
