// Package syscalls holds tests that let system calls of the real program fail, or end it there, with strace: what was acknowledged
// before is there after a restart, nothing is shown twice, and everything settles. It has no code.
//
// strace counts calls by thread, so that the Nth call is one of many, and another one in each run: -cases tries more of them.
package syscalls
