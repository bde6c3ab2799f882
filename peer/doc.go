// Package peer is a client of udpchat: it registers with a server, sends texts directly to other clients, hands them to the
// server's mailbox when they do not answer, and receives. It is the only place that knows the protocol; front ends give it
// commands and print its notices.
//
// Core decides and does nothing else (see package server, which is built the same way): what happened goes in together with its
// time; datagrams, changes to commit and notices come out. Client is the shell that runs a Core on a socket and a profile.
//
//	command ─▶ outbox ─commit─▶ direct ──ack──▶ delivered          [Message received by y.]
//	                              │
//	                          no ack in 500 ms                     [No ACK from y, message sent to server.]
//	                              ▼
//	                           deposit ─stored─▶ receipt ─▶ delivered
//
//	text ─▶ inbox ─commit─▶ ack, and in its sender's order ─▶ notice ─printed─▶ commit
//
// A text is one typed line. It travels as one part, or as several with consecutive seqs; each part keeps its identity on
// every path (protocol.md §5).
package peer
