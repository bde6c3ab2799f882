//go:build unix

package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Each script in testdata/script is a scene that also reads as a piece of a manual. Beside the usual commands there are:
//
//	server [FLAGS]          starts a server on $PORT and waits until it listens
//	client NAME [FLAGS]     starts a client of it, with pipes
//	types NAME LINE         types a line; @FILE: each line of a file
//	sees NAME LINE          waits for a line after the one that was seen last; @FILE: for each line of a file
//	reads NAME LINE         waits for a line wherever it stands: what comes on two ways has no order
//	! sees NAME LINE        there was no such line so far
//	counts NAME N LINE      there were N of them so far
//	closes NAME             ends the client's input
//	signals NAME SIGNAL     INT, TERM, HUP, KILL, STOP or CONT; NAME may be server
//	ends NAME CODE          waits until it ends, with that exit code; -1: by a signal
//	logs NAME TEXT          waits for a line of standard error that contains it
//	! logs NAME TEXT        no such line so far
//	invited                 sets $INVITE, $KEY and $WORDS to what the server logged
//	agree NAME NAME         both saw the same safety number last
//	private FOLDER          nobody else may read what is in it
//	refuses CODE LINE ARGS  udpchat ARGS ends with that code, and that is all it says
//	exits CODE ARGS         udpchat ARGS ends with that code; what it wrote is stdout and stderr
//	interrupts SIGNAL CODE ARGS  udpchat ARGS, which waits for a server that says nothing, ends with that code at the signal
//	runs NAME ARGS          starts udpchat ARGS, with pipes
//	starts NAME PROG ARGS   starts another program, with pipes; $DOCS is the folder docs
//	oneliner NAME N [VARIABLE=...]  starts a shell with the Nth one-liner of docs/scripting.md, for ops, and with what is in the folder bin
//	lines N FORMAT FILE     makes a file of N numbered lines
//	pours NAME FILE         a file is typed while the scene goes on
//	[!] poured NAME         all of it was read
//	bytes N PREFIX FILE     makes a file of one line: PREFIX and N letters
//	alters FILE TEXT        the first letter of TEXT becomes another one in a file, once
//	[ipv6]                  this machine has an IPv6 loopback
//
// In what is seen, times are TIMESTAMP, ports PORT, the words of keys WORDS and their digits DIGITS.
func TestScripts(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) { // by nohup: what a scene starts would ignore it too
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUp,
		Condition:           holds,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": plainly(startServer), "client": plainly(startClient), "types": plainly(types), "sees": sees, "reads": plainly(reads), "counts": plainly(counts),
			"pours": plainly(pours), "poured": poured,
			"closes": plainly(closes), "signals": plainly(signals), "ends": plainly(ends), "logs": logs,
			"invited": plainly(invited), "agree": plainly(agree), "private": plainly(private),
			"refuses": plainly(refuses), "exits": plainly(exits), "interrupts": plainly(interrupts), "runs": plainly(runs), "starts": plainly(starts), "oneliner": plainly(oneliner), "lines": plainly(numbered), "bytes": plainly(letters),
			"alters": plainly(alters),
		},
	})
}
