// Package explain says what the bytes of a datagram mean, one after another, in the words of docs/protocol.md.
//
//	offset  bytes              field     meaning
//	     0  94                 array     of four: type, index, counter, body
//	     1  02                 type      2, data
//	     2  ce 0000002a        index     42: the receiver's
//
// It is for people who learn the protocol or look for a mistake. It opens nothing: what is sealed is said to be sealed. What a
// receiver would refuse it refuses too, and names the byte: the last word on a message has the decoder of package wire.
//
// What it knows stands in tables (protocol.go, fields.go) that a test compares with the document.
package explain
