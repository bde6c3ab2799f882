// Package bolt keeps the stores in bbolt files, one file each. It is not a cache: every read asks the file, in a short
// transaction that copies out at most 64 records, and everything that leaves it is the caller's.
//
//	Submit ─▶ queue ─▶ committer ─▶ one transaction for all that waits ─▶ fsync ─▶ done, in order
//	                      │
//	                      └─ change: clients, mailbox, channel (Server), outbox, inbox, history, contacts, prekeys (Profile)
//	                             └─ shelf: a bucket of records, each with its own checksum
//
//	Open ─▶ sidecar FILE.id ─▶ sizes and header pages ─▶ bbolt ─▶ kind, identity, schema ─▶ migrations
//
// Goroutines: one committer per open file, which ends with Close.
package bolt
