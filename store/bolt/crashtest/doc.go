// Package crashtest turns the power off under the real store, thousands of times. It has tests only: nothing of it is in the
// program.
//
//	 child process (this test binary again)            test process
//	┌────────────────────────────────────────┐        ┌─────────────────────────────────────────────────┐
//	│ OpenServer, OpenProfile ── bbolt ──────┼─ FUSE ─▶ volume: every write with its place and bytes,    │
//	│ submit n, done n ── file "marks" ──────┼───────▶│   every new size, name and sync, in order = journal │
//	└────────────────────────────────────────┘        │     │ cut anywhere                               │
//	                                                  │     ▼                                            │
//	                                                  │ disk: what was synced, and a random choice of    │
//	                                                  │   sectors, sizes and names of what was not       │
//	                                                  │     ▼                                            │
//	                                                  │ OpenServer, OpenProfile; compare with store/memory │
//	                                                  └─────────────────────────────────────────────────┘
//
// A file system below is the only place that sees all: bbolt syncs by a system call on a bare descriptor, so that nothing
// within the process can stand in between, and what a change came to is written into the same file system, so that answers and
// writes have one order. The store is in a process of its own because it maps its file: a page fault on a file
// system that the same Go process serves waits for ever once the garbage collector stops the world. That process
// has a mount namespace of its own too, and the file system is mounted in there only: it is gone with the process, however that
// ends.
package crashtest
