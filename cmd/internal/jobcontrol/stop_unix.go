//go:build unix

package jobcontrol

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Supported tells whether Ctrl-Z means anything here.
const Supported = true

const (
	// unstopped is when a program that still runs was not stopped: nobody would continue it, as where it is all that a terminal was opened for,
	// and the system sees to that. On a machine with much to do it takes a while to be stopped.
	unstopped = 500 * time.Millisecond
	// stale is how soon a signal that continues may be one from before the stop: nobody is so fast.
	stale = 20 * time.Millisecond
	// glance is how often one that was continued in the background looks whether it has the terminal again: nobody tells it.
	glance = 200 * time.Millisecond
)

// Stop stops this program, and the others of its job, as the terminal does by Ctrl-Z. It returns when the program was continued and has the terminal
// tty: true; or when done is closed: false. Meanwhile the program may run, in the background.
func Stop(tty int, done <-chan struct{}) bool {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	_ = syscall.Kill(0, syscall.SIGTSTP) // one may always stop oneself
	if !wait(continued, done) {
		return false
	}
	for !Has(tty) {
		select {
		case <-done:
			return false
		case <-continued:
		case <-time.After(glance):
		}
	}
	return true
}

// wait returns when the program was continued, or is not stopped at all, with true.
func wait(continued <-chan os.Signal, done <-chan struct{}) bool {
	begun, unhurt := time.Now(), time.After(unstopped)
	if ofShell() {
		unhurt = nil
	}
	for {
		select {
		case <-done:
			return false
		case <-continued:
			if time.Since(begun) >= stale {
				return true
			}
			unhurt = time.After(unstopped)
		case <-unhurt:
			return true
		}
	}
}

// ofShell tells whether a shell with jobs started this program: it can continue it. Else somebody between may have been started by one.
func ofShell() bool {
	parent := os.Getppid()
	group, err1 := unix.Getpgid(parent)
	session, err2 := unix.Getsid(parent)
	own, err3 := unix.Getsid(0)
	return err1 == nil && err2 == nil && err3 == nil && session == own && group != unix.Getpgrp()
}

// Has tells whether this program's job has the terminal: another one must not change its modes.
func Has(tty int) bool {
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp() // no job control on this one
}

// Continued calls f whenever the program was continued, whoever had stopped it, until done is closed.
func Continued(done <-chan struct{}, f func()) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	for {
		select {
		case <-done:
			return
		case <-continued:
			f()
		}
	}
}
