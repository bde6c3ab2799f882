// Package server is the long-lived half of udpchat: the directory of clients, the mailbox for who is away, and the channel.
//
// Core decides and does nothing else: it takes what happened together with the time it happened (a message, a finished
// commit, a deadline) and leaves what is to be done in Effects (datagrams to send, changes to commit, pages to read). It has no
// socket, no clock, no goroutine, and no map's order decides anything in it. Server is the shell that runs a Core on a
// socket and a store; the tests run the same Core on a network and a store of their own.
//
//	datagram ─▶ Server.Run ─▶ Core.Handle ─▶ register · table · mailbox · channel · presence
//	                                              │
//	                             Effects: Sends ──┼─▶ link.Loop: sessions ─▶ socket
//	                                      Commits ┼─▶ store.Submit ─▶ done ─▶ back into the loop
//	                                      Reads ──┘
//
// What is acknowledged is on disk: an acknowledgement is sent from the Done of its Commit, or repeats one that was.
package server
