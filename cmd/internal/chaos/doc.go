// Package chaos holds tests of the real program in networks as bad as they get: every process has a network namespace of its own,
// and what travels between them passes an emulator in the test, which drops, doubles, delays, reorders, alters, translates and
// cuts. It has no code.
//
//	udpchat client ─ tun0 ─┐                       ┌─ tun0 ─ udpchat server
//	udpchat client ─ tun0 ─┼─ emulator: conditions, ┤
//	udpchat client ─ tun0 ─┘  partitions, NAT, tap   └─ tun0 ─ udpchat client ...
//
// The namespaces have no name: they are gone with the last process and file that is in them, also when the test is killed, and
// so are the processes. It needs root on Linux, /dev/net/tun and ip (Debian package iproute2); without, every test skips itself
// with the reason. What is judged is what is on the senders' disks and on the readers' screens, by what is written in each text.
//
//	go test ./cmd/internal/chaos                            5,000 texts, 30 kills, and the rest: three minutes
//	go test ./cmd/internal/chaos -v -run TestChaos -timeout 30m -messages 100000 -kills 300 -rate 400
//	go test ./cmd/internal/chaos -v -run TestChaos -seed N  the same texts and faults; what meets what differs
//	go test ./cmd/internal/chaos -v -run 'Garbage|Initiations|Registrations'
package chaos
