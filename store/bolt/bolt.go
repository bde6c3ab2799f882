// Package bolt keeps the stores in bbolt files, one file each, with a log beside it. It is not a cache: every read asks the file, or the
// transaction that is open on it, and copies out at most 64 records at a time; everything that leaves it is the caller's.
//
//	Submit ─▶ queue ─▶ committer ─▶ all that waits, in the open transaction ─▶ its record in the log, one sync ─▶ done, in order
//	                      │                        │
//	                      │                        └─ when the log is full, or nothing comes: bbolt's commit (update.go)
//	                      └─ change: clients, mailbox, channel (Server), outbox, inbox, history, contacts, prekeys (Profile)
//	                             └─ shelf: a bucket of records, each with its own checksum
//
//	Open ─▶ sidecar FILE.id ─▶ sizes and header pages ─▶ bbolt ─▶ kind, identity, schema ─▶ what only the log FILE.wal has ─▶ migrations
//
// Goroutines: one committer per open file, which ends with Close.
package bolt
